"""Eight of the recipes' models, written and trained as a PyTorch user would, to compare speeds.

    python scripts/torch_twins.py FOLDER

A worker of scripts/bench_training.py: it starts from the zoo's weights in the job's folder.
PyTorch runs eagerly and as it is installed. The rows are shuffled once an epoch and sliced; the
learning rate stays as it is, without the recipe's schedule. What is counted as the epochs pass is
what the zoo counts: the loss and the recipe's metric.

A module with weights has the name of the zoo's layer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch  # pyright: ignore[reportMissingImports]
from _bench_worker import Job, Line, serve
from torch import Tensor, nn  # pyright: ignore[reportMissingImports]

Sizes = Mapping[str, Any]  # the arguments of the zoo's model
Metric = Callable[[Tensor, Tensor], Tensor]


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
    """An LSTM that gives its last state.

    PyTorch's has a second bias, which Keras's has not: it stays at zero.
    """

    def __init__(self, name: str, width: int, units: int) -> None:
        super().__init__()
        self.name = name
        lstm = nn.LSTM(width, units, batch_first=True)
        lstm.bias_hh_l0.requires_grad_(False)
        self.add_module(name, lstm)

    def forward(self, series: Tensor) -> Tensor:
        _, (last, _) = self.get_submodule(self.name)(series)
        return last[-1]  # (rows, units)


def chain(**layers: nn.Module) -> nn.Sequential:
    """Modules one after another, by name."""
    made = nn.Sequential()
    for name, layer in layers.items():
        made.add_module(name, layer)
    return made


def dense(names: Sequence[str], *widths: int) -> nn.Sequential:
    """Linear layers of these names and widths with ReLU between them."""
    layers: dict[str, nn.Module] = {}
    for name, (before, after) in zip(names, pairwise(widths), strict=True):
        layers |= {name: nn.Linear(before, after), f"{name}_relu": nn.ReLU()}
    layers.popitem()
    return chain(**layers)


def basketball(sizes: Sizes) -> nn.Module:
    strength = chain(lookup=nn.Embedding(sizes["n_teams"], 1), strength=nn.Flatten())
    return Readers([strength, strength, nn.Identity()], chain(score_diff=nn.Linear(3, 1)))


def mlp(sizes: Sizes) -> nn.Module:
    names = [f"hidden_{at}" for at, _ in enumerate(sizes["hidden"], start=1)]
    return dense([*names, "label"], sizes["n_features"], *sizes["hidden"], 1)


def digit_mlp(sizes: Sizes) -> nn.Module:
    widths = sizes["n_pixels"], sizes["units"], sizes["units"], sizes["n_classes"]
    return dense(["hidden_1", "hidden_2", "digit"], *widths)


def rnn(sizes: Sizes) -> nn.Module:
    reader = LastState("lstm", sizes["n_features"], sizes["units"])
    return Readers([reader], dense(["hidden", "label"], sizes["units"], sizes["hidden"], 1))


def siamese_lstm(sizes: Sizes) -> nn.Module:
    def compared(both: list[Tensor]) -> Tensor:
        left, right = both
        return torch.hstack([(left - right) ** 2, left * right])

    encoder = LastState("lstm", sizes["n_features"], sizes["units"])
    head = chain(similarity=nn.Linear(2 * sizes["units"], 1))
    return Readers([encoder, encoder], head, compared)


def qa(sizes: Sizes) -> nn.Module:
    readers, units = [], 0
    for each in ("text", "question"):
        width, made = sizes[f"{each}_width"], sizes[f"{each}_units"]
        words = {f"{each}_embedding": nn.Embedding(sizes[f"{each}_vocabulary"], width)}
        readers.append(chain(**words, read=LastState(f"{each}_lstm", width, made)))
        units += made
    return Readers(readers, chain(answer=nn.Linear(units, sizes["n_answers"])))


def cnn(sizes: Sizes) -> nn.Module:
    maps, width = extractor("conv_", sizes["image_shape"], sizes)
    return Readers([maps], dense(["hidden", "label"], width, sizes["units"], 1))


def two_resolution(sizes: Sizes) -> nn.Module:
    gray, gray_width = extractor("gray_conv_", sizes["gray_shape"], sizes)
    color, color_width = extractor("color_conv_", sizes["color_shape"], sizes)
    names = ["hidden_1", "hidden_2", "label"]
    head = dense(names, gray_width + color_width, sizes["units"], sizes["units"], 1)
    return Readers([gray, color], head)


def extractor(prefix: str, shape: tuple[int, int, int], sizes: Sizes) -> tuple[nn.Sequential, int]:
    """Convolutions of pictures (height, width, channels), and how many numbers come out."""
    height, width, channels = shape
    layers: dict[str, nn.Module] = {}
    normalized = sizes.get("batch_normalization", False)
    for at, (before, after) in enumerate(pairwise([channels, *sizes["filters"]]), start=1):
        name = f"{prefix}{at}"
        layers[name] = nn.Conv2d(before, after, sizes["kernel_size"], bias=not normalized)
        if normalized:
            layers[f"{name}_norm"] = nn.BatchNorm2d(after, eps=0.001)
        layers |= {f"{name}_relu": nn.ReLU(), f"{name}_pool": nn.MaxPool2d(2)}
    maps = chain(**layers)
    with torch.no_grad():
        made = maps.eval()(torch.zeros(1, channels, height, width))
    maps.add_module("features", nn.Flatten())
    maps.made = tuple(made.shape[1:])  # channels, height, width
    return maps, made.numel()


TWINS: dict[str, Callable[[Sizes], nn.Module]] = {
    each.__name__: each
    for each in (basketball, mlp, digit_mlp, rnn, siamese_lstm, qa, cnn, two_resolution)
}


def load_weights(twin: nn.Module, weights: Mapping[str, np.ndarray]) -> None:
    """Give a twin the weights of the zoo's model, which has its channels last."""
    maps = [each.made for each in twin.modules() if hasattr(each, "made")]
    for path, module in twin.named_modules():
        name = path.rpartition(".")[2]
        held = {
            key.rpartition("/")[2]: torch.from_numpy(value)
            for key, value in weights.items()
            if key.rpartition("/")[0] == name
        }
        taken: dict[str, Tensor] = {}
        if isinstance(module, nn.Embedding):
            taken = {"weight": held["embeddings"]}
        elif isinstance(module, nn.Linear):
            kernel = held["kernel"]
            if maps:  # the first layer after the convolutions
                kernel, maps = torch.cat(_channels_first(kernel, maps)), []
            taken = {"weight": kernel.T, "bias": held["bias"]}
        elif isinstance(module, nn.LSTM):
            taken = {
                "weight_ih_l0": held["kernel"].T,
                "weight_hh_l0": held["recurrent_kernel"].T,
                "bias_ih_l0": held["bias"],
                "bias_hh_l0": torch.zeros_like(held["bias"]),
            }
        elif isinstance(module, nn.Conv2d):
            taken = {"weight": held["kernel"].permute(3, 2, 0, 1)}
            taken |= {"bias": held["bias"]} if "bias" in held else {}
        elif isinstance(module, nn.BatchNorm2d):
            taken = {
                "weight": held["gamma"],
                "bias": held["beta"],
                "running_mean": held["moving_mean"],
                "running_var": held["moving_variance"],
                "num_batches_tracked": torch.tensor(0),
            }
        if taken:
            module.load_state_dict(taken)


