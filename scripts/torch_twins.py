"""Eight of the recipes' models, written and trained as a PyTorch user would, to compare speeds.

Each twin has the layers and the number of weights of the zoo's model at its recipe's sizes, and
PyTorch's own initial weights. `scripts/bench_training.py --torch` runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import torch  # pyright: ignore[reportMissingImports]
from torch import Tensor, nn  # pyright: ignore[reportMissingImports]

Arrays = Mapping[str, np.ndarray]
Sizes = Mapping[str, Any]  # the arguments of the zoo's model


class Basketball(nn.Module):
    """One table of strengths, looked up for both teams."""

    def __init__(self, n_teams: int) -> None:
        super().__init__()
        self.strength = nn.Embedding(n_teams, 1)
        self.score_diff = nn.Linear(3, 1)

    def forward(self, team_1: Tensor, team_2: Tensor, home: Tensor) -> Tensor:
        strengths = [self.strength(team_1[:, 0]), self.strength(team_2[:, 0])]
        return self.score_diff(torch.cat([*strengths, home], dim=1))  # (rows, 1)


class Recurrent(nn.Module):
    """LSTM and two dense layers on a series."""

    def __init__(self, n_features: int, units: int, hidden: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(n_features, units, batch_first=True)
        self.head = nn.Sequential(nn.Linear(units, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, sequence: Tensor) -> Tensor:
        _, (last, _) = self.lstm(sequence)
        return self.head(last[-1])  # (rows, 1)


class SiameseLSTM(nn.Module):
    """One LSTM that reads both sentences, and what compares the two vectors."""

    def __init__(self, n_features: int, units: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(n_features, units, batch_first=True)
        self.similarity = nn.Linear(2 * units, 1)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        _, (a, _) = self.lstm(left)
        _, (b, _) = self.lstm(right)
        return self.similarity(torch.cat([(a[-1] - b[-1]) ** 2, a[-1] * b[-1]], dim=1))


class QuestionAnswering(nn.Module):
    """A reader of the story, a reader of the question, one answer."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.text_words = nn.Embedding(sizes["text_vocabulary"], sizes["text_width"])
        self.text = nn.LSTM(sizes["text_width"], sizes["text_units"], batch_first=True)
        self.question_words = nn.Embedding(sizes["question_vocabulary"], sizes["question_width"])
        self.question = nn.LSTM(sizes["question_width"], sizes["question_units"], batch_first=True)
        units = sizes["text_units"] + sizes["question_units"]
        self.answer = nn.Linear(units, sizes["n_answers"])

    def forward(self, text: Tensor, question: Tensor) -> Tensor:
        _, (story, _) = self.text(self.text_words(text))
        _, (asked, _) = self.question(self.question_words(question))
        return self.answer(torch.cat([story[-1], asked[-1]], dim=1))  # (rows, answers)


class TwoResolution(nn.Module):
    """An extractor for each picture, and dense layers on both."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.gray = extractor(sizes["gray_shape"][-1], sizes)
        self.color = extractor(sizes["color_shape"][-1], sizes)
        n_features = features(self.gray, sizes["gray_shape"])
        n_features += features(self.color, sizes["color_shape"])
        self.head = dense(n_features, sizes["units"], sizes["units"], 1)

    def forward(self, gray: Tensor, color: Tensor) -> Tensor:
        return self.head(torch.cat([self.gray(gray), self.color(color)], dim=1))  # (rows, 1)


def dense(*widths: int) -> nn.Sequential:
    """Linear layers of these widths with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def extractor(channels: int, sizes: Sizes) -> nn.Sequential:
    """Two rounds of convolution, ReLU and pool, with batch normalization if asked for."""
    layers: list[nn.Module] = []
    normalized = sizes.get("batch_normalization", False)
    for filters in sizes["filters"]:
        layers.append(nn.Conv2d(channels, filters, sizes["kernel_size"], bias=not normalized))
        layers += [nn.BatchNorm2d(filters)] if normalized else []
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
        channels = filters
    return nn.Sequential(*layers, nn.Flatten())


def features(model: nn.Module, shape: tuple[int, int, int]) -> int:
    """How many numbers an extractor makes of a picture of shape (height, width, channels)."""
    height, width, channels = shape
    with torch.no_grad():
        return model(torch.zeros(1, channels, height, width)).shape[1]


def _cnn(sizes: Sizes) -> nn.Module:
    maps = extractor(sizes["image_shape"][-1], sizes)
    return nn.Sequential(maps, dense(features(maps, sizes["image_shape"]), sizes["units"], 1))


# recipe -> the model of the sizes that the recipe and its data decide
TWINS: dict[str, Callable[[Sizes], nn.Module]] = {
    "basketball": lambda sizes: Basketball(sizes["n_teams"]),
    "mlp": lambda sizes: dense(sizes["n_features"], *sizes["hidden"], 1),
    "digit_mlp": lambda sizes: dense(
        sizes["n_pixels"], sizes["units"], sizes["units"], sizes["n_classes"]
    ),
    "rnn": lambda sizes: Recurrent(sizes["n_features"], sizes["units"], sizes["hidden"]),
    "siamese_lstm": lambda sizes: SiameseLSTM(sizes["n_features"], sizes["units"]),
    "qa": QuestionAnswering,
    "cnn": _cnn,
    "two_resolution": TwoResolution,
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
