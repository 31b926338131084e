"""The functional zoo: reference implementations of functional-API teaching models.

    >>> import zoo
    >>> zoo.list_models(concept="shared-layers")
    >>> model = zoo.build("basketball", n_teams=350)
    >>> run = zoo.fit("basketball", data="league", seed=0)

Importing this package does not import TensorFlow; building or training a model does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

    from zoo.data import load as load_data
    from zoo.ensembling.build import ensemble
    from zoo.experiments.predict import predict
    from zoo.experiments.runs import load_run
    from zoo.experiments.trainer import evaluate, fit, resume
    from zoo.exporting import export
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
    "ModelSpec",
    "Recipe",
    "TensorBoard",
    "TensorSpec",
    "build",
    "ensemble",
    "evaluate",
    "explain",
    "export",
    "fit",
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
    "ModelSpec": "zoo.models.spec",
    "Recipe": "zoo.recipes.recipe",
    "TensorBoard": "zoo.tensorboard.callback",
    "TensorSpec": "zoo.models.spec",
    "ensemble": "zoo.ensembling.build",
    "evaluate": "zoo.experiments.trainer",
    "explain": "zoo.inspection.explain",
    "export": "zoo.exporting",
    "fit": "zoo.experiments.trainer",
    "list_models": "zoo.models.registry",
    "list_recipes": "zoo.recipes.registry",
    "load_data": "zoo.data",
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


def build(name: str, *, weights: str | None = None, **arguments: Any) -> keras.Model:
    """Build an architecture: a `keras.Model` ready to compile, every layer named.

    Args:
        name: A registered name or alias; with weights, a recipe's name works too.
        weights: `embedded` for the trained weights that ship with the zoo; the model is then
            built with the sizes that its recipe and data gave it.
        **arguments: The builder's own arguments; `spec(name).defaults` lists them.

    Raises:
        UnknownNameError: no such architecture.
        BuildError: an argument that the builder does not have or cannot build from, or weights
            that do not ship or were trained with other arguments.
    """
    if weights is not None:
        from zoo.experiments import pretrained

        return pretrained.build(name, weights, arguments)
    from zoo.models import registry

    return registry.build(name, **arguments)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'zoo' has no attribute {name!r}")
    attribute = "load" if name == "load_data" else name
    return globals().setdefault(name, getattr(import_module(_LAZY[name]), attribute))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
