"""One step of training or of validation, shared out among the replicas of a strategy.

Every replica computes the outputs of its share of a batch's rows and gets all others' outputs.
Loss and metrics are then those of the whole batch, as in one process, whatever they are: weighted,
masked, or of rows that are compared with each other. Only the gradients of a replica's own rows go
back through its copy of the model; their sum is the gradient of the batch. So shares may be
uneven. Batch normalization takes the moments of the whole batch, and a replica draws random
numbers for all rows and keeps those of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
from keras.src import backend
from keras.src.backend.tensorflow.optimizer import TFOptimizer
from keras.src.losses import loss as keras_losses

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.training.faster_layers import faster_layers
from zoo.training.resident import Run, in_batches


def split_loop(model: keras.Model, strategy: Any, kind: str, batch_size: int) -> Run:
    """A compiled function from rows in order to the logs after a step on each batch of them.

    Args:
        model: Compiled, with weights made in the strategy's scope.
        strategy: Whose replicas share the rows of a step.
        kind: `train` or `test`.
        batch_size: Rows in a step of all replicas together.
    """
    step = _train_step if kind == "train" else _test_step

    @tf.autograph.experimental.do_not_convert
    def run(piece: Any) -> Any:
        def shared_out(batch: Any, rows: int) -> None:
            @tf.autograph.experimental.do_not_convert
            def of_replica(batch: Any) -> None:
                step(model, batch, Share(rows))

            with faster_layers(model), _of_whole_batches(model, rows):
                strategy.run(of_replica, args=(batch,))

        in_batches(piece, batch_size, shared_out)
        return model.get_metrics_result()

    return tf.function(run)


class Share:
    """The rows of a batch that the present replica takes.

    Attributes:
        total: Rows of the batch.
        start, stop: The replica's own.
        first: Whether the replica is the first of all, which keeps the metrics.
        replicas: How many there are.
    """

    def __init__(self, total: int) -> None:
        context = tf.distribute.get_replica_context()
        at = int(tf.get_static_value(context.replica_id_in_sync_group))
        self.replicas: int = context.num_replicas_in_sync
        self.total = total
        self.start = at * total // self.replicas
        self.stop = (at + 1) * total // self.replicas
        self.first = at == 0

    def of(self, data: Any) -> Any:
        """The replica's rows of every tensor."""
        return tf.nest.map_structure(lambda each: each[self.start : self.stop], data)

    def joined(self, tensor: Any) -> Any:
        """The rows of all replicas; only the gradients of the replica's own go back."""
        after = self.total - self.stop

        @tf.custom_gradient
        def gathered(own: Any) -> Any:
            around = [[self.start, after], *[[0, 0]] * (own.shape.rank - 1)]
            whole = _sum(tf.pad(own, around))
            return whole, lambda upstream: upstream[self.start : self.stop]

        if tensor.dtype == tf.bool:
            return tf.cast(gathered(tf.cast(tensor, tf.int32)), tf.bool)
        made = gathered(tensor)
        mask = backend.get_keras_mask(tensor)
        if mask is not None:
            backend.set_keras_mask(made, self.joined(mask))
        logits = getattr(tensor, "_keras_logits", None)
        if logits is None and tensor.op.type in ("Softmax", "Sigmoid"):
            logits = tensor.op.inputs[0]
        if logits is not None:  # Keras computes crossentropies from them, not from chances
            made._keras_logits = self.joined(logits)
        return made


def _train_step(model: keras.Model, data: Any, share: Share) -> None:
    """What `keras.Model.train_step` does, on the replica's share."""
    x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
    with tf.GradientTape() as tape:
        outputs = _outputs(model, share.of(x), training=True)
        added = _added_losses(model, share)
        whole = tf.nest.map_structure(share.joined, outputs)
        loss = _loss(model, x, y, whole, weights, training=True) + added
        # the gradient of what weights cost is the same on every replica: a share of it is enough
        own = loss - _sum_of(model._get_regularization_losses()) * (1 - 1 / share.replicas)
        if model.optimizer is not None:
            own = model.optimizer.scale_loss(own)
    if model.trainable_weights and model.optimizer is not None:
        gradients = tape.gradient(own, model.trainable_weights)
        gradients = _summed(gradients)  # before the optimizer clips them
        model.optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
    elsewhere = _sum(added) - added
    if share.first:
        model._loss_tracker.update_state(loss + elsewhere, sample_weight=share.total)
        model.compute_metrics(x, y, whole, sample_weight=weights)


def _test_step(model: keras.Model, data: Any, share: Share) -> None:
    """What `keras.Model.test_step` does, on the replica's share."""
    x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
    outputs = _outputs(model, share.of(x), training=False)
    added = _added_losses(model, share)
    whole = tf.nest.map_structure(share.joined, outputs)
    elsewhere = _sum(added) - added
    if share.first:
        loss = _loss(model, x, y, whole, weights, training=False) + added + elsewhere
        model._loss_tracker.update_state(loss, sample_weight=share.total)
        model.compute_metrics(x, y, whole, sample_weight=weights)


