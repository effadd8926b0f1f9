"""No proposal ever breaks a rule, whoever waits and whatever is locked."""

from __future__ import annotations

from contextlib import suppress
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peersupport.joining.placement import improving
from peersupport.joining.placement.facts import Facts, Place
from peersupport.joining.placement.greedy import first_plan
from peersupport.joining.placement.plan import Plan, Weights, broken, split
from peersupport.joining.placement.possible import possible
from peersupport.joining.placement.proposals import proposed
from peersupport.joining.placement.solving import Contradiction, solve
from tests.doses import dose
from tests.joining.placement.strategies import facts

FEW = settings(max_examples=dose(12, 400), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(facts())
def test_a_first_plan_breaks_no_rule(given: Facts) -> None:
    assert broken(given, first_plan(given, possible(given))) == []


@FEW
@given(facts())
def test_the_best_plan_breaks_no_rule_and_is_worth_no_less_than_the_first(given: Facts) -> None:
    first = first_plan(given, possible(given))
    solved = solve(given, seconds=10)
    assert broken(given, solved.plan) == []
    weights = Weights.of(given)
    assert solved.worth == weights.worth(given, solved.plan) >= weights.worth(given, first)
    assert solved.is_optimal


@FEW
@given(facts(locked=True))
def test_what_is_locked_is_kept_or_said_to_be_impossible(given: Facts) -> None:
    with suppress(Contradiction):
        assert broken(given, solve(given, seconds=10).plan) == []


@FEW
@given(facts(), st.integers(0, 9))
def test_a_part_that_is_solved_anew_leaves_a_plan_that_breaks_no_rule(given: Facts, seed: int) -> None:
    plan = first_plan(given, possible(given))
    better = improving.improve(given, plan, bound=1 << 40, steps=3, workers=1, seed=seed)
    assert broken(given, better) == []
    weights = Weights.of(given)
    assert weights.worth(given, better) >= weights.worth(given, plan)


@FEW
@given(facts())
def test_everybody_is_in_one_proposal_or_told_what_would_help(given: Facts) -> None:
    found = proposed(given, solve(given, seconds=10))
    placed = [parent for each in found.proposals for parent in each.parents]
    left = [each.parent for each in found.unplaced]
    assert sorted([*placed, *left]) == sorted(parent.id for parent in given.parents)


@FEW
@given(facts())
def test_each_new_group_has_its_own_two_facilitators_and_a_size_the_programme_allows(given: Facts) -> None:
    plan = solve(given, seconds=10).plan
    for place in filter(None, plan.groups):
        course = given.course[place.course]
        for parents, leaders in split(given, plan, place):
            assert len(set(leaders)) == 2
            assert course.minimum <= len(parents) <= course.most


def best_by_trying(given: Facts) -> int:
    """What the best plan is worth when every possible one is looked at; for very few people."""
    here = possible(given)
    choices = [
        [None, *(place for place in here.places if parent.id in here.parents[place])]
        for parent in given.parents
    ]
    weights = Weights.of(given)
    worth = 0
    for chosen in product(*choices):
        at = {one.id: place for one, place in zip(given.parents, chosen, strict=True) if place}
        for plan in _led(given, at):
            if not broken(given, plan):
                worth = max(worth, weights.worth(given, plan))
    return worth


def _led(given: Facts, at: dict[str, Place]) -> list[Plan]:
    new = sorted({place for place in at.values() if place.is_new})
    pairs = [(one.id, two.id) for one in given.facilitators for two in given.facilitators if one.id < two.id]
    return [
        Plan(at, dict.fromkeys(new, 1), dict(zip(new, leaders, strict=True)))
        for leaders in product(pairs, repeat=len(new))
    ]


@FEW
@given(facts().filter(lambda each: len(each.parents) <= 4 and len(each.facilitators) <= 3))
def test_no_plan_is_better_than_the_one_that_is_proved_best(given: Facts) -> None:
    assert solve(given, seconds=10).worth == best_by_trying(given)
