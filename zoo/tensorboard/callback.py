"""What TensorBoard shows of a run, as one callback for any `model.fit`.

Keras's own callback counts executions instead of optimizer steps, draws no op graph, fails on
models with a dict of outputs and finds no embedding inside a nested model; this one does all
that. The class derives from Keras's, so importing this loads TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.tensorboard.described import cannot_show, description
from zoo.tensorboard.events import Events, text
from zoo.tensorboard.projector import Labels, LabelsOf, write_projector
from zoo.training.logs import plain_numbers
from zoo.training.optimizers import Optimizers

Logs = dict[str, Any] | None

HISTOGRAMS = 20  # epochs of a run that histograms are written for, unless told otherwise
PROFILED = 20  # calls of the train function in a profile


class TensorBoard(keras.callbacks.Callback):
    """Writes a run's events under `folder/train` and `folder/validation`.

    Training and validation share tag names, so that TensorBoard draws both in one chart:
    `loss`, `mae`, `won_log_loss` ... and `learning_rate`, all against the optimizer's steps.
    A metric of several values is one chart for each, `f1_score/0`, `f1_score/1` ... A model with
    optimizers of its own, a GAN for example, is drawn against the steps of the one that makes
    most of them, with `learning_rate/NAME` of each that trains; one that trains without
    optimizers against the steps of its epochs.
    Weights are histograms by their path in the model. Before the first epoch come the model's
    two graphs (`layers`, `operations`) and its diagram; after the last one the projector's
    tables. None of this changes the training by a single bit, or ends it: what cannot be shown of a
    model is a warning.

    Args:
        folder: The run folder.
        histogram_freq: Epochs between histograms; 0 writes none, None about 20 in a run.
        labels: What the rows of embeddings are, for the projector: by the name of an input
            that an embedding reads, or of its layer, one label for each row, or a table of
            columns such as `{"word": words, "count": counts}`. Or a function that is asked for
            it when the training has ended, with the name and the inputs of each embedding.
        sample: A few rows, (inputs, targets) as `fit` takes them. With them the gradients of the
            loss on these rows are shown with the histograms: `gradient_norm` over all weights
            and for each, and how each one's numbers are spread.
        texts: Markdown by tag, for the text page.
        graph: Whether to write the graphs and the diagram.
        drawing: The diagram as `zoo.inspection.diagram.to_dot` gives it, where it is made already.
        profile: Whether to profile the second epoch (the first of only one), for the profile
            page that `pip install xprof` adds; at most 20 calls of the train function.

    Example:
        >>> from pathlib import Path
        >>> import numpy as np
        >>> import zoo
        >>> model = zoo.build("tiny_dense")
        >>> model.compile("sgd", "mse")
        >>> x = np.eye(2, dtype="float32")
        >>> log = model.fit(x, x, verbose=0, callbacks=[zoo.TensorBoard("logs/run1")])
        >>> sorted(path.name for path in Path("logs/run1").iterdir())
        ['train']
    """

    def __init__(
        self,
        folder: Path | str,
        histogram_freq: int | None = None,
        labels: Mapping[str, Labels] | LabelsOf | None = None,
        *,
        sample: Sequence[Any] | None = None,
        texts: Mapping[str, str] | None = None,
        graph: bool = True,
        drawing: str = "",
        profile: bool = False,
    ) -> None:
        super().__init__()
        self.folder = Path(folder)
        self.histogram_freq = histogram_freq
        self.labels = labels or {}
        self.sample = sample
        self.texts = dict(texts or {})
        self.graph = graph
        self.drawing = drawing
        self._events = {split: Events(self.folder / split) for split in ("train", "validation")}
        self._gradients: Callable[[], list[np.ndarray | None]] | None = None
        self._optimizers: Optimizers | None = None  # of the training that runs
        self._profile = _Profile(self.folder / "train") if profile else None
        if self._profile:  # only then: Keras waits for every batch that a callback looks at
            self.on_train_batch_begin = self._profile.begin_call
            self.on_train_batch_end = self._profile.end_call

    def on_train_begin(self, logs: Logs = None) -> None:
        self._optimizers = None
        self._gradients = None
        if self._profile:
            self._profile.epoch = None

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        if self._optimizers is None:  # here, as a resumed run has its steps only now
            self._optimizers = Optimizers(self.model)
            self._open(resumed=epoch > 0 or self._optimizers.begun())
        if self._profile:
            self._profile.begin(epoch, self.params.get("epochs", 0))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self._profile:
            self._profile.end()
        scalars: dict[str, dict[str, Any]] = {"train": {}, "validation": {}}
        for name, value in plain_numbers(logs).items():
            split, tag = ("validation", name[4:]) if name.startswith("val_") else ("train", name)
            scalars[split][tag] = value
        optimizers = self._optimizers
        steps = optimizers.steps() if optimizers else None
        if steps is None:  # none trains that is known: the epochs' own steps
            steps = (epoch + 1) * (self.params.get("steps") or 1)
        if optimizers and "learning_rate" not in scalars["train"]:
            scalars["train"] |= optimizers.rates()
        histograms: dict[str, np.ndarray] = {}
        every = self.histogram_freq
        if every is None:
            every = max(1, -(-self.params.get("epochs", 1) // HISTOGRAMS))
        if every and epoch % every == 0:
            for name, weight in _named(self.model.weights):
                histograms[f"weights/{name}"] = keras.ops.convert_to_numpy(weight)
            self._add_gradients(scalars["train"], histograms)
        self._events["train"].write_numbers(scalars["train"], histograms, steps)
        self._events["validation"].write_numbers(scalars["validation"], {}, steps)

    def on_train_end(self, logs: Logs = None) -> None:
        if self._profile:
            self._profile.end()
        write_projector(self.folder / "train", self.model, self.labels)
        for events in self._events.values():
            events.close()
        self._gradients = None

    def _open(self, *, resumed: bool) -> None:
        """Write what does not change during the training, unless a resumed run has it."""
        if resumed and any((self.folder / "train").glob("events.out.tfevents.*")):
            return
        values = [text(tag, markdown) for tag, markdown in self.texts.items()]
        if self.graph:
            inputs = None if self.sample is None else self.sample[0]
            values += description(self.model, sample=inputs, drawing=self.drawing)
        if values:
            self._events["train"].write(values, 0)

    def _add_gradients(self, scalars: dict[str, Any], histograms: dict[str, np.ndarray]) -> None:
        """Add the sizes of the gradients on the sample, and how their numbers are spread."""
        if self.sample is None or not self.model.trainable_variables:
            return
        try:
            if self._gradients is None:
                self._gradients = gradient_function(self.model, self.sample)
            computed = self._gradients()
        except Exception as error:  # no loss of its own, or rows that do not fit: many kinds
            cannot_show(f"the gradients of {self.model.name}", error)
            self.sample = None
            return
        names = {id(weight): name for name, weight in _named(self.model.weights)}
        found = {
            names[id(variable)]: gradient
            for variable, gradient in zip(self.model.trainable_variables, computed, strict=True)
            if gradient is not None
        }
        norms = {
            name: float(np.linalg.norm(gradient.astype(np.float64)))
            for name, gradient in found.items()
        }
        scalars["gradient_norm"] = float(np.linalg.norm(list(norms.values())))
        scalars |= {f"gradient_norm/{name}": size for name, size in norms.items()}
        histograms["gradient_norms"] = np.array(list(norms.values()))
        histograms |= {f"gradients/{name}": gradient for name, gradient in found.items()}


class _Profile:
    """TensorFlow's profiler, run for one epoch or for its first calls of the train function."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.epoch: int | None = None  # the epoch that is profiled, once it is known
        self._running = False
        self._calls = 0
        self._call: Any = None  # the mark of the call that runs

    def begin(self, epoch: int, epochs: int) -> None:
        """Start, if this is the epoch: the second of this fit, whose first one traces."""
        if self.epoch is None:
            self.epoch = min(epoch + 1, max(epochs - 1, epoch))
        if epoch == self.epoch:
            tf.profiler.experimental.start(str(self.folder))
            self._running = True
            self._calls = 0

    def begin_call(self, batch: int, logs: Logs = None) -> None:
        """Mark where a call begins: without marks the page knows of no steps and no step time."""
        if self._running:
            self._call = tf.profiler.experimental.Trace("train", step_num=self._calls, _r=1)

    def end_call(self, batch: int, logs: Logs = None) -> None:
        """End the mark; stop after enough calls."""
        if self._running:
            self._close_call()
            self._calls += 1
            if self._calls >= PROFILED:
                self.end()

    def end(self) -> None:
        """Stop and write, if it runs."""
        if self._running:
            self._close_call()  # Ctrl-C may come within a call
            self._running = False
            tf.profiler.experimental.stop()

    def _close_call(self) -> None:
        if self._call is not None:
            self._call.__exit__(None, None, None)
            self._call = None


