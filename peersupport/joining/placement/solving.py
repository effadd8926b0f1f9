"""The best plan that can be found in a given time, and how much better one could be at most."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from peersupport.joining.placement import improving, linear
from peersupport.joining.placement.facts import Facts
from peersupport.joining.placement.greedy import first_plan
from peersupport.joining.placement.limits import Limits
from peersupport.joining.placement.model import RULES, Model
from peersupport.joining.placement.plan import Plan, Weights, broken
from peersupport.joining.placement.possible import Possible, possible

# The most that the search for the optimum may take; what it has not proved by then, neighbourhoods improve.
PROVING_SHARE, SEATING_SHARE = 0.85, 0.05
WORKERS = 2


class Contradiction(Exception):
    """No plan keeps everything. `rules`: each of them alone is in the way; empty where it takes more."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__(", ".join(rules))
        self.rules = rules


@dataclass(frozen=True)
class Solved:
    """`bound`: what no plan can be worth more than. `seconds`: how long it took."""

    plan: Plan
    worth: int
    bound: int
    seconds: float

    @property
    def is_optimal(self) -> bool:
        """Whether it is proved that there is no better one."""
        return self.worth >= self.bound

    @property
    def gap(self) -> float:
        """How much better a plan could be at most, as a share of that: 0 to 1."""
        return (self.bound - self.worth) / self.bound if self.bound > 0 else 0.0


def solve(facts: Facts, *, seconds: float, gap: float = 0.0, workers: int = WORKERS, seed: int = 0) -> Solved:
    """The best plan found in so many seconds, or the first whose gap is small enough.

    Raises Contradiction where what is locked cannot be.
    """
    began = time.monotonic()
    here = possible(facts)
    found = _proved(facts, here, Limits(seconds * PROVING_SHARE, gap, workers, seed))
    left = began + seconds - time.monotonic()
    if found.gap > gap and left > 0:
        better = improving.improve(
            facts, found.plan, bound=found.bound, seconds=left, workers=workers, seed=seed
        )
        found = replace(found, plan=better, worth=Weights.of(facts).worth(facts, better))
    return replace(found, seconds=time.monotonic() - began)


def _proved(facts: Facts, here: Possible, limits: Limits) -> Solved:
    """The optimum or, where time was short, the best plan so far and what none can be worth more than."""
    model, first = Model.of(facts, here), first_plan(facts, here)
    found = linear.solve(model, first, limits)
    if not found.is_possible:
        raise Contradiction(_guilty(facts))
    plans = [Plan(), first]
    if found.values:
        plan = model.read(lambda each: round(found.values[each.index]))
        plans.append(seated(facts, here, plan, limits))
    # The first plan may not have followed every lock, and nothing breaks no rule where nothing is locked.
    kept = [plan for plan in plans if not broken(facts, plan)] or [Plan()]
    plan = max(kept, key=lambda one: model.weights.worth(facts, one))
    worth = model.weights.worth(facts, plan)
    return Solved(plan, worth, max(worth, found.bound), 0.0)


def seated(facts: Facts, here: Possible, plan: Plan, limits: Limits) -> Plan:
    """The same groups with everybody's seat whole, where half a seat here and half there was found.

    There is one: groups, leaders and whoever must not or wants to meet somebody are whole already.
    """
    if not broken(facts, plan):
        return plan
    model = Model.of(facts, here)
    model.settle(plan)
    solver = limits._replace(seconds=limits.seconds * SEATING_SHARE).solver()
    found = solver.solve(model.cp) in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    return model.read(solver.value) if found else plan


def _guilty(facts: Facts) -> tuple[str, ...]:
    """The rules of which one alone stands in the way."""
    found = []
    for rule in RULES:
        model = Model.of(facts, possible(facts, without=rule), rules=set(RULES) - {rule})
        status = Limits(2, 0, 1, 0).solver().solve(model.cp)
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            found.append(rule)
    return tuple(found)
