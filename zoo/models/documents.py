"""The teaching documents and papers that the architectures come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """One document: a registration cites its `key`.

    Attributes:
        key: What registrations and commands call it.
        title: Its title.
        teaches: What to read it for.
        url: Its address, or that of what it takes notes of.
        found: What is at the address of a document that is notes; empty where it is the document.
    """

    key: str
    title: str
    teaches: str
    url: str
    found: str = ""


_ALL = (
    Document(
        "advanced-keras",
        "Advanced Keras, course notes on several inputs and outputs, US college basketball",
        "categorical embeddings, models as layers, merge layers, stacking, two outputs",
        "https://www.datacamp.com/courses/advanced-deep-learning-with-keras",
        "the course",
    ),
    Document(
        "model-api",
        "Keras Model class API",
        "callable models, TimeDistributed over a model, auxiliary output, shared LSTM",
        "https://keras.io/api/models/model/",
    ),
    Document(
        "beyond-sequential",
        "Going Beyond the Sequential Model: the Keras API",
        "graphs of layers, several modalities, several outputs, callbacks, ensembling",
        "https://www.manning.com/books/deep-learning-with-python",
        "the book whose chapter 7 it follows",
    ),
    Document(
        "using-keras",
        "Using Keras (2018 blog guide)",
        "shared input, shared features, two resolutions, two heads, parameter arithmetic",
        "https://machinelearningmastery.com/keras-functional-api-deep-learning/",
        "an article with the same functional models",
    ),
    Document(
        "dlwp-7.1",
        "Notes on Deep Learning with Python, 1st edition, section 7.1",
        "question answering, three outputs, inception, residual connections, Siamese models",
        "https://github.com/fchollet/deep-learning-with-python-notebooks",
        "the book's notebooks",
    ),
    Document(
        "arXiv:1409.4842",
        "Szegedy et al., Going Deeper with Convolutions (GoogLeNet)",
        "inception modules and their widths (table 1)",
        "https://arxiv.org/abs/1409.4842",
    ),
    Document(
        "arXiv:1512.03385",
        "He et al., Deep Residual Learning for Image Recognition",
        "identity and projection shortcuts",
        "https://arxiv.org/abs/1512.03385",
    ),
    Document(
        "arXiv:1602.07360",
        "Iandola et al., SqueezeNet",
        "fire modules (table 1)",
        "https://arxiv.org/abs/1602.07360",
    ),
    Document(
        "arXiv:1512.00567",
        "Szegedy et al., Rethinking the Inception Architecture for Computer Vision",
        "Inception V3",
        "https://arxiv.org/abs/1512.00567",
    ),
    Document(
        "arXiv:1610.02357",
        "Chollet, Xception: Deep Learning with Depthwise Separable Convolutions",
        "Xception; its comparison with Inception V3 at equal size",
        "https://arxiv.org/abs/1610.02357",
    ),
    Document(
        "arXiv:1503.08895",
        "Sukhbaatar et al., End-To-End Memory Networks",
        "attention over the sentences of a story, in several hops; bAbI results (table 1)",
        "https://arxiv.org/abs/1503.08895",
    ),
)

DOCUMENTS: dict[str, Document] = {document.key: document for document in _ALL}
