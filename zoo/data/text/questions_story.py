"""Stories of dataset `questions`: who went where, who took what, how likely each place is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from zoo.data.text.encoding import one_of, tokens

PEOPLE = ("mary", "john", "sandra", "daniel")
PLACES = tokens(
    "kitchen garden cellar office hallway library bedroom bathroom balcony garage stable attic"
)
OWN = len(PLACES) // len(PEOPLE)  # places of each person, where they do not share them
THINGS = ("milk", "apple", "football")
WAYS = ("went to", "moved to", "journeyed to", "travelled to")
UNSURE = 0.15  # share of the moves that leave two places open
WORDS = (
    *PEOPLE,
    *PLACES,
    *THINGS,
    *tokens("went moved journeyed travelled to the or took dropped where is ."),
)

Chance = dict[str, float]  # place -> probability


@dataclass
class Story:
    """What is told, what is asked, and the probability of each answer."""

    text: list[str] = field(default_factory=list)
    question: list[str] = field(default_factory=list)
    chance: Chance = field(default_factory=dict)


def tell(rng: np.random.Generator, *, facts: int, shared: bool) -> Story:
    """A story of three to seven moves, things in between, and a question that it answers."""
    while True:
        story = _try(rng, facts, shared)
        if story is not None:
            return story


def _try(rng: np.random.Generator, facts: int, shared: bool) -> Story | None:
    story = Story()
    at: dict[str, Chance] = {}  # person -> where
    holder: dict[str, str] = {}  # thing -> person
    lies: dict[str, Chance] = {}  # thing -> where it was dropped
    for _ in range(int(rng.integers(3, 8))):
        person = one_of(rng, PEOPLE)
        at[person] = _move(rng, story, person, shared, unsure=facts == 1)
        if rng.random() < (0.15 if facts == 1 else 0.6):
            _handle(rng, story, at, holder, lies)
    if facts == 1:
        asked = one_of(rng, sorted(at))
        story.chance = at[asked]
        story.question = ["where", "is", asked]
        return story
    places = {thing: at[person] for thing, person in holder.items()} | lies
    if len(places) < 2:  # with one thing in the story, there would be nothing to ask about
        return None
    asked = one_of(rng, sorted(places))
    story.chance = places[asked]
    story.question = ["where", "is", "the", asked]
    return story


def _move(
    rng: np.random.Generator, story: Story, person: str, shared: bool, *, unsure: bool
) -> Chance:
    first = PEOPLE.index(person) * OWN
    open_to = PLACES if shared else PLACES[first : first + OWN]
    ends = [one_of(rng, open_to)]
    if unsure and rng.random() < UNSURE:
        ends.append(one_of(rng, [place for place in open_to if place != ends[0]]))
    story.text += [person, *one_of(rng, WAYS).split(), "the", ends[0]]
    if len(ends) > 1:
        story.text += ["or", "the", ends[1]]
    story.text.append(".")
    return {end: 1 / len(ends) for end in ends}


def _handle(
    rng: np.random.Generator,
    story: Story,
    at: dict[str, Chance],
    holder: dict[str, str],
    lies: dict[str, Chance],
) -> None:
    """Someone who is somewhere takes a thing that nobody holds, or its holder drops it."""
    thing = one_of(rng, THINGS)
    if thing in holder:
        person = holder.pop(thing)
        lies[thing] = at[person]
        story.text += [person, "dropped", "the", thing, "."]
        return
    # A dropped thing is taken by someone who may be where it lies; a new one by anyone.
    near = [who for who in sorted(at) if thing not in lies or at[who] == lies[thing]]
    if near:
        person = one_of(rng, near)
        holder[thing] = person
        lies.pop(thing, None)
        story.text += [person, "took", "the", thing, "."]
