"""The blocks of `zoo.models.blocks`: functions on tensors, made of plain Keras layers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoo._keras import keras
from zoo.models import blocks as blocks

BLOCKS = {
    "inception": lambda x: blocks.inception_module(x, (2, 3, 4, 1, 2, 2), name="inception"),
    "inception_normalized": lambda x: blocks.inception_module(
        x, (2, 3, 4, 1, 2, 2), batch_normalization=True, name="inception_normalized"
    ),
    "identity": lambda x: blocks.residual_identity(x, 6, name="identity"),
    "identity_normalized": lambda x: blocks.residual_identity(
        x, 6, batch_normalization=True, name="identity_normalized"
    ),
    "projection": lambda x: blocks.residual_projection(x, 4, name="projection"),
    "projection_normalized": lambda x: blocks.residual_projection(
        x, 4, batch_normalization=True, name="projection_normalized"
    ),
    "fire": lambda x: blocks.fire_module(x, 2, 4, name="fire"),
}
every_block = pytest.mark.parametrize("name", BLOCKS)


def model_of(name: str, shape: tuple[int | None, ...] = (9, 8, 6)) -> Any:
    x = keras.Input(shape, name="features")
    return keras.Model(x, BLOCKS[name](x), name=f"{name}_model")


def features(rows: int = 2, height: int = 9, width: int = 8, channels: int = 6) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(rows, height, width, channels)).astype("float32")


def counted(model: Any) -> dict[str, int]:
    return {layer.name: layer.count_params() for layer in model.layers if layer.weights}


def conv(size: int, c_in: int, c_out: int) -> int:
    return (size * size * c_in + 1) * c_out


# Arithmetic


def test_inception_arithmetic() -> None:
    """GoogLeNet's 3a (arXiv:1409.4842, table 1): 159 K weights; 368 biases beside them."""
    x = keras.Input((28, 28, 192))
    model: Any = keras.Model(x, blocks.inception_module(x))
    assert counted(model) == {
        "inception_1x1": conv(1, 192, 64),
        "inception_3x3_reduce": conv(1, 192, 96),
        "inception_3x3": conv(3, 96, 128),
        "inception_5x5_reduce": conv(1, 192, 16),
        "inception_5x5": conv(5, 16, 32),
        "inception_pool_1x1": conv(1, 192, 32),
    }
    biases = sum(w.shape[0] for w in model.weights if w.path.endswith("bias"))
    assert biases == 64 + 96 + 128 + 16 + 32 + 32 == 368
    assert model.count_params() - biases == 163_328
    assert 163_328 // 1024 == 159
    assert model.output_shape == (None, 28, 28, 64 + 128 + 32 + 32)


def test_inception_branches_in_the_papers_order() -> None:
    """1x1, 3x3, 5x5, pool, as in the paper's figure 2b."""
    model = model_of("inception")
    joined = [tensor.shape[-1] for tensor in model.get_layer("inception").input]
    assert joined == [2, 4, 2, 2]


def test_residual_arithmetic() -> None:
    """`dlwp-7.1`: three convolutions; two, and a 1x1 convolution on the shortcut."""
    x = keras.Input((32, 32, 64))
    y = blocks.residual_projection(x, 128, name="down")
    model: Any = keras.Model(x, blocks.residual_identity(y, 128, name="keep"))
    assert counted(model) == {
        "down_conv_1": conv(3, 64, 128),
        "down_conv_2": conv(3, 128, 128),
        "down_shortcut": conv(1, 64, 128),
        "keep_conv_1": conv(3, 128, 128),
        "keep_conv_2": conv(3, 128, 128),
        "keep_conv_3": conv(3, 128, 128),
    }
    assert model.get_layer("down").output.shape == (None, 16, 16, 128)
    assert model.output_shape == (None, 16, 16, 128)


def test_fire_arithmetic() -> None:
    """SqueezeNet's fire2 (arXiv:1602.07360, table 1): 11,920 parameters before pruning."""
    x = keras.Input((55, 55, 96))
    model: Any = keras.Model(x, blocks.fire_module(x))
    assert counted(model) == {
        "fire_squeeze": conv(1, 96, 16),
        "fire_expand_1x1": conv(1, 16, 64),
        "fire_expand_3x3": conv(3, 16, 64),
    }
    assert model.count_params() == 11_920


def test_batch_normalization_takes_the_place_of_the_bias() -> None:
    """The shift that it learns does what the bias did, and it has three more per filter."""
    plain, normalized = counted(model_of("inception")), counted(model_of("inception_normalized"))
    filters = 2 + 3 + 4 + 1 + 2 + 2
    assert sum(normalized.values()) == sum(plain.values()) + (4 - 1) * filters


# What they compute


@every_block
def test_layers_begin_with_the_blocks_name(name: str) -> None:
    model = model_of(name)
    assert all(layer.name.startswith(name) for layer in model.layers[1:])
    assert model.output_names == [name]


