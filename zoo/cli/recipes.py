"""`zoo recipes`."""

from __future__ import annotations

import json

import click

from zoo.cli.tables import aligned
from zoo.core.errors import not_found


@click.command("recipes")
@click.argument("pattern", default="*")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def command(pattern: str, as_json: bool) -> None:
    """List the recipes that match PATTERN, a name or wildcard such as "*_as_printed".

    A star marks the source that --data auto takes now. Seconds, on 2 cores, and the expected test
    score are those on that source, else on the source in parentheses.
    """
    from zoo.inspection.recipe_card import auto_source
    from zoo.recipes.expectations import bound_text
    from zoo.recipes.registry import list_recipes, recipe

    names = list_recipes(pattern)
    if not names:
        raise not_found("recipe", pattern, list_recipes(), "zoo recipes")
    found = []
    for name in names:
        each = recipe(name)
        found.append((each, auto_source(each)))
    if as_json:
        from zoo.data.registry import sources

        content = [
            {
                "name": each.name,
                "architecture": each.architecture,
                "summary": each.summary,
                "dataset": each.dataset,
                "sources": sources(each.dataset),
                "auto": auto,
                "seconds": dict(each.seconds),
                "expect": {source: dict(bounds) for source, bounds in each.expect.items()},
            }
            for each, auto in found
        ]
        click.echo(json.dumps(content, indent=2))
        return
    rows = [("recipe", "architecture", "data", "seconds", "expected")]
    for each, auto in found:
        cost, expected = "", ""
        if each.seconds:
            source = auto if auto in each.seconds else next(iter(each.seconds))
            cost = f"{each.seconds[source]:g}{'' if source == auto else f' ({source})'}"
        if each.expect:
            source = auto if auto in each.expect else next(iter(each.expect))
            bounds = ", ".join(bound_text(*bound) for bound in each.expect[source].items())
            expected = f"{bounds}{'' if source == auto else f' ({source})'}"
        rows.append((each.name, each.architecture, _data(each.dataset, auto), cost, expected))
    for line in aligned(rows) if found else ():
        click.echo(line)
    what = "recipe" if len(found) == 1 else "recipes"
    click.echo(f"{len(found)} {what}; `zoo show RECIPE` has the settings of one", err=True)


def _data(dataset: str, auto: str) -> str:
    """`basketball: ncaa*, league`."""
    from zoo.data.registry import sources

    known = (f"{source}*" if source == auto else source for source in sources(dataset))
    return f"{dataset}: {', '.join(known)}"