def _outputs(model: keras.Model, x: Any, *, training: bool) -> Any:
    return model(x, training=training) if model._call_has_training_arg else model(x)


def _loss(model: keras.Model, x: Any, y: Any, outputs: Any, weights: Any, *, training: bool) -> Any:
    """Of a whole batch and of the weights, without what activities cost."""
    model._clear_losses()  # they may be another replica's, which runs in a thread of its own
    if model._compile_loss is None and type(model).compute_loss is keras.Model.compute_loss:
        return _sum_of(model._get_regularization_losses())
    return model._compute_loss(x=x, y=y, y_pred=outputs, sample_weight=weights, training=training)


def _added_losses(model: keras.Model, share: Share) -> Any:
    """The replica's part of what activities cost in a batch, of which Keras takes the mean row's.

    Raises:
        TrainingError: a layer adds a loss of which it is not known how it depends on the rows.
    """
    found: list[Any] = []
    for layer in model._flatten_layers():
        own = layer._get_own_losses()
        if own and layer.activity_regularizer is None:
            raise TrainingError(
                f"layer {layer.name!r} adds a loss of its own rows, which replicas cannot add up: "
                "train in one process"
            )
        found += own
    return _sum_of(found) * ((share.stop - share.start) / share.total)


def _sum_of(losses: list[Any]) -> Any:
    return tf.add_n(losses) if losses else tf.constant(0.0, keras.config.floatx())


def _summed(gradients: list[Any]) -> list[Any]:
    """Over the replicas; None where a weight has no gradient."""
    there = _sum([each for each in gradients if each is not None])
    rest = iter(there)
    return [None if each is None else next(rest) for each in gradients]


@contextmanager
def _of_whole_batches(model: keras.Model, total: int) -> Iterator[None]:
    """While a step is traced, have Keras compute what it computes of a batch in one process."""

    def as_it_is(value: Any) -> Any:
        return value

    drop = backend.random.dropout

    def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
        # of all rows' draws, so that they differ between replicas as they do between rows
        share = Share(total)
        repeats, rest = divmod(inputs.shape[0] or 0, max(1, share.stop - share.start))
        shape = [*(noise_shape or inputs.shape)]
        shape = [
            size if given is None else given
            for given, size in zip(shape, inputs.shape, strict=True)
        ]
        if not repeats or rest or None in shape or shape[0] == 1 != inputs.shape[0]:
            return drop(inputs, rate, noise_shape, seed)
        drawn = drop(tf.ones([total * repeats, *shape[1:]], inputs.dtype), rate, None, seed)
        return inputs * drawn[share.start * repeats : share.stop * repeats]

    def of_all_rows(draw: Any) -> Any:
        def drawn(shape: Any, *args: Any, **kwargs: Any) -> Any:
            share = Share(total)
            if not shape or shape[0] != share.stop - share.start:
                return draw(shape, *args, **kwargs)
            return draw((total, *shape[1:]), *args, **kwargs)[share.start : share.stop]

        return drawn

    with ExitStack() as undone:

        def swap(owner: Any, name: str, value: Any) -> None:
            undone.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, value)

        # Keras divides a loss by the number of replicas: these are of whole batches already
        swap(keras_losses, "scale_loss_for_distribution", as_it_is)
        swap(keras_losses, "unscale_loss_for_distribution", as_it_is)
        swap(TFOptimizer, "_all_reduce_sum_gradients", lambda _, pairs: pairs)  # they are summed
        swap(backend.nn, "_compute_moments_sync", _moments)
        swap(backend.random, "dropout", dropout)
        for name in ("normal", "uniform", "truncated_normal", "randint"):
            swap(backend.random, name, of_all_rows(getattr(backend.random, name)))
        for layer in model._flatten_layers():
            if isinstance(layer, keras.layers.BatchNormalization):
                swap(layer, "synchronized", True)
        yield


def _moments(x: Any, axes: Any, keepdims: bool) -> tuple[Any, Any]:
    """Mean and variance over all replicas; Keras's own loses digits in a difference of squares."""
    count = _sum(tf.cast(tf.size(x) / int(np.prod(_kept(x, axes))), x.dtype))

    def mean(values: Any) -> Any:
        return _sum(tf.reduce_sum(values, axes, keepdims=True)) / count

    middle = mean(x)
    spread = mean(tf.square(x - middle))
    if keepdims:
        return middle, spread
    return tf.squeeze(middle, axes), tf.squeeze(spread, axes)


def _kept(x: Any, axes: Any) -> list[int]:
    return [size for at, size in enumerate(x.shape) if at not in axes]


def _sum(tensor: Any) -> Any:
    """Of all replicas' tensors, or of each in a list."""
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.SUM, tensor)
