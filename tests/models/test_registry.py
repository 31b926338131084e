"""Names, wildcards, concepts, aliases, and the errors of the registry."""

from __future__ import annotations

import pytest

import zoo
from zoo.core.errors import BuildError, UnknownNameError
from zoo.inspection import model_card
from zoo.models.documents import DOCUMENTS
from zoo.models.registry import register
from zoo.models.spec import CONCEPTS, TensorSpec

TEACHING = ("advanced-keras", "model-api", "beyond-sequential", "using-keras", "dlwp-7.1")


def test_wildcards_and_concepts() -> None:
    assert zoo.list_models("two_s*") == ["two_scores"]
    assert zoo.list_models("basketball") == ["basketball"]
    assert zoo.list_models("nothing*") == []
    shared = zoo.list_models(concept="shared-layers")
    assert {"two_team", "basketball"} <= set(shared)
    assert "adder" not in shared


def test_documents() -> None:
    for document in DOCUMENTS:
        cited = zoo.list_models(document=document)
        assert cited
        for name in zoo.list_models():
            keys = [each.key for each in zoo.spec(name).documents]
            assert (name in cited) == (document in keys)
    siamese = zoo.list_models("siamese*", document="arXiv:1610.02357", concept="application")
    assert siamese == ["siamese_xception"]
    assert zoo.list_models(document="using-keras", concept="residual") == []


def test_aliases_find_the_entry() -> None:
    assert zoo.spec("three_input") is zoo.spec("basketball")
    assert zoo.list_models("three_*") == ["basketball"]
    assert zoo.build("three_input", n_teams=5).name == "basketball"


def test_unknown_names_are_reported_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean basketball"):
        zoo.spec("basketbal")
    with pytest.raises(UnknownNameError, match="shared-layers"):
        zoo.list_models(concept="shared-layer")
    with pytest.raises(UnknownNameError, match=r"document 'dlwp'; did you mean dlwp-7\.1"):
        zoo.list_models(document="dlwp")
    with pytest.raises(BuildError, match="did you mean n_teams"):
        zoo.build("two_team", nteams=3)


def test_impossible_arguments_are_reported() -> None:
    with pytest.raises(BuildError, match=r"cannot build two_team\(n_teams=-1\)"):
        zoo.build("two_team", n_teams=-1)
    with pytest.raises(BuildError, match="skip must be True or False, not 'no'"):
        zoo.build("cnn", skip="no")


@pytest.mark.usefixtures("clean_registries")
@pytest.mark.parametrize("taken", ["adder", "three_input"])
def test_duplicate_names_and_aliases_raise(taken: str) -> None:
    def new_model() -> None:
        """A builder that nobody calls."""

    port = TensorSpec("x", (1,))
    decorate = register(
        documents="model-api", inputs=(port,), outputs=(port,), count=0, aliases=(taken,)
    )
    with pytest.raises(ValueError, match=f"'{taken}' is already registered"):
        decorate(new_model)
    assert "new_model" not in zoo.list_models()


@pytest.mark.usefixtures("clean_registries")
def test_unknown_document_or_concept_raises_at_registration() -> None:
    def new_model() -> None:
        """A builder that nobody calls."""

    port = TensorSpec("x", (1,))
    with pytest.raises(ValueError, match="unknown document 'model-apy'; did you mean model-api"):
        register(documents="model-apy", inputs=(port,), outputs=(port,), count=0)(new_model)
    with pytest.raises(ValueError, match="unknown concept 'merges'"):
        register(
            documents="model-api", inputs=(port,), outputs=(port,), count=0, concepts=("merges",)
        )(new_model)


@pytest.mark.parametrize("name", zoo.list_models())
def test_cards_are_complete(name: str) -> None:
    entry = zoo.spec(name)
    assert entry.documents
    if entry.documents[0].key in TEACHING:
        assert f"section     {entry.section}\n" in model_card.as_text(entry)
        assert entry.section
        assert model_card.as_dict(entry)["section"] == entry.section
    assert entry.summary.endswith(".")
    assert entry.claim
    assert all(port.meaning for port in (*entry.inputs, *entry.outputs))
    assert set(entry.concepts) <= set(CONCEPTS)
    if entry.recipe:
        assert zoo.recipe(entry.recipe).architecture == name
