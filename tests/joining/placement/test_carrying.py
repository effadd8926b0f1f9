"""Facts, locks and proposals go out as JSON and come back as they were."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings

from peersupport.joining.placement.carrying import (
    facts_in,
    facts_out,
    locks_in,
    locks_out,
    proposals_in,
    proposed_out,
    unplaced_in,
)
from peersupport.joining.placement.facts import Facts, Locks, Place
from peersupport.joining.placement.greedy import first_plan
from peersupport.joining.placement.possible import possible
from peersupport.joining.placement.proposals import proposed
from tests.joining.placement.strategies import facts
from tests.joining.proposed import Found


@settings(max_examples=30)
@given(facts(locked=True))
def test_facts_come_back_as_they_were(given_: Facts) -> None:
    there = json.loads(json.dumps(facts_out(given_)))
    assert facts_in(there) == given_
    assert locks_in(json.loads(json.dumps(locks_out(given_.locks)))) == given_.locks


def test_where_nothing_was_locked_nothing_is() -> None:
    assert locks_in({}) == Locks()


@settings(max_examples=30)
@given(facts())
def test_of_a_plan_everybody_is_proposed_somewhere_or_told_what_would_help(given_: Facts) -> None:
    without_pairs = replace(given_, apart=frozenset(), together=frozenset())
    plan = first_plan(without_pairs, possible(without_pairs))
    found = proposed(without_pairs, Found(plan))
    there = json.loads(json.dumps(proposed_out(found)))

    assert tuple(proposals_in(there)) == found.proposals
    assert tuple(unplaced_in(there)) == found.unplaced
    placed = [one for each in found.proposals for one in each.parents]
    left = [one.parent for one in found.unplaced]
    assert sorted([*placed, *left]) == sorted(without_pairs.parent)
    for each in found.proposals:
        assert len(each.leaders) == (2 if each.place.is_new else 0)
        assert each.reasons.least <= len(each.parents) <= each.reasons.most
    for one in found.unplaced:
        assert one.missing > 0 or one.lack not in {"people", "facilitators"}
        assert one.place is None or isinstance(one.place, Place)
