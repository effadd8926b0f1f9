"""The same rules in the form whose bound is found fastest: linear, with few whole numbers (HiGHS).

Where it is settled how many groups there are, who leads them and where those are who must not or want to
meet, seating everybody else is a transport problem, whose corners are whole by themselves (Hoffman and
Kruskal, 1956). So only what settles it has to be whole here. To branch on how many groups a kind has spares
the search what is alike in the times of one evening.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import highspy

from peersupport.joining.placement.limits import Limits
from peersupport.joining.placement.model import Model
from peersupport.joining.placement.plan import Plan

# What counts is in whole numbers: a bound is rounded down, with room for what floating point leaves over.
ROUNDING = 0.01
# What CP-SAT writes for a sum without an end lies far beyond.
UNBOUNDED = 2**62


class Row(NamedTuple):
    """What a sum of variables must lie between: least, most, and the factor of each variable."""

    least: float
    most: float
    factors: dict[int, float]


@dataclass(frozen=True)
class Found:
    """`values`: of every variable; empty where no plan was found. `bound`: no plan is worth more."""

    values: list[float]
    bound: int
    is_possible: bool = True


def solve(model: Model, plan: Plan, limits: Limits) -> Found:
    """The best there is, or what there is after so many seconds. `plan`: where to begin."""
    highs = _highs(limits)
    _told(highs, model)
    _begun(highs, model, plan)
    highs.run()
    info, status = highs.getInfo(), highs.getModelStatus()
    if status == highspy.HighsModelStatus.kModelEmpty:
        # Nobody can be anywhere. HiGHS does not look then whether something had to be.
        return Found([], 0, is_possible=all(row.least <= 0 <= row.most for row in _rows(model.cp.proto)))
    if status == highspy.HighsModelStatus.kInfeasible:
        return Found([], 0, is_possible=False)
    has_values = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = list(highs.getSolution().col_value) if has_values else []
    bound = -info.mip_dual_bound
    return Found(values, int(bound + ROUNDING) if math.isfinite(bound) else model.weights.most(model.facts))


def _highs(limits: Limits) -> highspy.Highs:
    # Its threads are shared by all there are in a process, and cannot be more or fewer until they are let go.
    highspy.Highs.resetGlobalScheduler(True)
    highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor says no types
    highs.silent()
    options = {
        "time_limit": max(limits.seconds, 0.05),
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 1 - 2 * ROUNDING,
        "threads": limits.workers,
        "random_seed": limits.seed,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    return highs


def _told(highs: highspy.Highs, model: Model) -> None:
    """The variables of the model in its order, then how many groups each kind has."""
    proto, whole = model.cp.proto, model.deciding
    costs = [0.0] * len(proto.variables)
    for index, cost in zip(proto.objective.vars, proto.objective.coeffs, strict=True):
        costs[index] += cost
    for index, variable in enumerate(proto.variables):
        domain = list(variable.domain)
        highs.addCol(costs[index], domain[0], domain[-1], 0, [], [])
        if index in whole:
            highs.changeColIntegrality(index, highspy.HighsVarType.kInteger)
    for row in _rows(proto):
        _add(highs, row)
    for places in model.kinds.values():
        total = highs.getNumCol()
        highs.addCol(0.0, 0.0, sum(model.possible.groups[place] for place in places), 0, [], [])
        highs.changeColIntegrality(total, highspy.HighsVarType.kInteger)
        _add(highs, Row(0, 0, {total: -1.0, **{model.groups[place].index: 1.0 for place in places}}))


def _begun(highs: highspy.Highs, model: Model, plan: Plan) -> None:
    totals = [sum(plan.groups.get(place, 0) for place in places) for places in model.kinds.values()]
    values = [float(value) for value in (*model.values(plan).values(), *totals)]
    highs.setSolution(len(values), list(range(len(values))), values)


def _add(highs: highspy.Highs, row: Row) -> None:
    highs.addRow(row.least, row.most, len(row.factors), list(row.factors), list(row.factors.values()))


def _rows(proto: Any) -> Iterator[Row]:  # OR-Tools names no type for it
    """Every rule of the CP-SAT model as sums."""
    for rule in proto.constraints:
        if rule.has_linear():
            yield _sum(rule.linear)
        elif rule.has_at_most_one():
            yield _literals(rule.at_most_one.literals, -highspy.kHighsInf, 1)
        elif rule.has_bool_or():
            yield _literals(rule.bool_or.literals, 1, highspy.kHighsInf)
        else:
            for then in rule.bool_and.literals:
                yield _literals(
                    [*(-1 - each for each in rule.enforcement_literal), then], 1, highspy.kHighsInf
                )


def _sum(linear: Any) -> Row:
    factors: dict[int, float] = {}
    for index, factor in zip(linear.vars, linear.coeffs, strict=True):
        factors[index] = factors.get(index, 0) + factor
    domain = list(linear.domain)
    inf = highspy.kHighsInf
    return Row(
        domain[0] if domain[0] > -UNBOUNDED else -inf, domain[-1] if domain[-1] < UNBOUNDED else inf, factors
    )


def _literals(literals: Iterable[int], least: float, most: float) -> Row:
    """A negative literal stands for one minus the variable."""
    factors: dict[int, float] = {}
    for literal in literals:
        index, factor = (literal, 1) if literal >= 0 else (-1 - literal, -1)
        factors[index] = factors.get(index, 0) + factor
        if literal < 0:
            least, most = least - 1, most - 1
    return Row(least, most, factors)
