"""A plan: who is placed where, how much it is worth, and whether it breaks a rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from peersupport.joining.placement.facts import Facts, Pair, Place
from peersupport.joining.placement.possible import leads, place_of, suits

# Weeks of waiting that count; after half a year everybody has waited equally long.
WEEKS_MOST = 26
# A time she prefers weighs as much as so many weeks of waiting; somebody near her, to be kept apart if it
# can be.
PREFERRED, NEAR = 10, 10
# A group less is worth a little: its two facilitators can lead another one.
FORMED = 2


@dataclass(frozen=True)
class Plan:
    """`at`: the place of each parent who has one. `groups`: new ones at a place, `leaders`: of those."""

    at: Mapping[str, Place] = field(default_factory=dict)
    groups: Mapping[Place, int] = field(default_factory=dict)
    leaders: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def people(self) -> dict[Place, tuple[str, ...]]:
        """The parents at each place, in the order of their ids."""
        found: defaultdict[Place, list[str]] = defaultdict(list)
        for parent, place in sorted(self.at.items()):
            found[place].append(parent)
        return {place: tuple(parents) for place, parents in found.items()}


@dataclass(frozen=True)
class Weights:
    """What counts, so that what comes first can never be outweighed: to be placed, then everything else."""

    placed: int

    @classmethod
    def of(cls, facts: Facts) -> Weights:
        """One parent more is worth more than all there is to win or lose otherwise."""
        others = len(facts.parents) * (WEEKS_MOST + PREFERRED + FORMED)
        near = len(facts.near) + sum(len(group.near) for group in facts.groups)
        return cls(placed=others + near * NEAR + 1)

    def parent(self, facts: Facts, parent: str, place: Place) -> int:
        """What it is worth to have her there."""
        person = facts.parent[parent]
        preferred = PREFERRED if place.slot in person.prefers else 0
        near = NEAR if place.group and parent in facts.group[place.group].near else 0
        return self.placed + min(person.weeks, WEEKS_MOST) + preferred - near

    def most(self, facts: Facts) -> int:
        """What no plan could be worth more than, by any rule."""
        return sum(self.placed + min(one.weeks, WEEKS_MOST) + PREFERRED for one in facts.parents)

    def worth(self, facts: Facts, plan: Plan) -> int:
        """Of a whole plan."""
        parents = sum(self.parent(facts, parent, place) for parent, place in plan.at.items())
        near = sum(_meet(plan, pair) for pair in facts.near)
        return parents - NEAR * near - FORMED * sum(plan.groups.values())


def preferred(facts: Facts, plan: Plan) -> int:
    """How many are placed at a time they prefer."""
    return sum(place.slot in facts.parent[parent].prefers for parent, place in plan.at.items())


def broken(facts: Facts, plan: Plan) -> list[str]:
    """Every rule that a plan breaks, in words for whoever keeps this code; empty for a good one."""
    rules = (_people, _sizes, _facilitators, _pairs, _locks)
    return [fault for rule in rules for fault in rule(facts, plan)]


def _people(facts: Facts, plan: Plan) -> Iterator[str]:
    for parent, place in plan.at.items():
        if not suits(facts.parent[parent], place):
            yield f"{parent} does not suit {place}"
        if place.group and parent in facts.group[place.group].closed_to:
            yield f"{parent} must not meet somebody of {place.group}"


def _sizes(facts: Facts, plan: Plan) -> Iterator[str]:
    for place, people in plan.people.items():
        if place.group:
            group = facts.group[place.group]
            if place != place_of(group) or len(people) > group.seats:
                yield f"{len(people)} at {place}, which has {group.seats} seats"
            continue
        course, groups = facts.course[place.course], plan.groups.get(place, 0)
        if not course.minimum * groups <= len(people) <= course.most * groups:
            yield f"{len(people)} in {groups} groups at {place}"
    yield from (
        f"nobody at {place}" for place, count in plan.groups.items() if count and place not in plan.people
    )


def _facilitators(facts: Facts, plan: Plan) -> Iterator[str]:
    led: defaultdict[str, list[str]] = defaultdict(list)
    for place, groups in plan.groups.items():
        leaders = plan.leaders.get(place, ())
        if len(leaders) != 2 * groups or len(set(leaders)) != len(leaders):
            yield f"{len(leaders)} facilitators for {groups} groups at {place}"
        for leader in leaders:
            led[leader].append(place.slot)
            if not leads(facts.leader[leader], place):
                yield f"{leader} cannot lead at {place}"
    for leader, slots in led.items():
        if len(slots) > facts.leader[leader].load:
            yield f"{leader} leads {len(slots)} groups"
        if any(
            len(clash.intersection(slots)) > 1 or len(set(slots)) < len(slots) for clash in _clashes(facts)
        ):
            yield f"{leader} leads two groups at the same time"


def _clashes(facts: Facts) -> Iterable[frozenset[str]]:
    return facts.clashing or (frozenset(),)


def _pairs(facts: Facts, plan: Plan) -> Iterator[str]:
    yield from (f"{pair} would meet" for pair in facts.apart if _meet(plan, pair))
    for one, other in facts.together:
        if plan.at.get(one) != plan.at.get(other):
            yield f"{one} and {other} wish to be together"


def _meet(plan: Plan, pair: Pair) -> bool:
    """Whether two people are at one place; that its groups are several does not count."""
    places = [_places_of(plan, person) for person in pair]
    return not places[0].isdisjoint(places[1])


def _places_of(plan: Plan, person: str) -> set[Place]:
    led = {place for place, leaders in plan.leaders.items() if person in leaders}
    return led | ({plan.at[person]} if person in plan.at else set())


def _locks(facts: Facts, plan: Plan) -> Iterator[str]:
    for person, place in facts.locks.at.items():
        if place not in _places_of(plan, person):
            yield f"{person} is not at {place}"
    for person, place in facts.locks.never:
        if place in _places_of(plan, person):
            yield f"{person} is at {place}"
    yield from (f"{place} is closed" for place in facts.locks.closed if plan.people.get(place))


def split(facts: Facts, plan: Plan, place: Place) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The new groups at a place: parents and the two facilitators of each, as equal in size as can be."""
    groups = plan.groups.get(place, 0)
    parents, leaders = plan.people.get(place, ()), plan.leaders.get(place, ())
    units = list(dict.fromkeys(tuple(sorted(facts.companions.get(one, {one}))) for one in parents))
    shares: list[list[str]] = [[] for _group in range(groups)]
    size = -(-len(parents) // groups) if groups else 0
    for unit in sorted(units, key=len, reverse=True):
        roomy = (share for share in shares if len(share) + len(unit) <= size)
        min(roomy, key=len, default=min(shares, key=len)).extend(unit)
    return [(tuple(share), leaders[2 * n : 2 * n + 2]) for n, share in enumerate(shares)]
