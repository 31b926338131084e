"""Names of the invented teams: 22 beginnings times 16 endings, no real place or school meant."""

from __future__ import annotations

_BEGINNINGS = [
    "Alder",
    "Bram",
    "Corrin",
    "Dray",
    "Ember",
    "Farrow",
    "Gris",
    "Hollin",
    "Isen",
    "Jarrow",
    "Kestrel",
    "Lark",
    "Mallow",
    "Nether",
    "Orrin",
    "Pell",
    "Quill",
    "Reyn",
    "Sorrel",
    "Teasel",
    "Umber",
    "Vesper",
]
_ENDINGS = [
    "beck",
    "combe",
    "crest",
    "fell",
    "garth",
    "holt",
    "lund",
    "marsh",
    "mere",
    "moor",
    "quay",
    "shaw",
    "stow",
    "strand",
    "tarn",
    "wick",
]

MAX_TEAMS = len(_BEGINNINGS) * len(_ENDINGS)  # 352


def team_names(count: int) -> list[str]:
    """The first `count` names, all different, up to `MAX_TEAMS`."""
    names = [beginning + ending for ending in _ENDINGS for beginning in _BEGINNINGS]
    return names[:count]
