"""Layers that keep a state from one batch to the next."""

from __future__ import annotations

from typing import Any


def stateful_layer(model: Any) -> str | None:
    """The name of the first layer of a model that is stateful, however deep; None without any.

    Such a layer answers a row by what it was given before and takes batches of one size alone:
    files, and models that call it as a part, would give other numbers.
    """
    layers = model._flatten_layers(include_self=False)
    return next((layer.name for layer in layers if getattr(layer, "stateful", False)), None)
