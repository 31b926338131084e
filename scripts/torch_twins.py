"""Eight of the recipes' models, written and trained as a PyTorch user would, to compare speeds.

Each twin has the layers and the number of weights of the zoo's model at its recipe's sizes, and
PyTorch's own initial weights. `scripts/bench_training.py --torch` runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch  # pyright: ignore[reportMissingImports]
from torch import Tensor, nn  # pyright: ignore[reportMissingImports]

Arrays = Mapping[str, np.ndarray]
Sizes = Mapping[str, Any]  # the arguments of the zoo's model


class Readers(nn.Module):
    """Each input read by a module, which inputs may share, and a head on what they say."""

    def __init__(
        self,
        readers: Sequence[nn.Module],
        head: nn.Module,
        join: Callable[[list[Tensor]], Tensor] = torch.hstack,
    ) -> None:
        super().__init__()
        self.readers = nn.ModuleList(readers)
        self.head = head
        self.join = join

    def forward(self, *inputs: Tensor) -> Tensor:
        read = [reader(each) for reader, each in zip(self.readers, inputs, strict=True)]
        return self.head(self.join(read))  # (rows, outputs)


class LastState(nn.Module):
    """An LSTM on a series of numbers, or of word ids if there is a vocabulary."""

    def __init__(self, width: int, units: int, vocabulary: int = 0) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width) if vocabulary else nn.Identity()
        self.lstm = nn.LSTM(width, units, batch_first=True)

    def forward(self, series: Tensor) -> Tensor:
        _, (last, _) = self.lstm(self.words(series))
        return last[-1]  # (rows, units)


def dense(*widths: int) -> nn.Sequential:
    """Linear layers of these widths with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def basketball(sizes: Sizes) -> nn.Module:
    strength = nn.Sequential(nn.Embedding(sizes["n_teams"], 1), nn.Flatten())
    return Readers([strength, strength, nn.Identity()], nn.Linear(3, 1))


def rnn(sizes: Sizes) -> nn.Module:
    reader = LastState(sizes["n_features"], sizes["units"])
    return Readers([reader], dense(sizes["units"], sizes["hidden"], 1))


def siamese_lstm(sizes: Sizes) -> nn.Module:
    def compared(both: list[Tensor]) -> Tensor:
        left, right = both
        return torch.hstack([(left - right) ** 2, left * right])

    encoder = LastState(sizes["n_features"], sizes["units"])
    return Readers([encoder, encoder], nn.Linear(2 * sizes["units"], 1), compared)


def qa(sizes: Sizes) -> nn.Module:
    readers = [
        LastState(sizes[f"{each}_width"], sizes[f"{each}_units"], sizes[f"{each}_vocabulary"])
        for each in ("text", "question")
    ]
    units = sizes["text_units"] + sizes["question_units"]
    return Readers(readers, nn.Linear(units, sizes["n_answers"]))


def cnn(sizes: Sizes) -> nn.Module:
    maps, width = extractor(sizes["image_shape"], sizes)
    return Readers([maps], dense(width, sizes["units"], 1))


def two_resolution(sizes: Sizes) -> nn.Module:
    gray, gray_width = extractor(sizes["gray_shape"], sizes)
    color, color_width = extractor(sizes["color_shape"], sizes)
    head = dense(gray_width + color_width, sizes["units"], sizes["units"], 1)
    return Readers([gray, color], head)


def extractor(shape: tuple[int, int, int], sizes: Sizes) -> tuple[nn.Module, int]:
    """Convolutions of pictures (height, width, channels), and how many numbers come out."""
    height, width, channels = shape
    layers: list[nn.Module] = []
    normalized = sizes.get("batch_normalization", False)
    for before, after in pairwise([channels, *sizes["filters"]]):
        layers.append(nn.Conv2d(before, after, sizes["kernel_size"], bias=not normalized))
        layers += [nn.BatchNorm2d(after)] if normalized else []
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
    maps = nn.Sequential(*layers, nn.Flatten())
    with torch.no_grad():
        return maps, maps(torch.zeros(1, channels, height, width)).shape[1]


# recipe -> the model of the sizes that the recipe and its data decide
TWINS: dict[str, Callable[[Sizes], nn.Module]] = {
    "basketball": basketball,
    "mlp": lambda sizes: dense(sizes["n_features"], *sizes["hidden"], 1),
    "digit_mlp": lambda sizes: dense(
        sizes["n_pixels"], sizes["units"], sizes["units"], sizes["n_classes"]
    ),
    "rnn": rnn,
    "siamese_lstm": siamese_lstm,
    "qa": qa,
    "cnn": cnn,
    "two_resolution": two_resolution,
}
LOSSES: dict[str, Callable[..., Tensor]] = {
    "mse": nn.functional.mse_loss,
    "binary_crossentropy": nn.functional.binary_cross_entropy_with_logits,
    "sparse_categorical_crossentropy": nn.functional.cross_entropy,
}


def epochs(
    model: nn.Module, recipe: Any, train: tuple[Arrays, Arrays], l2: float = 0.0
) -> Iterator[float]:
    """Train at the recipe's settings without its schedule; after every epoch, the mean loss.

    Args:
        model: A twin.
        recipe: The zoo's recipe.
        train: Inputs and targets by name.
        l2: Weight of a penalty on the squared weights of the first layer.
    """
    inputs = [_as_tensor(array) for array in train[0].values()]
    (name,) = train[1]  # every twin has one output
    target = _as_tensor(train[1][name])
    loss_of = LOSSES[recipe.loss[name]]
    if loss_of is nn.functional.cross_entropy:
        target = target.reshape(-1).long()
    optimizers = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop}
    optimizer = optimizers[recipe.optimizer](model.parameters(), lr=recipe.learning_rate)
    norm = recipe.optimizer_options.get("clipnorm")
    penalized = next(model.parameters())
    model.train()
    while True:
        total = torch.zeros(())
        for rows in torch.randperm(len(target)).split(recipe.batch_size):
            optimizer.zero_grad()
            loss = loss_of(model(*(each[rows] for each in inputs)), target[rows])
            if l2:
                loss = loss + l2 * penalized.square().sum()
            loss.backward()
            if norm:
                nn.utils.clip_grad_norm_(model.parameters(), norm)
            optimizer.step()
            total += loss.detach() * len(rows)
        yield float(total) / len(target)


def _as_tensor(array: np.ndarray) -> Tensor:
    """Numbers as float32, ids as int64, pictures with their channels first."""
    tensor = torch.from_numpy(np.ascontiguousarray(array))
    tensor = tensor.long() if array.dtype.kind == "i" else tensor.float()
    return tensor.permute(0, 3, 1, 2).contiguous() if tensor.ndim == 4 else tensor
