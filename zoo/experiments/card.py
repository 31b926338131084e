"""The card of a run: what it trains, on what, how; then what the architecture is about."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoo.experiments.changed import changes
from zoo.experiments.record import EnsembleRecord, RunRecord
from zoo.inspection import model_card
from zoo.models.registry import spec
from zoo.recipes.recipe import Recipe

if TYPE_CHECKING:
    import keras

# what the architecture's card says of its defaults, and the run's says of the run
_OF_DEFAULTS = {"input", "output", "parameters", "arguments", "variant", "recipes", "weights"}


def as_markdown(record: RunRecord, model: keras.Model, run: str) -> str:
    """The card as Markdown: a heading, the recipe's summary, two tables.

    Args:
        model: As it was built, whose sizes and parameters are told.
        run: Name of its folder, such as `20261129-222307-seed0`.
    """
    entry = spec(record.recipe.architecture)
    about = [(key, text) for key, text in model_card.facts(entry) if key not in _OF_DEFAULTS]
    return "\n".join(
        [
            f"# {record.recipe.name}/{run}",
            "",
            record.recipe.summary,
            "",
            model_card.as_table(facts(record, model)),
            f"## Architecture {entry.name}",
            "",
            entry.summary,
            "",
            model_card.as_table(about),
        ]
    )


def facts(record: RunRecord, model: keras.Model) -> list[tuple[str, str]]:
    """What the run's card says: what about, and the text; keys may repeat."""
    recipe, data = record.recipe, record.data
    sizes = {
        key: size for key, size in data.sizes.items() if key in spec(recipe.architecture).defaults
    }
    arguments = {**sizes, **recipe.arguments}
    sized = spec(recipe.architecture).resolved(arguments)
    rows = ", ".join(f"{split} {count:,}" for split, count in data.rows.items())
    changed = changes(recipe, data.source, record.command)
    trained = sum(weight.shape.num_elements() or 0 for weight in model.trainable_weights)
    found = [
        ("recipe", recipe.name),
        ("changed", _listed(changed) or "nothing: the recipe's own settings"),
        ("data", f"{data.name}, source {data.source}"),
        ("rows", rows),
        ("seed", str(record.seed)),
    ]
    found += [
        (
            "input",
            model_card.tensor_text(
                dataclasses.replace(tensor, shape=data.inputs.get(tensor.name, tensor.shape))
            ),
        )
        for tensor in sized.inputs
    ]
    found += [("output", model_card.tensor_text(tensor)) for tensor in sized.outputs]
    found.append(("parameters", f"{model.count_params():,}, of which {trained:,} are trained"))
    found.append(("arguments", _listed(arguments) or "the defaults"))
    if record.ensemble is None:
        found += _settings(recipe)
        found.append(("engine", record.engine))
    else:
        found += _members(record.ensemble)
    if record.upstream is not None:
        found.append(("stacked on", f"{record.upstream.recipe}/{record.upstream.run}"))
    found.append(("command", record.command))
    return found


def _settings(recipe: Recipe) -> list[tuple[str, str]]:
    """How it is trained: what is optimized, by what, for how long."""
    rate = f"learning rate {recipe.learning_rate:g}, {recipe.schedule}"
    options = f" ({_listed(recipe.optimizer_options)})" if recipe.optimizer_options else ""
    stops = f"; stops after {recipe.early_stopping} without a better {recipe.monitor}"
    length = f"{recipe.epochs:,} of batches of {recipe.batch_size:,} rows"
    found = [("loss", _listed(recipe.loss))]
    if recipe.loss_weights:
        found.append(("loss weights", _listed(recipe.loss_weights)))
    found.append(("optimizer", f"{recipe.optimizer}{options}, {rate}"))
    found.append(("epochs", length + (stops if recipe.early_stopping else "")))
    return found


def _members(made: EnsembleRecord) -> list[tuple[str, str]]:
    """What an ensemble averages."""
    found = [("weights", made.weights)]
    for member in made.members:
        shares = _listed({output: f"{share:.3f}" for output, share in member.shares.items()})
        found.append(("member", f"{member.run}, seed {member.seed}" + f"; {shares}" * bool(shares)))
    return found


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{key}={value}" for key, value in values.items())
