"""The same model in PyTorch, and how long an epoch of it takes: what `bench_training` compares.

`torch_convert` opens a built Keras model and writes it down in PyTorch's own modules; here that
model is trained as a PyTorch user would train it on data that fits in memory. PyTorch is no
dependency of the zoo: it is imported by the functions that use it.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras
    import torch
    from torch_convert import Twin

    from zoo.recipe import Recipe

Arrays = Mapping[str, np.ndarray]
Loss = Callable[[Any, Any], Any]

LOSSES = {
    "mse": "mse",
    "mean_squared_error": "mse",
    "mae": "mae",
    "mean_absolute_error": "mae",
    "huber": "huber",
    "binary_crossentropy": "binary",
    "categorical_crossentropy": "categorical",
    "sparse_categorical_crossentropy": "sparse",
}
CROSS_ENTROPIES = {"binary": "sigmoid", "categorical": "softmax", "sparse": "softmax"}
EPSILON = 1e-7  # Keras's, of its optimizers and of probabilities that enter a logarithm


class Unsupported(Exception):
    """What the twin cannot say in PyTorch; the message tells what it is."""


def seconds_per_epoch(
    model: keras.Model,
    recipe: Recipe,
    train_split: tuple[Arrays, Arrays],
    epochs: int = 3,
    *,
    threads: int | None = None,
    goes_on: Callable[[], bool] = lambda: True,
) -> list[float]:
    """Train the model's twin as the recipe says; the seconds of each epoch, without validation.

    The first epoch holds what PyTorch does once. Beside other busy programs PyTorch's threads
    lose much time waiting for each other: an environment with OMP_WAIT_POLICY=PASSIVE, set
    before PyTorch is imported, keeps them from doing so at full speed.

    Args:
        model: Built; its weights are copied, not changed.
        train_split: Inputs and targets by port name, rows on axis 0, as `zoo.ports` gives them.
        threads: PyTorch's; as many as there are cores if None, as TensorFlow has them.
        goes_on: Asked before each epoch, and not timed; training ends when it says no.

    Raises:
        Unsupported: a layer, loss or optimizer that has no counterpart here.
        ImportError: there is no PyTorch.
    """
    from torch_convert import convert

    inputs, targets = train_split
    twin = convert(model, logits=activations_in_losses(recipe.loss))
    with _threads(threads or len(os.sched_getaffinity(0))):
        return train_epochs(
            twin,
            inputs,
            targets,
            recipe.loss,
            recipe.loss_weights,
            recipe.optimizer,
            recipe.learning_rate,
            recipe.batch_size,
            epochs,
            optimizer_options=recipe.optimizer_options,
            cosine_epochs=recipe.epochs if recipe.schedule == "cosine" else 0,
            goes_on=goes_on,
        )


def train_epochs(
    module: Twin,
    inputs: Arrays,
    targets: Arrays,
    losses: Mapping[str, str],
    loss_weights: Mapping[str, float],
    optimizer_name: str,
    learning_rate: float,
    batch_size: int,
    epochs: int,
    *,
    optimizer_options: Mapping[str, Any] | None = None,
    cosine_epochs: int = 0,
    goes_on: Callable[[], bool] = lambda: True,
) -> list[float]:
    """Train on named arrays with a plain loop; the seconds of each epoch.

    An epoch shuffles the rows, and for each batch computes losses, gradients and a step of the
    optimizer. No metric is computed, to PyTorch's advantage; the loss is summed up.

    Args:
        losses: Output name -> Keras loss name.
        loss_weights: Output name -> weight; 1 for those not named.
        optimizer_name: `adam`, `rmsprop` or `sgd`, with Keras's defaults; `optimizer_options`
            are its further arguments. A clipnorm clips the norm of all gradients together, where
            Keras clips each alone: that is what PyTorch offers.
        cosine_epochs: Epochs over which the learning rate falls to 0; 0 leaves it as it is.
        goes_on: Asked before each epoch, and not timed; training ends when it says no.

    Raises:
        Unsupported: a loss or optimizer that has no counterpart here.
        FloatingPointError: the loss became NaN.
    """
    import torch

    names = module.output_names
    kinds = [_kind(losses[name]) for name in names]
    criteria = [
        (_criterion(kind, logits=name in module.logits), float(loss_weights.get(name, 1.0)))
        for name, kind in zip(names, kinds, strict=True)
    ]
    xs = module.tensors(inputs)
    ys = [
        _target(targets[name], kind, rank)
        for name, kind, rank in zip(names, kinds, module.output_ranks, strict=True)
    ]
    rows = len(ys[0])
    options = dict(optimizer_options or {})
    clip = _clipping(options)
    optimizer = _optimizer(module, optimizer_name, learning_rate, options)
    parameters = [each for group in optimizer.param_groups for each in group["params"]]
    rates = _rates(learning_rate, cosine_epochs * -(-rows // batch_size))

    seconds = []
    module.train()
    for _ in range(epochs):
        if not goes_on():
            break
        begun = time.perf_counter()
        total = torch.zeros(())
        for chosen in torch.randperm(rows).split(batch_size):
            outputs = module(*(x[chosen] for x in xs))
            loss = torch.zeros(())
            for output, y, (criterion, weight) in zip(outputs, ys, criteria, strict=True):
                part = criterion(output, y[chosen])
                loss = loss + (part if weight == 1.0 else weight * part)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            if clip is not None:
                clip(parameters)
            if cosine_epochs:
                rate = next(rates)
                for group in optimizer.param_groups:
                    group["lr"] = rate
            optimizer.step()
            total += loss.detach()
        if not math.isfinite(total.item()):
            raise FloatingPointError("the twin's loss is not a number")
        seconds.append(time.perf_counter() - begun)
    return seconds


def activations_in_losses(losses: Mapping[str, str]) -> dict[str, str]:
    """Output name -> activation that its loss takes in: PyTorch's cross-entropies read logits."""
    kinds = {name: _kind(loss) for name, loss in losses.items()}
    return {name: CROSS_ENTROPIES[kind] for name, kind in kinds.items() if kind in CROSS_ENTROPIES}


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """PyTorch with `count` threads, and then with as many as before."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _kind(loss: str) -> str:
    if loss not in LOSSES:
        raise Unsupported(f"loss {loss!r}")
    return LOSSES[loss]


def _criterion(kind: str, *, logits: bool) -> Loss:
    """Predictions and targets -> mean loss, from logits or from probabilities as Keras has it."""
    import torch
    from torch.nn import functional

    def categorical(output: Any, target: Any) -> Any:
        if output.ndim > 2:
            output, target = output.flatten(0, -2), target.flatten(0, -2)
        return functional.cross_entropy(output, target)

    def sparse(output: Any, target: Any) -> Any:
        if output.ndim > 2:
            output, target = output.flatten(0, -2), target.flatten()
        return functional.cross_entropy(output, target)

    def of_logarithms(criterion: Loss) -> Loss:
        # The logarithms of probabilities are logits too: their softmax gives these back.
        return lambda output, target: criterion(torch.log(output.clamp_min(EPSILON)), target)

    if kind == "binary":
        if logits:
            return functional.binary_cross_entropy_with_logits
        return functional.binary_cross_entropy
    if kind in ("categorical", "sparse"):
        criterion = categorical if kind == "categorical" else sparse
        return criterion if logits else of_logarithms(criterion)
    return {
        "mse": functional.mse_loss,
        "mae": functional.l1_loss,
        "huber": functional.huber_loss,
    }[kind]


def _target(array: np.ndarray, kind: str, rank: int) -> torch.Tensor:
    """Targets in the type and shape that the loss wants; `rank` is the output's."""
    import torch

    if kind == "sparse":
        if array.ndim == rank:
            array = array[..., 0]
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64))
    if array.ndim == rank - 1:
        array = array[..., None]
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))


