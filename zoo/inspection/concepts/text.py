"""What the zoo says about a concept in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """Five lines about a concept, and what the documents say.

    Attributes:
        what: What it is.
        when: When to use it.
        how: How the functional API writes it: Python that runs where `tests/inspection/
            test_concepts.py` names the tensors.
        beware: What goes wrong.
        check: How to see that it is right.
        documents: Key of a document -> what that says about it.
    """

    what: str
    when: str
    how: str
    beware: str
    check: str
    documents: Mapping[str, str]
