"""The best plan that can be found in a given time, and how much better one could be at most."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from peersupport.joining.placement import improving
from peersupport.joining.placement.facts import Facts
from peersupport.joining.placement.greedy import first_plan
from peersupport.joining.placement.limits import Limits
from peersupport.joining.placement.model import RULES, Model
from peersupport.joining.placement.plan import Plan, Weights, broken
from peersupport.joining.placement.possible import Possible, possible

# Up to so many parents the optimum is proved, mostly within a second or two. Of more, a share of the time is
# for the whole model; what it has not found by then, neighbourhoods find faster.
PROVED_UP_TO = 200
PROVING_SHARE, WHOLE_SHARE = 0.85, 0.4
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
    proves = len(facts.parents) <= PROVED_UP_TO
    share = PROVING_SHARE if proves else WHOLE_SHARE
    limits = Limits(seconds * share, gap, workers, seed, proves)
    found = _whole(facts, here, first_plan(facts, here), limits)
    left = began + seconds - time.monotonic()
    if found.gap > gap and left > 0:
        better = improving.improve(
            facts, found.plan, bound=found.bound, seconds=left, workers=workers, seed=seed
        )
        found = replace(found, plan=better, worth=Weights.of(facts).worth(facts, better))
    return replace(found, seconds=time.monotonic() - began)


def _whole(facts: Facts, here: Possible, plan: Plan, limits: Limits) -> Solved:
    model, solver = Model.of(facts, here), limits.solver()
    model.hint(plan)
    status = solver.solve(model.cp)
    if status == cp_model.INFEASIBLE:
        raise Contradiction(_guilty(facts))
    worth = model.weights.worth(facts, plan) if not broken(facts, plan) else None
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        best = model.read(solver)
        better = model.weights.worth(facts, best)
        if worth is None or better > worth:
            plan, worth = best, better
    if worth is None:
        # Locks that the first plan could not follow, and no time to find out whether any can.
        plan, worth = Plan(), 0
    return Solved(plan, worth, max(worth, int(solver.best_objective_bound)), 0.0)


def _guilty(facts: Facts) -> tuple[str, ...]:
    """The rules of which one alone stands in the way."""
    found = []
    for rule in RULES:
        model = Model.of(facts, possible(facts, without=rule), rules=set(RULES) - {rule})
        status = Limits(2, 0, 1, 0).solver().solve(model.cp)
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            found.append(rule)
    return tuple(found)