def _optimizer(
    module: Twin, name: str, learning_rate: float, options: Mapping[str, Any]
) -> torch.optim.Optimizer:
    """PyTorch's optimizer with Keras's defaults, in the implementation that is fastest on a CPU.

    An L2 penalty is its weight decay, which adds the same gradient.
    """
    import torch

    by_decay: dict[float, list[Any]] = {}
    for parameter_name, parameter in module.named_parameters():
        if parameter.requires_grad:
            decay = module.decay.get(parameter_name, 0.0)
            by_decay.setdefault(decay, []).append(parameter)
    groups = [{"params": each, "weight_decay": decay} for decay, each in by_decay.items()]
    if not groups:
        raise Unsupported("a model without weights to train")

    left = dict(options)
    optimizer: Any
    if name == "adam":
        betas = (left.pop("beta_1", 0.9), left.pop("beta_2", 0.999))
        eps = left.pop("epsilon", EPSILON)
        amsgrad = left.pop("amsgrad", False)
        optimizer = torch.optim.Adam(
            groups, lr=learning_rate, betas=betas, eps=eps, amsgrad=amsgrad, fused=True
        )
    elif name == "rmsprop":
        optimizer = torch.optim.RMSprop(
            groups,
            lr=learning_rate,
            alpha=left.pop("rho", 0.9),
            eps=left.pop("epsilon", EPSILON),
            momentum=left.pop("momentum", 0.0),
            centered=left.pop("centered", False),
            foreach=True,
        )
    elif name == "sgd":
        momentum, nesterov = left.pop("momentum", 0.0), left.pop("nesterov", False)
        optimizer = torch.optim.SGD(
            groups,
            lr=learning_rate,
            momentum=momentum,
            nesterov=nesterov and momentum > 0,
            fused=True,
        )
    else:
        raise Unsupported(f"optimizer {name!r}")
    if left:
        raise Unsupported(f"{name} with {', '.join(left)}")
    return optimizer


def _clipping(options: dict[str, Any]) -> Callable[[Iterable[Any]], Any] | None:
    """What clips the gradients, if anything does; its options are taken out of `options`."""
    from torch.nn import utils

    norm = options.pop("clipnorm", None) or options.pop("global_clipnorm", None)
    value = options.pop("clipvalue", None)
    if norm:
        return lambda parameters: utils.clip_grad_norm_(parameters, norm)
    if value:
        return lambda parameters: utils.clip_grad_value_(parameters, value)
    return None


def _rates(first: float, steps: int) -> Iterator[float]:
    """Learning rates from `first` down to 0 along a cosine of `steps` steps, then 0."""
    for step in range(steps):
        yield first * 0.5 * (1 + math.cos(math.pi * step / steps))
    while True:
        yield 0.0
