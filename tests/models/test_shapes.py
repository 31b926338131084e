"""The shapes that architectures declare by argument names are those of the models built."""

from __future__ import annotations

from typing import Any

import pytest

import zoo
from zoo.models.abstract_build import abstract_build
from zoo.training.engine import output_names

CASES: list[tuple[str, dict[str, Any]]] = [
    (name, arguments)
    for name in zoo.list_models()
    for arguments in (
        dict(zoo.spec(name).tiny),
        *(dict(variant.arguments) for variant in zoo.spec(name).variants.values()),
    )
]
CASES += [
    ("cnn", {"image_shape": (None, 40, 2), "kernel_size": 3, "classes": 5}),
    ("cnn", {"image_shape": (40, 30, 2), "flatten": True, "classes": 5}),
    ("residual_projection", {"shape": (7, None, 3), "filters": 5}),
    ("fire_module", {"shape": (None, 7, 3), "expand": 5}),
    ("siamese_xception", {"image_shape": (20, 30, 3), "blocks": 2}),
    ("siamese_xception", {"image_shape": (20, 30, 3), "blocks": 1, "head": "same_scene"}),
    ("siamese_xception", {"image_shape": (71, 90, 3), "blocks": 13}),
]


# Over 100 layers each, and seconds to build.
LARGE = ("inception_v3", "xception", "siamese_xception")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [pytest.param(*case, marks=pytest.mark.slow if case[0] in LARGE else []) for case in CASES],
)
def test_declared_shapes_are_those_of_the_model(name: str, arguments: dict[str, Any]) -> None:
    with abstract_build():
        model = zoo.build(name, **arguments)
    sized = zoo.spec(name).resolved(arguments)
    assert [(each.name, each.shape) for each in sized.inputs] == [
        (tensor.name, tensor.shape[1:]) for tensor in model.inputs
    ]
    assert [(each.name, each.shape) for each in sized.outputs] == [
        (output, tensor.shape[1:])
        for output, tensor in zip(output_names(model), model.outputs, strict=True)
    ]


@pytest.mark.parametrize("name", zoo.list_models())
def test_axes_are_arguments_of_the_builder(name: str) -> None:
    """A typing error in a name would otherwise show only where it is looked up."""
    entry = zoo.spec(name)
    for tensor in (*entry.inputs, *entry.outputs):
        assert {axis for axis in tensor.shape if isinstance(axis, str)} <= set(entry.defaults)
        assert tensor.when.removeprefix("not ") in ("", *entry.defaults)
