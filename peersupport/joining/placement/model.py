"""The rules as a model of OR-Tools CP-SAT.

A variable says whether a parent is at a place, another how many new groups there are, a third whether a
facilitator leads there. What makes it strong: somebody can be at a place only where a group is, a facilitator
leads at most one of the slots that meet, and no more groups are looked for than people could fill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from peersupport.joining.placement.facts import Facts, Place
from peersupport.joining.placement.plan import FORMED, NEAR, Plan, Weights
from peersupport.joining.placement.possible import Possible

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
    _near: list[cp_model.IntVar] = field(default_factory=list)

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
        model._pairs()
        model._locks()
        model._objective()
        return model

    def hint(self, plan: Plan) -> None:
        """A plan to begin with."""
        for (parent, place), here in self.here.items():
            self.cp.add_hint(here, plan.at.get(parent) == place)
        for place, groups in self.groups.items():
            self.cp.add_hint(groups, plan.groups.get(place, 0))
        for (leader, place), leads in self.leading.items():
            self.cp.add_hint(leads, leader in plan.leaders.get(place, ()))

    def read(self, solver: cp_model.CpSolver) -> Plan:
        """The plan that a solver found."""
        leaders: defaultdict[Place, list[str]] = defaultdict(list)
        for (leader, place), leads in self.leading.items():
            if solver.boolean_value(leads):
                leaders[place].append(leader)
        return Plan(
            at={parent: place for (parent, place), here in self.here.items() if solver.boolean_value(here)},
            groups={place: n for place, groups in self.groups.items() if (n := solver.value(groups))},
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
            if "facilitators" in self.rules:
                self._pairs_of_facilitators()

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

    def _pairs_of_facilitators(self) -> None:
        """Of an odd number of facilitators one is left over: of a place, a kind, a language."""
        circles = {frozenset(leaders) for leaders in self.possible.leaders.values()}
        for kind in {place[:2] for place in self.groups} | {place[1:2] for place in self.groups}:
            alike = [place for place in self.groups if kind in {place[:2], place[1:2]}]
            circles.add(frozenset().union(*(self.possible.leaders[place] for place in alike)))
        for circle in circles:
            inside = [
                groups
                for place, groups in self.groups.items()
                if circle.issuperset(self.possible.leaders[place])
            ]
            load = sum(self.facts.leader[leader].load for leader in circle)
            self.cp.add(sum(inside) <= load // 2)

    def _pairs(self) -> None:
        for place in self.possible.parents:
            present = self._present(place)
            if "apart" in self.rules:
                for one, other in self.facts.apart:
                    if one in present and other in present:
                        self.cp.add_at_most_one(present[one], present[other])
            for one, other in self.facts.near:
                if one in present and other in present:
                    near = self.cp.new_bool_var("")
                    self.cp.add_bool_or(~present[one], ~present[other], near)
                    self._near.append(near)
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
        self.cp.maximize(parents - groups - NEAR * sum(self._near))
