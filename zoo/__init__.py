"""The functional zoo: reference implementations of functional-API teaching models.

    >>> import zoo
    >>> zoo.list_models(concept="shared-layers")
    >>> model = zoo.build("basketball", n_teams=350)

Importing this package does not import TensorFlow; building or training a model does.
"""

from zoo.registry import build, list_models, spec

__version__ = "0.1.0"
__all__ = ["build", "list_models", "spec"]
