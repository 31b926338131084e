"""`zoo show`."""

from __future__ import annotations

import json

import click

from zoo.cli.lookup import find_recipe, is_architecture, unknown
from zoo.cli.names import MODEL, RECIPE


@click.command("show")
@click.argument("name", type=MODEL, required=False)
@click.option(
    "--recipe",
    type=RECIPE,
    metavar="NAME",
    help="Show this recipe, not the architecture of its name.",
)
@click.option("--json", "form", flag_value="json", help="Print the model card as JSON.")
@click.option("--code", "form", flag_value="code", help="Print the builder's source.")
@click.option(
    "--standalone",
    "form",
    flag_value="standalone",
    help="Print one Python file that builds it with TensorFlow alone.",
)
def command(name: str | None, recipe: str | None, form: str | None) -> None:
    """Show NAME: of an architecture its document, claim, inputs, outputs, counts and concepts.

    Of a recipe, its data, cost and expected score, and every setting that --set takes. Where both
    have the name, both are shown; --recipe shows the recipe alone.
    """
    from zoo.inspection import model_card, recipe_card, source_code
    from zoo.models.registry import spec
    from zoo.recipes.registry import RECIPES

    if (name is None) == (recipe is None):
        raise click.UsageError("give one name, or --recipe NAME")
    if name is not None and not is_architecture(name):
        if name not in RECIPES.names():
            raise unknown(name)
        recipe = name
    if recipe is not None:
        found = find_recipe(recipe)
        if form in (None, "json"):
            page = json.dumps(recipe_card.as_dict(found), indent=2) if form else None
            click.echo(page or recipe_card.as_text(found))
            return
        name = found.architecture
    entry = spec(str(name))
    if form == "json":
        click.echo(json.dumps(model_card.as_dict(entry), indent=2))
    elif form == "code":
        click.echo(source_code.builder_source(entry))
    elif form == "standalone":
        click.echo(source_code.standalone_source(entry), nl=False)
    else:
        click.echo(model_card.as_text(entry))
        if entry.name in RECIPES.names():
            click.echo("")
            click.echo(recipe_card.as_text(find_recipe(entry.name)))
        elif own := model_card.recipes_of(entry):
            click.echo(f"settings of its recipe: zoo show {own[0]}", err=True)
