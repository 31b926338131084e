"""The functional zoo: reference implementations of functional-API teaching models.

    >>> import zoo
    >>> zoo.list_models(concept="shared-layers")
    >>> model = zoo.build("basketball", n_teams=350)
    >>> run = zoo.fit("basketball", data="league", seed=0)

Importing this package does not import TensorFlow; building or training a model does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo.inspection.explain import explain
from zoo.models.registry import ModelSpec, TensorSpec, build, list_models, register, spec
from zoo.recipes.recipe import Recipe, list_recipes, recipe

if TYPE_CHECKING:
    from zoo.data import load as load_data
    from zoo.ensembling.build import ensemble
    from zoo.experiments.runs import load_run
    from zoo.experiments.trainer import evaluate, fit, resume
    from zoo.exporting import export
    from zoo.tensorboard.callback import TensorBoard
    from zoo.tuning.search import tune

__version__ = "0.1.0"
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
    "recipe",
    "register",
    "resume",
    "spec",
    "tune",
]

# name -> module and attribute, imported when first used
_LAZY = {
    "TensorBoard": ("zoo.tensorboard.callback", "TensorBoard"),
    "ensemble": ("zoo.ensembling.build", "ensemble"),
    "evaluate": ("zoo.experiments.trainer", "evaluate"),
    "export": ("zoo.exporting", "export"),
    "fit": ("zoo.experiments.trainer", "fit"),
    "load_data": ("zoo.data", "load"),
    "resume": ("zoo.experiments.trainer", "resume"),
    "load_run": ("zoo.experiments.runs", "load_run"),
    "tune": ("zoo.tuning.search", "tune"),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'zoo' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _LAZY[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