def _channels_first(kernel: Tensor, maps: Sequence[tuple[int, int, int]]) -> list[Tensor]:
    """A kernel's rows, which read maps of (height, width, channels), in PyTorch's order."""
    parts = kernel.split([c * h * w for c, h, w in maps])
    return [
        part.reshape(h, w, c, -1).permute(2, 0, 1, 3).reshape(len(part), -1)
        for part, (c, h, w) in zip(parts, maps, strict=True)
    ]


def _mean_error(z: Tensor, target: Tensor) -> Tensor:
    return (z - target).abs().mean()


def _two_classes(z: Tensor, target: Tensor) -> Tensor:
    return ((z > 0) == (target > 0.5)).float().mean()


def _classes(z: Tensor, target: Tensor) -> Tensor:
    return (z.argmax(1) == target).float().mean()


# loss -> predictions from logits, the loss, the recipe's metric
SCORES: dict[str, tuple[Callable[[Tensor], Tensor], Callable[..., Tensor], Metric]] = {
    "mse": (nn.Identity(), nn.functional.mse_loss, _mean_error),
    "binary_crossentropy": (
        nn.Sigmoid(),
        nn.functional.binary_cross_entropy_with_logits,
        _two_classes,
    ),
    "sparse_categorical_crossentropy": (nn.Softmax(1), nn.functional.cross_entropy, _classes),
}


