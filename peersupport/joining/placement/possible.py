"""Who could be where, before anybody is placed: the rules that need one person only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from peersupport.joining.placement.facts import Facilitator, Facts, OpenGroup, Parent, Place


@dataclass(frozen=True)
class Possible:
    """By place, in a fixed order: whom it would suit of parents and facilitators, and the most groups."""

    parents: dict[Place, tuple[str, ...]]
    leaders: dict[Place, tuple[str, ...]]
    groups: dict[Place, int]

    @property
    def places(self) -> tuple[Place, ...]:
        """All at which at least one parent could be."""
        return tuple(self.parents)


def possible(facts: Facts, *, without: str = "") -> Possible:
    """Every place at which a group could be, with the people whom nothing of their own keeps from it.

    `without`: a rule that does not count, "size" or "facilitators".
    """
    parents = _parents(facts)
    leaders = _leaders(facts, parents)
    groups = {place: _most_groups(facts, place, parents, leaders, without) for place in parents}
    kept = sorted(place for place, most in groups.items() if most)
    return Possible(
        parents={place: parents[place] for place in kept},
        leaders={place: leaders[place] for place in kept if place.is_new},
        groups={place: groups[place] for place in kept},
    )


def suits(parent: Parent, place: Place) -> bool:
    """Whether language, programme and every meeting are hers."""
    return place.language in parent.languages and place.course in parent.courses and place.slot in parent.free


def leads(facilitator: Facilitator, place: Place) -> bool:
    """Whether she is qualified for a group there, speaks its language and is free at every meeting."""
    speaks = place.language in facilitator.languages
    return speaks and place.course in facilitator.courses and place.slot in facilitator.free


def place_of(group: OpenGroup) -> Place:
    """Where a group that is there already meets."""
    return Place(group.course, group.language, group.slot, group.id)


def _parents(facts: Facts) -> dict[Place, tuple[str, ...]]:
    found: defaultdict[Place, list[str]] = defaultdict(list)
    open_groups = [(group, place_of(group)) for group in facts.groups if group.seats > 0]
    for parent in facts.parents:
        new = (
            Place(course, language, slot)
            for course in parent.courses
            for language in parent.languages
            for slot in parent.free
        )
        there = (
            place for group, place in open_groups if suits(parent, place) and parent.id not in group.closed_to
        )
        for place in (*new, *there):
            if _allowed(facts, parent.id, place):
                found[place].append(parent.id)
    return {place: tuple(people) for place, people in found.items() if place not in facts.locks.closed}


def _leaders(facts: Facts, places: dict[Place, tuple[str, ...]]) -> dict[Place, tuple[str, ...]]:
    return {
        place: tuple(
            one.id
            for one in facts.facilitators
            if one.load > 0 and leads(one, place) and _allowed(facts, one.id, place)
        )
        for place in places
        if place.is_new
    }


def _allowed(facts: Facts, person: str, place: Place) -> bool:
    """What the coordinator said of her and this place; a facilitator bound to one place may lead others."""
    if (person, place) in facts.locks.never:
        return False
    bound = facts.locks.at.get(person)
    return bound is None or bound == place or person in facts.leader


def _most_groups(
    facts: Facts,
    place: Place,
    parents: dict[Place, tuple[str, ...]],
    leaders: dict[Place, tuple[str, ...]],
    without: str,
) -> int:
    if not place.is_new:
        return 1
    least = 1 if without == "size" else facts.course[place.course].minimum
    filled = len(parents[place]) // least
    return filled if without == "facilitators" else min(filled, len(leaders[place]) // 2)
