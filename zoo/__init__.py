"""The functional zoo: reference implementations of functional-API teaching models.

    >>> import zoo
    >>> zoo.list_models(concept="shared-layers", document="model-api")
    ['video_classifier', 'tweet_pair']
    >>> zoo.build("basketball", n_teams=350).count_params()
    354

Look around (instant, without TensorFlow):

- `list_models`, `spec`: the architectures, and the description of one;
- `list_recipes`, `recipe`: how they are trained;
- `load_data`: a dataset as inputs and targets, table or `tf.data.Dataset`.

Models:

- `build`: a `keras.Model` by name, with trained weights if you like;
- `summary`, `explain`, `plot_model`: its layers, where its parameters come from, its diagram;
- `TensorBoard`: a callback for any model;
- `register`: add an architecture of your own.

Training:

- `fit`, `resume`: train a recipe on its data or on yours;
- `evaluate`, `predict`, `load_run`: what came of it;
- `tune`, `ensemble`, `export`: search its settings, average runs, write other formats;
- `forecast`: a basketball tournament's odds, from all that lies before it.

These give or take the classes `Run`, `Recipe`, `Dataset`, `ModelSpec` and `TensorSpec`. All other
modules, which Python lists below as package contents, are internal, but for what `zoo.training`
exports.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from zoo.core import html

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset
    from zoo.ensembling.build import ensemble
    from zoo.experiments.loading import load_data
    from zoo.experiments.predict import predict
    from zoo.experiments.run import Run
    from zoo.experiments.runs import load_run
    from zoo.experiments.scoring import evaluate
    from zoo.experiments.trainer import fit, resume
    from zoo.exporting import export
    from zoo.forecasting.forecast import forecast
    from zoo.inspection.explain import explain
    from zoo.inspection.plot_model import plot_model
    from zoo.inspection.summary import summary
    from zoo.models.registry import list_models, register, spec
    from zoo.models.spec import ModelSpec, TensorSpec
    from zoo.recipes.recipe import Recipe
    from zoo.recipes.registry import list_recipes, recipe
    from zoo.tensorboard.callback import TensorBoard
    from zoo.tuning.search import tune

__version__ = "0.2.0"
__all__ = [
    "Dataset",
    "ModelSpec",
    "Recipe",
    "Run",
    "TensorBoard",
    "TensorSpec",
    "build",
    "ensemble",
    "evaluate",
    "explain",
    "export",
    "fit",
    "forecast",
    "list_models",
    "list_recipes",
    "load_data",
    "load_run",
    "plot_model",
    "predict",
    "recipe",
    "register",
    "resume",
    "spec",
    "summary",
    "tune",
]

# name -> the module that defines it, imported at the first use
_LAZY = {
    "Dataset": "zoo.data.dataset",
    "ModelSpec": "zoo.models.spec",
    "Recipe": "zoo.recipes.recipe",
    "Run": "zoo.experiments.run",
    "TensorBoard": "zoo.tensorboard.callback",
    "TensorSpec": "zoo.models.spec",
    "ensemble": "zoo.ensembling.build",
    "evaluate": "zoo.experiments.scoring",
    "explain": "zoo.inspection.explain",
    "export": "zoo.exporting",
    "fit": "zoo.experiments.trainer",
    "forecast": "zoo.forecasting.forecast",
    "list_models": "zoo.models.registry",
    "list_recipes": "zoo.recipes.registry",
    "load_data": "zoo.experiments.loading",
    "load_run": "zoo.experiments.runs",
    "plot_model": "zoo.inspection.plot_model",
    "predict": "zoo.experiments.predict",
    "recipe": "zoo.recipes.registry",
    "register": "zoo.models.registry",
    "resume": "zoo.experiments.trainer",
    "spec": "zoo.models.registry",
    "summary": "zoo.inspection.summary",
    "tune": "zoo.tuning.search",
}

html.VIEWS["ModelSpec"] = "zoo.inspection.model_card"


def build(name: str, *, weights: str | None = None, **arguments: Any) -> keras.Model:
    """Build an architecture: a `keras.Model` ready to compile, every layer named.

    Args:
        name: A registered name or alias; with weights, a recipe's name works too.
        weights: `embedded` for the trained weights that ship with the zoo; the model is then
            built with the sizes that its recipe and data gave it.
        **arguments: The builder's own arguments; `spec(name).defaults` lists them.

    Returns:
        The model.

    Raises:
        UnknownNameError: no such architecture.
        BuildError: an argument that the builder does not have or cannot build from, or weights
            that do not ship or were trained with other arguments.

    Example:
        >>> import zoo
        >>> model = zoo.build("rnn", length=20)
        >>> model.input_shape, model.count_params()
        ((None, 20, 1), 601)
        >>> zoo.build("mlp", weights="embedded").output_names
        ['label']
    """
    if weights is not None:
        from zoo.experiments import pretrained

        return pretrained.build(name, weights, arguments)
    from zoo.models import registry

    return registry.build(name, **arguments)


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return globals().setdefault(name, getattr(import_module(_LAZY[name]), name))
    message = f"module 'zoo' has no attribute {name!r}"
    if not name.startswith("_"):
        from difflib import get_close_matches

        near = get_close_matches(name, __all__, n=1)
        message += f"; did you mean {near[0]}?" if near else ""
    raise AttributeError(message)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
