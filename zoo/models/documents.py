"""The teaching documents and papers that the architectures come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """One document: a registration cites its `key`; `teaches` says what to read it for."""

    key: str
    title: str
    teaches: str

    @property
    def url(self) -> str:
        """A paper's address; empty for a document that is not on arXiv."""
        archive, _, number = self.key.partition(":")
        return f"https://arxiv.org/abs/{number}" if archive == "arXiv" else ""


_ALL = (
    Document(
        "advanced-keras",
        "Advanced Keras, course notes on several inputs and outputs, US college basketball",
        "categorical embeddings, models as layers, merge layers, stacking, two outputs",
    ),
    Document(
        "model-api",
        "Keras Model class API",
        "callable models, TimeDistributed over a model, auxiliary output, shared LSTM",
    ),
    Document(
        "beyond-sequential",
        "Going Beyond the Sequential Model: the Keras API",
        "graphs of layers, several modalities, several outputs, callbacks, ensembling",
    ),
    Document(
        "using-keras",
        "Using Keras (2018 blog guide)",
        "shared input, shared features, two resolutions, two heads, parameter arithmetic",
    ),
    Document(
        "dlwp-7.1",
        "Notes on Deep Learning with Python, 1st edition, section 7.1",
        "question answering, three outputs, inception, residual connections, Siamese models",
    ),
    Document(
        "arXiv:1409.4842",
        "Szegedy et al., Going Deeper with Convolutions (GoogLeNet)",
        "inception modules and their widths (table 1)",
    ),
    Document(
        "arXiv:1512.03385",
        "He et al., Deep Residual Learning for Image Recognition",
        "identity and projection shortcuts",
    ),
    Document("arXiv:1602.07360", "Iandola et al., SqueezeNet", "fire modules (table 1)"),
    Document(
        "arXiv:1512.00567",
        "Szegedy et al., Rethinking the Inception Architecture for Computer Vision",
        "Inception V3",
    ),
    Document(
        "arXiv:1610.02357",
        "Chollet, Xception: Deep Learning with Depthwise Separable Convolutions",
        "Xception; its comparison with Inception V3 at equal size",
    ),
    Document(
        "arXiv:1503.08895",
        "Sukhbaatar et al., End-To-End Memory Networks",
        "attention over the sentences of a story, in several hops; bAbI results (table 1)",
    ),
)

DOCUMENTS: dict[str, Document] = {document.key: document for document in _ALL}