@every_block
def test_any_height_and_width(name: str) -> None:
    """Odd sizes too: the projection's pool and shortcut round alike."""
    fixed, free = model_of(name), model_of(name, (None, None, 6))
    free.set_weights(fixed.get_weights())
    np.testing.assert_allclose(free(features()), fixed(features()), atol=1e-6)
    for height, width in ((1, 1), (3, 4), (7, 5)):
        assert np.isfinite(free(features(1, height, width))).all()


@pytest.mark.claim("residual_identity")
@pytest.mark.parametrize("name", ["identity", "identity_normalized"])
@pytest.mark.parametrize("training", [False, True])
def test_identity_block_of_zero_weights_is_the_identity(name: str, training: bool) -> None:
    """arXiv:1512.03385: a block that has nothing to add passes its input on as it is."""
    model = model_of(name)
    for weight in model.trainable_weights:
        weight.assign(np.zeros(weight.shape))
    np.testing.assert_array_equal(model(features(), training=training), features())


@pytest.mark.claim("residual_projection")
def test_projection_of_zero_convolutions_is_its_shortcut() -> None:
    model = model_of("projection")
    for layer in model.layers:
        if "conv" in layer.name:
            layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    kernel, bias = model.get_layer("projection_shortcut").get_weights()
    expected = features()[:, ::2, ::2] @ kernel[0, 0] + bias
    np.testing.assert_allclose(model(features()), expected, atol=1e-5)


def test_blocks_without_skip_have_no_shortcut() -> None:
    x = keras.Input((8, 8, 6))
    y = blocks.residual_identity(x, 4, skip=False, name="keep")
    y = blocks.residual_projection(y, 4, skip=False, name="down")
    model: Any = keras.Model(x, y)
    assert not [layer for layer in model.layers if "Add" in type(layer).__name__]
    assert "down_shortcut" not in counted(model)
    assert model.output_shape == (None, 4, 4, 4)


def test_shared_block_names_do_not_collide() -> None:
    """Two blocks of different names stand in one model."""
    x = keras.Input((8, 8, 6))
    y = blocks.fire_module(blocks.fire_module(x, 2, 3, name="fire_2"), 2, 3, name="fire_3")
    assert keras.Model(x, y).output_shape == (None, 8, 8, 6)


# What they refuse


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (lambda x: blocks.residual_identity(x, 8), "keeps the 6 channels .* cannot make 8"),
        (lambda x: blocks.residual_identity(x, 6, depth=0), "at least 1 convolution, not 0"),
        (lambda x: blocks.inception_module(x, (1, 2, 3)), "six widths, not 3"),
        (lambda x: blocks.fire_module(x, 0, 4), "filters"),
    ],
)
def test_impossible_blocks(block: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        block(keras.Input((8, 8, 6)))


# Without the zoo

RELOAD = """
import sys
from pathlib import Path
sys.modules["zoo"] = None  # importing it would fail
import numpy as np
import keras
folder = Path(sys.argv[1])
inputs = np.load(folder / "inputs.npy")
for file in folder.glob("*.keras"):
    model = keras.models.load_model(file, safe_mode=True)
    np.save(file.with_suffix(".npy"), model(inputs, training=False))
"""


@pytest.mark.slow
def test_saved_blocks_reload_in_safe_mode_without_the_zoo(tmp_path: Path) -> None:
    """A fresh process that cannot import the zoo loads each block and gives the same outputs."""
    outputs = {}
    for name in BLOCKS:
        model = model_of(name)
        model(features(), training=True)  # moves the batch statistics from where they start
        model.save(tmp_path / f"{name}.keras")
        outputs[name] = np.asarray(model(features(), training=False))
    np.save(tmp_path / "inputs.npy", features())

    command = [sys.executable, "-c", RELOAD, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    for name, output in outputs.items():
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.npy"), output, atol=1e-6)


def test_importing_the_blocks_loads_no_tensorflow() -> None:
    code = "import sys, zoo.models.blocks, zoo.models; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_narrow_projection_has_no_strided_convolution() -> None:
    """oneDNN 6035: the gradient of a strided 1x1 convolution of < 16 channels spoils memory."""
    for channels in (3, 15, 16):
        x = keras.Input((7, 6, channels))
        model: Any = keras.Model(x, blocks.residual_projection(x, 4, name="down"))
        shortcut = model.get_layer("down_shortcut")
        assert shortcut.strides == ((2, 2) if channels >= 16 else (1, 1))
        picture = np.random.default_rng(channels).normal(size=(2, 7, 6, channels))
        kernel, bias = shortcut.get_weights()
        wanted = picture[:, ::2, ::2] @ kernel[0, 0] + bias
        found = keras.Model(x, shortcut.output)(picture.astype(np.float32))
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
