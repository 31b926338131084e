"""The generic registry, and what is said about a name that it does not hold."""

from __future__ import annotations

import pytest

from zoo.core import registry
from zoo.core.errors import UnknownNameError
from zoo.core.registry import Registry


@pytest.fixture
def fruit(monkeypatch: pytest.MonkeyPatch) -> Registry[int]:
    monkeypatch.setattr(registry, "_registries", [])
    made: Registry[int] = Registry("fruit", listed_by="fruit list")
    made.add("pear", 1)
    made.add("apple", 2, aliases=("pomme",))
    return made


def test_values_are_found_by_name_and_alias(fruit: Registry[int]) -> None:
    assert fruit.get("apple") == fruit.get("pomme") == 2
    assert fruit.names() == ["pear", "apple"], "in the order of registration"
    assert fruit.names("p*") == ["pear", "apple"], "an alias matches for its name"
    assert fruit.names("*r") == ["pear"]


@pytest.mark.parametrize(
    ("name", "aliases", "message"),
    [
        ("pear", (), "fruit 'pear' is already registered"),
        ("pomme", (), "fruit 'pomme' is already registered, as an alias of 'apple'"),
        ("plum", ("apple",), "fruit 'apple' is already registered"),
    ],
)
def test_a_name_is_taken_once(
    fruit: Registry[int], name: str, aliases: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        fruit.add(name, 3, aliases)
    assert fruit.names() == ["pear", "apple"]


def test_an_unknown_name_is_reported_with_suggestions(fruit: Registry[int]) -> None:
    with pytest.raises(UnknownNameError, match=r"fruit 'aple'; did you mean apple or pear\?$"):
        fruit.get("aple")
    with pytest.raises(UnknownNameError, match=r"^unknown fruit 'x'; known: apple, pear, pomme$"):
        fruit.get("x")
    for number in range(12):
        fruit.add(f"citrus_{number}", number)
    with pytest.raises(UnknownNameError, match=r"; `fruit list` lists them all$"):
        fruit.get("x")
    assert str(UnknownNameError("port", "x", [])) == "unknown port 'x'; known: none"


def test_tables_fall_back_to_what_was_kept(fruit: Registry[int]) -> None:
    fruit.keep()
    fruit.add("plum", 3)
    fruit.fall_back()
    assert fruit.names() == ["pear", "apple"]
    fruit.add("plum", 4)
    assert fruit.get("plum") == 4
