"""What placement is compared with: the model as one would first write it, and first come, first served."""

from __future__ import annotations

from collections import defaultdict

from ortools.sat.python import cp_model

from peersupport.joining.placement.facts import Facts, Parent, Place
from peersupport.joining.placement.plan import FORMED, NEAR, Plan, Weights


def plain(facts: Facts, *, seconds: float) -> int:
    """What the plain model's plan is worth: a variable for each parent and cell, a count for each cell,
    one for each facilitator and slot.
    """
    cp, weights = cp_model.CpModel(), Weights.of(facts)
    cells = sorted(
        {Place(c, lang, s) for p in facts.parents for c in p.courses for lang in p.languages for s in p.free}
    )
    here = {
        (p.id, cell): cp.new_bool_var("")
        for p in facts.parents
        for cell in cells
        if cell.course in p.courses and cell.language in p.languages and cell.slot in p.free
    }
    leads = {
        (f.id, cell): cp.new_bool_var("")
        for f in facts.facilitators
        for cell in cells
        if cell.course in f.courses and cell.language in f.languages and cell.slot in f.free
    }
    groups = {cell: cp.new_int_var(0, 10, "") for cell in cells}
    for cell in cells:
        people = sum(v for (_p, c), v in here.items() if c == cell)
        cp.add(people >= facts.course[cell.course].minimum * groups[cell])
        cp.add(people <= facts.course[cell.course].most * groups[cell])
        cp.add(sum(v for (_f, c), v in leads.items() if c == cell) == 2 * groups[cell])
    for p in facts.parents:
        cp.add(sum(v for (one, _c), v in here.items() if one == p.id) <= 1)
    for f in facts.facilitators:
        cp.add(sum(v for (one, _c), v in leads.items() if one == f.id) <= f.load)
        for clash in (*facts.clashing, *(frozenset({slot.id}) for slot in facts.slots)):
            cp.add(sum(v for (one, c), v in leads.items() if one == f.id and c.slot in clash) <= 1)
    near = []
    for cell in cells:
        for pair in facts.apart:
            cp.add(sum(here.get((one, cell), leads.get((one, cell), 0)) for one in pair) <= 1)
        for one, other in facts.near:
            if (one, cell) in here and (other, cell) in here:
                meet = cp.new_bool_var("")
                cp.add(meet >= here[one, cell] + here[other, cell] - 1)
                near.append(meet)
    worth = sum(weights.parent(facts, parent, cell) * v for (parent, cell), v in here.items())
    cp.maximize(worth - FORMED * sum(groups.values()) - NEAR * sum(near))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(cp)
    return int(solver.objective_value) if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else 0


def first_come(facts: Facts) -> Plan:
    """Who waits longest comes first and takes the first seat at a time she prefers, else at another.

    In a group that has begun to fill, else in a new one where two facilitators are free. What stays too small
    is given up.
    """
    at: dict[str, Place] = {}
    leaders: dict[Place, tuple[str, ...]] = {}
    people: defaultdict[Place, set[str]] = defaultdict(set)
    for parent in sorted(facts.parents, key=lambda one: (-one.weeks, one.id)):
        for place in _in_order(facts, parent, leaders):
            if place not in leaders and len(free := _free_leaders(facts, place, leaders)) >= 2:
                leaders[place] = (free[0], free[1])
            if place not in leaders or len(people[place]) >= facts.course[place.course].most:
                continue
            if facts.strangers.get(parent.id, frozenset()).isdisjoint(people[place] | set(leaders[place])):
                people[place].add(parent.id)
                at[parent.id] = place
                break
    stands = {place for place in leaders if len(people[place]) >= facts.course[place.course].minimum}
    return Plan(
        {parent: place for parent, place in at.items() if place in stands},
        dict.fromkeys(stands, 1),
        {place: pair for place, pair in leaders.items() if place in stands},
    )


def _in_order(facts: Facts, parent: Parent, leaders: dict[Place, tuple[str, ...]]) -> list[Place]:
    places = [
        Place(course, language, slot)
        for course in parent.courses
        for language in parent.languages
        for slot in parent.free
    ]
    return sorted(places, key=lambda place: (place.slot not in parent.prefers, place not in leaders, place))


def _free_leaders(facts: Facts, place: Place, leaders: dict[Place, tuple[str, ...]]) -> list[str]:
    found = []
    for one in facts.facilitators:
        slots = {there.slot for there, pair in leaders.items() if one.id in pair}
        taken = facts.meeting(slots)
        fits = (
            place.language in one.languages and place.course in one.courses and place.slot in one.free - taken
        )
        if fits and len(slots) < one.load:
            found.append(one.id)
    return found
