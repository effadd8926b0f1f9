"""What could be won at most of what people wish, with as many placed as by another way."""

from __future__ import annotations

from peersupport.joining.placement import linear
from peersupport.joining.placement.facts import Facts, Place
from peersupport.joining.placement.limits import Limits
from peersupport.joining.placement.model import Model
from peersupport.joining.placement.plan import Plan, Weights, broken
from peersupport.joining.placement.possible import possible


class Wishes(Weights):
    """Nothing counts but a time she prefers."""

    def parent(self, facts: Facts, parent: str, place: Place) -> int:
        """One where she prefers it. Thousandfold, so that a group more or fewer does not matter."""
        return 1000 * (place.slot in facts.parent[parent].prefers)


def most_wished(facts: Facts, placed: int) -> Plan:
    """A plan by every rule that places just so many people, and as many as can be at times they prefer."""
    model = Model.of(facts, possible(facts), weights=Wishes(0))
    model.cp.add(sum(model.here.values()) == placed)
    found = linear.solve(model, Plan(), Limits(20, 0.0, 2, 0))
    plan = model.read(lambda each: round(found.values[each.index]))
    assert not broken(facts, plan)
    assert len(plan.at) == placed
    return plan