def _named(variables: Sequence[Any]) -> list[tuple[str, Any]]:
    """Variables by path; those of one path, in two nested models, are numbered."""
    counts: dict[str, int] = {}
    named = []
    for variable in variables:
        path = variable.path
        counts[path] = counts.get(path, 0) + 1
        named.append((path if counts[path] == 1 else f"{path}_{counts[path]}", variable))
    return named


def gradient_function(model: keras.Model, sample: Any) -> Callable[[], list[np.ndarray | None]]:
    """A function of no arguments: the gradient for each trainable variable, in their order.

    Of an embedding the rows that the sample reads are given, one each; None means a
    variable that the loss does not depend on.

    The sample is run as in a training step (`training=True`: dropout drops, batch normalization
    uses the batch), since that gradient is the one that the optimizer sees. It runs in a Keras
    stateless scope, which keeps every change of state (random seeds, moving averages, metrics) to
    itself and throws it away: the training continues bit for bit as if it had not been observed.

    Args:
        model: A compiled and built model.
        sample: (inputs, targets) or (inputs, targets, sample_weight), as `model.fit` takes them.
    """
    inputs, targets, weight = keras.utils.unpack_x_y_sample_weight(
        tf.nest.map_structure(tf.convert_to_tensor, sample)
    )
    variables = model.trainable_variables

    @tf.function(autograph=False)
    def gradients(inputs: Any, targets: Any, weight: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            state = [(variable, variable.value) for variable in variables]
            with keras.StatelessScope(state_mapping=state, collect_losses=True):
                predicted = model(inputs, training=True)
                loss = model.compute_loss(inputs, targets, predicted, weight, training=True)
        return [_rows_once(each) for each in tape.gradient(loss, variables)]

    def compute() -> list[np.ndarray | None]:
        found = gradients(inputs, targets, weight)
        return [None if each is None else each.numpy() for each in found]

    return compute


def _rows_once(gradient: Any) -> Any:
    """The rows of a sparse gradient, those of one index added up; a dense one as it is."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, place = tf.unique(tf.reshape(gradient.indices, [-1]))
    return tf.math.unsorted_segment_sum(gradient.values, place, tf.size(rows))
