"""Large neighbourhood search (Shaw, 1998): a part of the plan is taken back and solved anew, many times."""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from peersupport.joining.placement.facts import Facilitator, Facts, Place
from peersupport.joining.placement.limits import Limits
from peersupport.joining.placement.model import Model
from peersupport.joining.placement.plan import Plan, Weights
from peersupport.joining.placement.possible import possible

# Of one neighbourhood; how many parents it begins with, and how it grows and shrinks.
SECONDS_EACH = 3.0
PARENTS_FIRST, PARENTS_LEAST = 120, 30
GROW, SHRINK = 1.25, 0.8


@dataclass
class Search:
    """The best plan so far, and how large a part of it is solved anew."""

    facts: Facts
    plan: Plan
    weights: Weights
    chance: random.Random
    workers: int
    size: float = PARENTS_FIRST

    def step(self, seconds: float) -> None:
        """One neighbourhood."""
        kinds: tuple[Callable[[], Iterator[Place]], ...] = (self._by_slot, self._by_kind, self._by_leader)
        free = self._enough(self.chance.choice(kinds)())
        part, kept = part_of(self.facts, self.plan, free)
        model = Model.of(part, possible(part), weights=self.weights)
        model.hint(without(self.plan, kept))
        solver = Limits(seconds, 0.0, self.workers, self.chance.randrange(1 << 30)).solver()
        status = solver.solve(model.cp)
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            found = joined(only(self.plan, kept), model.read(solver.value))
            if self.weights.worth(self.facts, found) >= self.weights.worth(self.facts, self.plan):
                self.plan = found
        change = GROW if status == cp_model.OPTIMAL else SHRINK
        self.size = min(max(self.size * change, PARENTS_LEAST), len(self.facts.parents))

    def _enough(self, places: Iterator[Place]) -> frozenset[Place]:
        found: set[Place] = set()
        people = 0
        for place in places:
            found.add(place)
            people += len(self.plan.people[place])
            if people >= self.size:
                break
        return frozenset(found)

    def _used(self) -> list[Place]:
        used = sorted(self.plan.people)
        self.chance.shuffle(used)
        return used

    def _by_slot(self) -> Iterator[Place]:
        """Groups that meet at the same times."""
        used = self._used()
        order = {slot: n for n, slot in enumerate(dict.fromkeys(place.slot for place in used))}
        yield from sorted(used, key=lambda place: order[place.slot])

    def _by_kind(self) -> Iterator[Place]:
        """Groups of the same language and programme."""
        used = self._used()
        order = {kind: n for n, kind in enumerate(dict.fromkeys(place[:2] for place in used))}
        yield from sorted(used, key=lambda place: order[place[:2]])

    def _by_leader(self) -> Iterator[Place]:
        """Groups whose facilitators could lead each other's."""
        used = self._used()
        if not used:
            return
        leaders = self.facts.leader
        first = {leaders[one].languages for one in self.plan.leaders.get(used[0], ())}
        shared = frozenset().union(*first)
        yield from sorted(used, key=lambda place: place.language not in shared)


def improve(
    facts: Facts,
    plan: Plan,
    *,
    bound: int,
    workers: int,
    seed: int,
    seconds: float = math.inf,
    steps: int = sys.maxsize,
) -> Plan:
    """A plan that is worth at least as much, and breaks no rule that this one keeps.

    Ends with so many seconds or steps, or with a plan that is worth as much as the bound.
    """
    until = time.monotonic() + seconds
    search = Search(facts, plan, Weights.of(facts), random.Random(seed), workers)  # noqa: S311 - no secret
    for _step in range(steps):
        left = until - time.monotonic()
        if left <= 0 or not search.plan.at or search.weights.worth(facts, search.plan) >= bound:
            break
        search.step(min(left, SECONDS_EACH))
    return search.plan


def part_of(facts: Facts, plan: Plan, free: frozenset[Place]) -> tuple[Facts, frozenset[Place]]:
    """What is to be solved where only these places are decided anew, and the places that are kept."""
    kept = frozenset(plan.people) - free
    parents = tuple(one for one in facts.parents if plan.at.get(one.id) not in kept)
    leaders = tuple(_less(facts, plan, one, kept) for one in facts.facilitators)
    locks = replace(
        facts.locks,
        at={person: place for person, place in facts.locks.at.items() if place not in kept},
        closed=facts.locks.closed | kept,
    )
    return replace(facts, parents=parents, facilitators=leaders, locks=locks), kept


def _less(facts: Facts, plan: Plan, one: Facilitator, kept: frozenset[Place]) -> Facilitator:
    busy = {place.slot for place in kept if one.id in plan.leaders.get(place, ())}
    if not busy:
        return one
    return replace(one, free=one.free - facts.meeting(busy), load=one.load - len(busy))


def only(plan: Plan, places: frozenset[Place]) -> Plan:
    """What of a plan happens at these places."""
    return Plan(
        at={parent: place for parent, place in plan.at.items() if place in places},
        groups={place: groups for place, groups in plan.groups.items() if place in places},
        leaders={place: leaders for place, leaders in plan.leaders.items() if place in places},
    )


def without(plan: Plan, places: frozenset[Place]) -> Plan:
    """What of it happens elsewhere."""
    return only(plan, frozenset(plan.people) - places)


def joined(one: Plan, other: Plan) -> Plan:
    """Two plans for different places as one."""
    return Plan(
        at={**one.at, **other.at},
        groups={**one.groups, **other.groups},
        leaders={**one.leaders, **other.leaders},
    )
