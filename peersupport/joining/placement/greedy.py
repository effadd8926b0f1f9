"""A first plan, in milliseconds: open groups are filled, then the new group that takes most people is formed.

People and facilitators who could go to few places are taken first, so that those who could go to many are
left for what comes later.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from peersupport.joining.placement.facts import Facts, Place
from peersupport.joining.placement.plan import Plan
from peersupport.joining.placement.possible import Possible


@dataclass
class Filling:
    """A plan that grows. `choices`: at how many places somebody could be."""

    facts: Facts
    possible: Possible
    choices: Counter[str]
    at: dict[str, Place] = field(default_factory=dict)
    groups: dict[Place, int] = field(default_factory=dict)
    leaders: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    led: Counter[str] = field(default_factory=Counter)
    _busy: dict[str, set[str]] = field(default_factory=dict)

    def plan(self) -> Plan:
        """As far as it has come."""
        return Plan(dict(self.at), dict(self.groups), dict(self.leaders))

    def take(self, place: Place, most: int, leaders: tuple[str, ...] = ()) -> list[str]:
        """Who could join there now: those with the fewest other choices, then those who wait longest."""
        order = sorted(
            (one for one in self.possible.parents[place] if one not in self.at),
            key=lambda one: (one not in self._bound(place), self.choices[one], -self.facts.parent[one].weeks),
        )
        taken: list[str] = []
        present = {*self._present(place), *leaders}
        for one in order:
            unit = self._unit(one, place)
            if not unit or len(taken) + len(unit) > most or one in taken:
                continue
            if all(self._agrees(each, present | set(taken) | set(unit)) for each in unit):
                taken.extend(unit)
        return taken

    def pair(self, place: Place) -> tuple[str, ...]:
        """Two facilitators who are free for one more group there; empty where there are none."""
        free = [one for one in self.possible.leaders[place] if self._is_free(one, place)]
        free.sort(key=lambda one: (one not in self._bound(place), self.choices[one], self.led[one]))
        present = self._present(place)
        for first in free:
            for second in free:
                if (
                    first < second
                    and self._agrees(first, present | {second})
                    and self._agrees(second, present)
                ):
                    return first, second
        return ()

    def form(self, place: Place, leaders: tuple[str, ...], parents: list[str]) -> None:
        """One group more."""
        self.groups[place] = self.groups.get(place, 0) + 1
        self.leaders[place] = (*self.leaders.get(place, ()), *leaders)
        for leader in leaders:
            self.led[leader] += 1
            self._busy.setdefault(leader, set()).update(self.facts.meeting({place.slot}))
        self.join(place, parents)

    def join(self, place: Place, parents: list[str]) -> None:
        """These are placed."""
        self.at.update(dict.fromkeys(parents, place))

    def _bound(self, place: Place) -> set[str]:
        return {one for one, there in self.facts.locks.at.items() if there == place}

    def _present(self, place: Place) -> set[str]:
        return {one for one, there in self.at.items() if there == place} | set(self.leaders.get(place, ()))

    def _agrees(self, person: str, others: set[str]) -> bool:
        return self.facts.strangers.get(person, frozenset()).isdisjoint(others)

    def _unit(self, one: str, place: Place) -> tuple[str, ...]:
        """She and whoever wishes to be where she is; empty where one of them cannot."""
        wished = self.facts.companions.get(one, frozenset({one}))
        there = set(self.possible.parents[place])
        return tuple(sorted(wished)) if all(each in there and each not in self.at for each in wished) else ()

    def _is_free(self, leader: str, place: Place) -> bool:
        if self.led[leader] >= self.facts.leader[leader].load:
            return False
        return place.slot not in self._busy.get(leader, ())


def first_plan(facts: Facts, possible: Possible) -> Plan:
    """A plan that breaks no rule, except a lock that it could not follow."""
    filling = Filling(facts, possible, _choices(possible))
    for place in possible.places:
        if not place.is_new:
            filling.join(place, filling.take(place, facts.group[place.group].seats))
    places = {place for place in possible.places if place.is_new}
    while places:
        found = [(place, *_group(filling, place)) for place in sorted(places)]
        good = [each for each in found if each[1]]
        if not good:
            break
        place, leaders, parents = max(good, key=lambda each: _value(filling, each[0], each[2]))
        filling.form(place, leaders, parents)
        # Nothing comes back: what has too few people or facilitators left will not have more later.
        places = {each[0] for each in good}
    return filling.plan()


def _group(filling: Filling, place: Place) -> tuple[tuple[str, ...], list[str]]:
    course = filling.facts.course[place.course]
    leaders = filling.pair(place)
    parents = filling.take(place, course.most, leaders) if leaders else []
    return (leaders, parents) if len(parents) >= course.minimum else ((), [])


def _value(filling: Filling, place: Place, parents: list[str]) -> tuple[bool, float]:
    bound = any(there == place for there in filling.facts.locks.at.values())
    return bound, sum(1 / filling.choices[one] for one in parents) + len(parents)


def _choices(possible: Possible) -> Counter[str]:
    found: Counter[str] = Counter()
    for people in (*possible.parents.values(), *possible.leaders.values()):
        found.update(people)
    return found
