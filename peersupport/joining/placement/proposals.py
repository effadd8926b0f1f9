"""What a plan proposes, group by group, with the facts that speak for it; and what would help who is left."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Literal, Protocol

from peersupport.joining.placement.facts import Facts, Parent, Place
from peersupport.joining.placement.plan import Plan, split
from peersupport.joining.placement.possible import Possible, leads, possible, suits


@dataclass(frozen=True)
class Reasons:
    """Numbers behind one proposal.

    `waiting`: who could join such a group by language and programme; `free`: of those, at every meeting;
    `prefer`: of the proposed, who prefer the time; `rather`: who would prefer another; `near`: pairs that
    would rather not meet; `longest`: weeks that somebody of them waits; `leaders_free`: facilitators who
    could lead; `least` and `most`: how many parents can be there.
    """

    waiting: int
    free: int
    prefer: int
    rather: int
    near: int
    longest: int
    leaders_free: int
    least: int
    most: int


@dataclass(frozen=True)
class Proposal:
    """Seats in a group that is there, or a new group with its two facilitators."""

    place: Place
    parents: tuple[str, ...]
    leaders: tuple[str, ...]
    reasons: Reasons


Lack = Literal["time", "people", "facilitators", "apart", "locked", "weighed"]


@dataclass(frozen=True)
class Unplaced:
    """Somebody without a seat. `lack`: of what; at `place` she comes closest, and so many are `missing`."""

    parent: str
    lack: Lack
    place: Place | None = None
    missing: int = 0


class Solved(Protocol):
    """What the solver found. It is not imported here: pages read proposals and leave its library alone."""

    @property
    def plan(self) -> Plan:
        """Who is placed where."""

    @property
    def is_optimal(self) -> bool:
        """Whether it is proved that there is no better plan."""

    @property
    def gap(self) -> float:
        """How much better a plan could be at most, as a share: 0 to 1."""

    @property
    def seconds(self) -> float:
        """How long it took."""


@dataclass(frozen=True)
class Proposed:
    """Everything for the coordinator to decide on, and how good it is."""

    proposals: tuple[Proposal, ...]
    unplaced: tuple[Unplaced, ...]
    solved: Solved


def proposed(facts: Facts, solved: Solved) -> Proposed:
    """The plan of `solved` in parts that can be decided on one by one."""
    here = possible(facts)
    placed = solved.plan
    found = []
    for place in sorted(placed.people):
        groups = split(facts, placed, place) if place.is_new else [(placed.people[place], ())]
        found += [
            Proposal(place, parents, leaders, _reasons(facts, here, place, parents))
            for parents, leaders in groups
        ]
    left = (one for one in facts.parents if one.id not in placed.at)
    short = _shortest(facts, placed)
    return Proposed(tuple(found), tuple(_unplaced(facts, here, placed, one, short) for one in left), solved)


def _reasons(facts: Facts, here: Possible, place: Place, parents: tuple[str, ...]) -> Reasons:
    kind = [one for one in facts.parents if place.language in one.languages and place.course in one.courses]
    members = [facts.parent[one] for one in parents]
    group = facts.group.get(place.group)
    course = facts.course[place.course]
    pairs = sum(one in parents and other in parents for one, other in facts.near)
    return Reasons(
        waiting=len(kind),
        free=sum(place.slot in one.free for one in kind),
        prefer=sum(place.slot in one.prefers for one in members),
        rather=sum(bool(one.prefers) and place.slot not in one.prefers for one in members),
        near=pairs + (len(group.near.intersection(parents)) if group else 0),
        longest=max(one.weeks for one in members),
        leaders_free=len(here.leaders.get(place, ())),
        least=0 if group else course.minimum,
        most=group.seats if group else course.most,
    )


def _shortest(facts: Facts, plan: Plan) -> dict[Place, tuple[int, int]]:
    """By possible new group: how many parents who have no seat could join it, and its free facilitators."""
    found: dict[Place, tuple[int, int]] = {}
    left: Counter[Place] = Counter()
    for one in facts.parents:
        if one.id not in plan.at:
            left.update(_wanted(one))
    led: defaultdict[str, set[str]] = defaultdict(set)
    for place, leaders in plan.leaders.items():
        for leader in leaders:
            led[leader].add(place.slot)
    for place, people in left.items():
        could = (one for one in facts.facilitators if leads(one, place))
        found[place] = people, sum(_has_time(facts, one.id, place, led[one.id]) for one in could)
    return found


def _has_time(facts: Facts, leader: str, place: Place, slots: set[str]) -> bool:
    return len(slots) < facts.leader[leader].load and place.slot not in facts.meeting(slots)


def _wanted(parent: Parent) -> list[Place]:
    return [
        Place(course, language, slot)
        for course in parent.courses
        for language in parent.languages
        for slot in parent.free
    ]


def _unplaced(
    facts: Facts, here: Possible, plan: Plan, parent: Parent, short: dict[Place, tuple[int, int]]
) -> Unplaced:
    """The nearest way to a seat: a group that lacks the fewest people, then one without facilitators."""
    wanted = _wanted(parent)
    if not wanted:
        return Unplaced(parent.id, "time")
    full = [
        place
        for group in facts.groups
        if suits(parent, place := Place(group.course, group.language, group.slot, group.id))
    ]
    if any(parent.id in facts.group[place.group].closed_to for place in full):
        return Unplaced(parent.id, "apart", full[0])
    if parent.id in facts.locks.at or any(person == parent.id for person, _place in facts.locks.never):
        return Unplaced(parent.id, "locked")
    led = [place for place in wanted if short[place][1] >= 2]
    if led:
        nearest = max(sorted(led), key=lambda place: short[place][0])
        missing = facts.course[nearest.course].minimum - short[nearest][0]
        # Enough people and facilitators, and yet it was not formed: somebody must not meet somebody.
        return (
            Unplaced(parent.id, "people", nearest, missing) if missing > 0 else _apart(facts, parent, nearest)
        )
    nearest = max(sorted(wanted), key=lambda place: (short[place][1], short[place][0]))
    return Unplaced(parent.id, "facilitators", nearest, 2 - short[nearest][1])


def _apart(facts: Facts, parent: Parent, place: Place) -> Unplaced:
    return Unplaced(parent.id, "apart" if facts.strangers.get(parent.id) else "weighed", place)
