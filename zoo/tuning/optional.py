"""The packages that only a search needs."""

from __future__ import annotations

from types import ModuleType

from zoo.core.errors import ZooError


def load_optuna() -> ModuleType:
    """Optuna, told to keep its own log to warnings.

    Raises:
        ZooError: Optuna or filelock is not installed.
    """
    try:
        import filelock  # noqa: F401
        import optuna
    except ImportError as error:
        raise ZooError(
            f"a search needs {error.name}, which is not installed: "
            "pip install 'functional-zoo[tune]'"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
