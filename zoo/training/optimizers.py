"""Which optimizers train a model: the one that it was compiled with, or its own.

A model with a train step of its own may hold several optimizers and leave the compiled one
unused. The ones whose counts of steps move are the ones that train.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from zoo._keras import keras, tf

COMPILED = ""  # the name of the compiled optimizer here


class Optimizers:
    """The optimizers of a model, and which of them have made steps since this was made.

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> model.own = keras.optimizers.Adam(0.5)
    >>> optimizers = Optimizers(model)
    >>> model.own.apply([tf.ones_like(each) for each in model.weights], model.weights)
    >>> optimizers.moved(), optimizers.steps(), optimizers.rates()
    (['own'], 1, {'learning_rate': 0.5})
    """

    def __init__(self, model: keras.Model) -> None:
        self._named = _optimizers(model)
        self._begun = self._counts()
        self._rates = {name: _rate(each) for name, each in self._named.items()}

    def moved(self) -> list[str]:
        """Names of those that have made steps: attributes of the model, "" for the compiled."""
        return [name for name, count in self._counts().items() if count != self._begun[name]]

    def steps(self) -> int | None:
        """Steps so far, of all trainings: the compiled optimizer's, or those of the one with most.

        None where no optimizer has moved.
        """
        moved, counts = self.moved(), self._counts()
        if COMPILED in moved:
            return counts[COMPILED]
        return max((counts[name] for name in moved), default=None)

    def begun(self) -> bool:
        """Whether any of them has made steps, in this training or before."""
        return any(self._counts().values())

    def rates(self) -> dict[str, float]:
        """The learning rate of each that has moved: `learning_rate`, `learning_rate/NAME`.

        One alone has the plain name.
        """
        found = {name: float(self._rates[name]()) for name in self.moved()}
        if len(found) == 1:
            return {"learning_rate": next(iter(found.values()))}
        return {
            f"learning_rate/{name}" if name else "learning_rate": rate
            for name, rate in found.items()
        }

    def _counts(self) -> dict[str, int]:
        return {name: int(each.iterations.numpy()) for name, each in self._named.items()}


def _rate(optimizer: keras.optimizers.Optimizer) -> Callable[[], Any]:
    """A function that gives the present learning rate."""
    if isinstance(optimizer.learning_rate, keras.Variable):
        return lambda: optimizer.learning_rate
    # compiled: a schedule is a dozen operations, which one by one take a millisecond
    return tf.function(lambda: tf.convert_to_tensor(optimizer.learning_rate), autograph=False)


def _optimizers(model: keras.Model) -> dict[str, keras.optimizers.Optimizer]:
    """The model's optimizers by name, the compiled one first, each once."""
    found: dict[str, keras.optimizers.Optimizer] = {}
    seen: set[int] = set()
    for name, value in _attributes(model):
        if isinstance(value, keras.optimizers.Optimizer) and id(value) not in seen:
            seen.add(id(value))
            found[name] = value
    return found


def _attributes(model: keras.Model) -> Iterator[tuple[str, Any]]:
    """What may be an optimizer, in the model and in the models that it holds."""
    yield COMPILED, getattr(model, "optimizer", None)
    for owner in model._flatten_layers():
        if not isinstance(owner, keras.Model):
            continue
        above = "" if owner is model else f"{owner.name}/"
        own = {name: each for name, each in vars(owner).items() if not name.startswith("_self_")}
        for name, value in own.items():  # without the books that TensorFlow keeps of them
            yield f"{above}{name.lstrip('_')}", value
            if isinstance(value, dict):
                yield from ((f"{above}{name}/{key}", each) for key, each in value.items())
            elif isinstance(value, list | tuple):
                yield from ((f"{above}{name}/{at}", each) for at, each in enumerate(value))
