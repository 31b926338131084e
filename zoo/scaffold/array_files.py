"""Files of a project whose model reads arrays made of columns, as its architecture does."""

from __future__ import annotations

import dataclasses
from typing import Any

from zoo.core.toml import toml_text
from zoo.data.tabular import Field
from zoo.recipes.recipe import Recipe
from zoo.scaffold.code import changed_fields, model_source
from zoo.scaffold.filling import as_code, filled
from zoo.scaffold.layout import Layout
from zoo.scaffold.patience import patient
from zoo.scaffold.slots import base_recipe

BATCH = 32  # the most rows a step, as a table may be short
# What a recipe of the zoo says about its own data only.
_DROPPED: dict[str, Any] = {
    "dataset_options": {},
    "stacked_on": "",
    "report": "",
    "expect": {},
    "seconds": {},
    "note": "",
    "limit": "",
    "by_source": {},
}


def array_files(package: str, title: str, layout: Layout, origin: str) -> dict[str, str]:
    """File name -> content of every file but the table."""
    entry = layout.entry
    flat = not any(field.shape for field in layout.fields.values() if not field.target)
    values = {
        "origin": origin,
        "package": package,
        "title": title,
        "source": entry.name,
        "document": "; ".join(f"{each.key}: {each.title}" for each in entry.documents),
        "count": f"{layout.count:,}",
        "model": model_source(package, layout),
        "arrays": toml_text(_arrays(layout)).lstrip("\n"),
        "recipe": toml_text(_recipe(package, layout)),
        "columns": _columns_page(layout),
        "predict": f"zoo predict {package} --csv {package}/table/table.csv\n" if flat else "",
    }
    return filled("arrays", package, values)


def _recipe(package: str, layout: Layout) -> dict[str, Any]:
    """The fields of the source's recipe, for this table, that differ from their defaults."""
    entry = layout.entry
    base = base_recipe(entry)
    losses = {slot.name: slot.loss for slot in layout.slots if slot.loss}
    own = {
        "name": package,
        "architecture": package,
        "dataset": package,
        "summary": f"{entry.name} trained on a table of your own",
        # for tensors that are not one array of their own name
        "columns": {
            name: field.columns
            for name, field in layout.fields.items()
            if not field.shape and field.columns != (name,)
        },
        "arguments": {},  # they are the builder's defaults here
        "loss": losses,
    }
    if base is None:
        metrics = {name: _metrics(loss) for name, loss in losses.items()}
        recipe = Recipe(**own, metrics=metrics, learning_rate=0.01, engine="resident")
    else:  # short runs: no XLA
        engine = "resident" if base.engine == "resident-xla" else base.engine
        batch = min(base.batch_size, BATCH)
        recipe = dataclasses.replace(base, **own, **_DROPPED, engine=engine, batch_size=batch)
    changed = changed_fields(
        patient(recipe, layout.rows), Recipe("blank", "blank", "blank", "", {}, {})
    )
    return {**changed, "metrics": recipe.metrics}


def _metrics(loss: str) -> tuple[str, ...]:
    return ("accuracy", "log_loss") if loss.endswith("crossentropy") else ("mae",)


def _arrays(layout: Layout) -> dict[str, Any]:
    """The table's description, as `zoo.data.tabular.read_description` reads it."""
    arrays = [
        {**({"name": name} if field.shape else {}), **changed_fields(field, Field(()))}
        for name, field in layout.fields.items()
    ]
    return {"arrays": arrays, "sizes": layout.sizes}


def _columns_page(layout: Layout) -> str:
    """The table of columns in the data's README."""
    lines = ["| column | kind | what |", "|---|---|---|"]
    for slot in layout.slots:
        field = layout.fields[slot.name]
        first, last = as_code(field.columns[0]), as_code(field.columns[-1])
        columns = first if first == last else f"{first} ... {last} ({len(field.columns)})"
        side = "target" if field.target else "input"
        unit = f" [{slot.spec.unit}]" if slot.spec.unit and field.kind == "number" else ""
        meaning = slot.spec.meaning or "-"
        if field.length:
            steps = "characters" if field.kind == "characters" else "words"
            meaning = f"text; its first {field.length} {steps} are read"
        lines.append(f"| {columns} | {side}, {field.kind} | {meaning}{unit} |")
    return "\n".join(lines)
