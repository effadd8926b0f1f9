"""The rules as a model of OR-Tools CP-SAT.

A variable says whether a parent is at a place, another how many new groups there are, a third whether a
facilitator leads there. What makes it strong: somebody can be at a place only where a group is, a facilitator
leads at most one of the slots that meet, and no more groups are looked for than people could fill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from ortools.sat.python import cp_model

from peersupport.joining.placement.facts import Facts, Pair, Place
from peersupport.joining.placement.plan import FORMED, NEAR, Plan, Weights
from peersupport.joining.placement.possible import Possible

# Sets of people that could make more groups than these are not looked at: they leave too little over.
UNION_MOST = 4
RULES = ("size", "facilitators", "load", "apart", "together", "locks")


@dataclass
class Model:
    """`here`: parent at a place, `groups`: new ones there, `leading`: facilitator at a place."""

    facts: Facts
    possible: Possible
    weights: Weights
    rules: frozenset[str] = frozenset(RULES)
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    here: dict[tuple[str, Place], cp_model.IntVar] = field(default_factory=dict)
    groups: dict[Place, cp_model.IntVar] = field(default_factory=dict)
    leading: dict[tuple[str, Place], cp_model.IntVar] = field(default_factory=dict)
    near: dict[tuple[Pair, Place], cp_model.IntVar] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        facts: Facts,
        possible: Possible,
        *,
        rules: Collection[str] = RULES,
        weights: Weights | None = None,
    ) -> Model:
        """The model of everything, or with some rules left out; `weights`: of what this is a part of."""
        model = cls(facts, possible, weights or Weights.of(facts), frozenset(rules))
        model._parents()
        model._sizes()
        model._facilitators()
        model._rounded()
        model._pairs()
        model._locks()
        model._objective()
        return model

    def hint(self, plan: Plan) -> None:
        """A plan to begin with."""
        for index, value in self.values(plan).items():
            self.cp.add_hint(self.cp.get_int_var_from_proto_index(index), value)

    def settle(self, plan: Plan) -> None:
        """Only what is as in this plan: the groups, who leads them, where those are who are not alone."""
        values = self.values(plan)
        for index in self.deciding:
            self.cp.add(self.cp.get_int_var_from_proto_index(index) == values[index])

    def values(self, plan: Plan) -> dict[int, int]:
        """What every variable is in a plan, by its number."""
        at, leaders = plan.at, plan.leaders
        found = {here.index: at.get(one) == place for (one, place), here in self.here.items()}
        found |= {leads.index: one in leaders.get(place, ()) for (one, place), leads in self.leading.items()}
        found |= {
            near.index: all(at.get(one) == place for one in pair) for (pair, place), near in self.near.items()
        }
        groups = {groups.index: plan.groups.get(place, 0) for place, groups in self.groups.items()}
        return {index: int(value) for index, value in sorted((found | groups).items())}

    @property
    def deciding(self) -> frozenset[int]:
        """The numbers of the variables with which everything else is settled but who sits where alone."""
        pairs = (*self.facts.apart, *self.facts.near, *self.facts.together)
        tied = {person for pair in pairs for person in pair}
        here = (here for (parent, _place), here in self.here.items() if parent in tied)
        return frozenset(each.index for each in (*self.groups.values(), *self.leading.values(), *here))

    def read(self, value: Callable[[cp_model.IntVar], int]) -> Plan:
        """The plan that a solver found."""
        leaders: defaultdict[Place, list[str]] = defaultdict(list)
        for (leader, place), leads in self.leading.items():
            if value(leads):
                leaders[place].append(leader)
        return Plan(
            at={parent: place for (parent, place), here in self.here.items() if value(here)},
            groups={place: n for place, groups in self.groups.items() if (n := value(groups))},
            leaders={place: tuple(each) for place, each in leaders.items()},
        )

    def _parents(self) -> None:
        places: defaultdict[str, list[cp_model.IntVar]] = defaultdict(list)
        for place, parents in self.possible.parents.items():
            for parent in parents:
                here = self.here[parent, place] = self.cp.new_bool_var("")
                places[parent].append(here)
        for each in places.values():
            self.cp.add_at_most_one(each)

    def _sizes(self) -> None:
        for place, parents in self.possible.parents.items():
            here = [self.here[parent, place] for parent in parents]
            if not place.is_new:
                self.cp.add(sum(here) <= self.facts.group[place.group].seats)
                continue
            course, most = self.facts.course[place.course], self.possible.groups[place]
            groups = self.groups[place] = self.cp.new_int_var(0, most, "")
            self.cp.add(sum(here) <= course.most * groups)
            least = course.minimum if "size" in self.rules else 1
            self.cp.add(sum(here) >= least * groups)
            # Says the same of each one alone: without it half a group with half of everybody would be a
            # bound.
            if most == 1:
                for each in here:
                    self.cp.add_implication(each, groups)
            else:
                for each in here:
                    self.cp.add(groups >= each)

    def _facilitators(self) -> None:
        slots: defaultdict[tuple[str, str], list[cp_model.IntVar]] = defaultdict(list)
        led: defaultdict[str, list[cp_model.IntVar]] = defaultdict(list)
        for place, groups in self.groups.items():
            leaders = self.possible.leaders[place]
            for leader in leaders:
                leads = self.leading[leader, place] = self.cp.new_bool_var("")
                slots[leader, place.slot].append(leads)
                led[leader].append(leads)
            if "facilitators" in self.rules:
                self.cp.add(sum(self.leading[leader, place] for leader in leaders) == 2 * groups)
                # Says only for the bound that half a group has two halves of facilitators, not one whole.
                for leader in leaders:
                    self.cp.add(groups >= self.leading[leader, place])
        if "load" in self.rules:
            self._loads(slots, led)

    def _loads(
        self,
        slots: Mapping[tuple[str, str], list[cp_model.IntVar]],
        led: Mapping[str, list[cp_model.IntVar]],
    ) -> None:
        for leader, each in led.items():
            load = self.facts.leader[leader].load
            if load < len(each):
                self.cp.add(sum(each) <= load)
            for clash in self.facts.clashing:
                self.cp.add_at_most_one(one for slot in clash for one in slots.get((leader, slot), ()))
        for one in slots.values():
            self.cp.add_at_most_one(one)

    def _rounded(self) -> None:
        """Half a group is none: what people and facilitators could fill, rounded down, for sets of them."""
        if "size" in self.rules:
            self._rounded_by_parents()
        if {"load", "facilitators"} <= self.rules:
            self._rounded_by_facilitators()

    def _rounded_by_parents(self) -> None:
        """So many people, so many groups: of a kind (programme, language), of two or three of its places."""
        for kind, places in self.kinds.items():
            least = self.facts.course[kind[0]].minimum
            circles = {frozenset(self.possible.parents[place]) for place in places}
            self._no_more(places, len(frozenset().union(*circles)) // least)
            for circle in _unions(circles, 3):
                # Where nothing is left over, the sum of the sizes says as much.
                if len(circle) % least and len(circle) <= UNION_MOST * least:
                    inside = [place for place in places if circle.issuperset(self.possible.parents[place])]
                    self._no_more(inside, len(circle) // least)

    def _rounded_by_facilitators(self) -> None:
        """Of an odd number of facilitators one is left over: of a place, of two, of a kind, a language
        (odd sets of a matching: Edmonds, 1965).
        """
        leaders = self.possible.leaders
        circles: set[frozenset[str]] = set()
        by_language: defaultdict[str, set[str]] = defaultdict(set)
        for places in self.kinds.values():
            alike = {frozenset(leaders[place]) for place in places}
            circles |= alike | _unions(alike, 2) | {frozenset().union(*alike)}
            for place in places:
                by_language[place.language].update(leaders[place])
        for circle in circles | {frozenset(each) for each in by_language.values()}:
            inside = [place for place in self.groups if circle.issuperset(leaders[place])]
            at: defaultdict[str, set[str]] = defaultdict(set)
            for place in inside:
                for one in leaders[place]:
                    at[one].add(place.slot)
            load = sum(min(self.facts.leader[one].load, self._at_most(slots)) for one, slots in at.items())
            self._no_more(inside, load // 2)

    def _at_most(self, slots: set[str]) -> int:
        """How many of these slots one person could be at, at most: where first meetings overlap, one of them.

        Whoever ends first is taken first (interval scheduling).
        """
        times = self.facts.first
        count, free_from = len(slots - times.keys()), None
        for start, end in sorted((times[slot] for slot in slots & times.keys()), key=lambda each: each[1]):
            if free_from is None or start >= free_from:
                count, free_from = count + 1, end
        return count

    @property
    def kinds(self) -> dict[tuple[str, str], list[Place]]:
        """Where new groups could be, by programme and language."""
        found: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in self.groups:
            found[place.course, place.language].append(place)
        return found

    def _no_more(self, places: Collection[Place], most: int) -> None:
        if sum(self.possible.groups[place] for place in places) > most:
            self.cp.add(sum(self.groups[place] for place in places) <= most)

    def _pairs(self) -> None:
        for place in self.possible.parents:
            present = self._present(place)
            if "apart" in self.rules:
                for one, other in self.facts.apart:
                    if one in present and other in present:
                        self.cp.add_at_most_one(present[one], present[other])
            for pair in self.facts.near:
                if all(one in present for one in pair):
                    near = self.near[pair, place] = self.cp.new_bool_var("")
                    self.cp.add_bool_or(*(~present[one] for one in pair), near)
            if "together" in self.rules:
                for one, other in self.facts.together:
                    if (one in present) or (other in present):
                        self.cp.add(present.get(one, 0) == present.get(other, 0))

    def _present(self, place: Place) -> dict[str, cp_model.IntVar]:
        parents = {one: self.here[one, place] for one in self.possible.parents[place]}
        leaders = self.possible.leaders.get(place, ())
        return parents | {one: self.leading[one, place] for one in leaders}

    def _locks(self) -> None:
        if "locks" not in self.rules:
            return
        for person, place in self.facts.locks.at.items():
            found = self.here.get((person, place), self.leading.get((person, place)))
            if found is None:
                self.cp.add_bool_or([])
            else:
                self.cp.add(found == 1)

    def _objective(self) -> None:
        parents = sum(
            self.weights.parent(self.facts, parent, place) * here
            for (parent, place), here in self.here.items()
        )
        groups = FORMED * sum(self.groups.values())
        self.cp.maximize(parents - groups - NEAR * sum(self.near.values()))


def _unions(sets: Collection[frozenset[str]], most: int) -> set[frozenset[str]]:
    """Every union of at least two and at most so many of these sets."""
    chosen = (some for number in range(2, most + 1) for some in combinations(sets, number))
    return {frozenset().union(*some) for some in chosen}