class Training:
    """A twin in training at its recipe's settings."""

    def __init__(self, job: Job) -> None:
        recipe = job.settings["recipe"]
        self.shuffle, self.size = job.settings["shuffle"], recipe["batch_size"]
        self.twin = TWINS[recipe["name"]](job.settings["sizes"])
        load_weights(self.twin, job.weights)
        (loss,) = recipe["loss"].values()  # every twin has one output
        self.activation, self.loss, self.metric = SCORES[loss]
        self.inputs = [as_tensor(array) for array in job.inputs]
        self.target = as_tensor(job.target)
        if loss == "sparse_categorical_crossentropy":
            self.target = self.target.reshape(-1)
        self.learned = [each for each in self.twin.parameters() if each.requires_grad]
        options = recipe["optimizer_options"]
        rates = {"lr": recipe["learning_rate"], "eps": options.get("epsilon", 1e-7)}
        if recipe["optimizer"] == "adam":
            self.optimizer = torch.optim.Adam(self.learned, **rates)
        else:
            self.optimizer = torch.optim.RMSprop(self.learned, alpha=0.9, **rates)
        self.norm = options.get("clipnorm")
        self.l2 = recipe["arguments"].get("l2", 0.0)

    def predict(self, inputs: Sequence[np.ndarray]) -> np.ndarray:
        self.twin.eval()
        with torch.no_grad():
            return self.activation(self.twin(*map(as_tensor, inputs))).numpy()

    def train_epoch(self) -> float:
        """Train an epoch; its mean loss."""
        self.twin.train()
        inputs, target, rows = self.inputs, self.target, len(self.target)
        if self.shuffle:
            order = torch.randperm(rows)
            inputs, target = [each[order] for each in inputs], target[order]
        losses = metrics = torch.zeros(())
        batches = zip(*(each.split(self.size) for each in (*inputs, target)), strict=True)
        for *read, wanted in batches:
            self.optimizer.zero_grad()
            z = self.twin(*read)
            loss = self.loss(z, wanted)
            if self.l2:
                loss = loss + self.l2 * self.learned[0].square().sum()
            loss.backward()
            if self.norm:
                self._clip()
            self.optimizer.step()
            with torch.no_grad():
                losses = losses + loss * len(wanted)
                metrics = metrics + self.metric(z, wanted) * len(wanted)
        return float(losses) / rows

    def _clip(self) -> None:
        """Clip each gradient on its own, as Keras's `clipnorm` does."""
        gradients = [each.grad for each in self.learned]
        norms = torch.stack(torch._foreach_norm(gradients))
        scales = (self.norm / (norms + 1e-12)).clamp(max=1.0)
        torch._foreach_mul_(gradients, list(scales.unbind()))


def as_tensor(array: np.ndarray) -> Tensor:
    """Numbers as float32, ids as int64, pictures with their channels first."""
    tensor = torch.from_numpy(np.ascontiguousarray(array))
    tensor = tensor.long() if array.dtype.kind == "i" else tensor.float()
    return tensor.permute(0, 3, 1, 2).contiguous() if tensor.ndim == 4 else tensor


def main(folder: Path) -> None:
    line, job = Line(), Job(folder)
    training = Training(job)
    line.tell(
        version=torch.__version__,
        parameters=sum(each.numel() for each in training.learned),
        difference=job.difference(training.predict(job.first_rows())),
    )
    serve(line, training.train_epoch)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
