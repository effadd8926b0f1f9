"""What placement finds for a few people whose answer can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peersupport.joining.placement.facts import (
    Course,
    Facilitator,
    Facts,
    Locks,
    OpenGroup,
    Pair,
    Parent,
    Place,
    Slot,
)
from peersupport.joining.placement.limits import Limits
from peersupport.joining.placement.plan import Plan, broken
from peersupport.joining.placement.possible import possible
from peersupport.joining.placement.proposals import proposed
from peersupport.joining.placement.solving import Contradiction, seated, solve

MONDAY = datetime(2026, 3, 2, 16, tzinfo=UTC)
EN, COURSE = frozenset({"en"}), frozenset({"close"})
TUESDAY = Place("close", "en", "tue")
THURSDAY = Place("close", "en", "thu")
LATER = Place("close", "en", "tue-later")


def slot(name: str, day: int, hour: int = 0) -> Slot:
    starts = [MONDAY + timedelta(days=day, hours=hour, weeks=week) for week in range(3)]
    return Slot(name, tuple((start, start + timedelta(minutes=90)) for start in starts))


SLOTS = (slot("tue", 1), slot("tue-later", 1, 1), slot("thu", 3))


def parent(name: str, *free: str, prefers: str = "", weeks: int = 0) -> Parent:
    return Parent(name, EN, COURSE, frozenset(free), frozenset({prefers} - {""}), weeks)


def leader(name: str, *free: str, load: int = 1) -> Facilitator:
    return Facilitator(name, EN, COURSE, frozenset(free), load)


def facts(*parents: Parent, leaders: tuple[Facilitator, ...] = (), **more: Any) -> Facts:
    """Groups of two or three; two facilitators with every evening where none are named."""
    both = leaders or (leader("maija", "tue", "thu"), leader("oskar", "tue", "thu"))
    return replace(Facts((Course("close", 2, 3),), SLOTS, parents, both), **more)


FOUR = (
    parent("aino", "tue", "thu", prefers="thu"),
    parent("berit", "thu", prefers="thu"),
    parent("chloe", "tue", "thu"),
    parent("dara", "thu", weeks=9),
)
TWICE = (leader("maija", "tue", "thu", load=2), leader("oskar", "tue", "thu", load=2))
LATE = (parent("elias", "tue-later"), parent("farah", "tue-later"))


def test_the_evening_on_which_most_have_time_is_proposed_and_who_waits_longest_has_a_seat() -> None:
    solved = solve(facts(*FOUR), seconds=10)
    assert set(solved.plan.at.values()) == {THURSDAY}
    assert set(solved.plan.at) == {"aino", "berit", "dara"}
    assert solved.is_optimal


def test_a_facilitator_does_not_lead_two_groups_that_meet_at_once() -> None:
    both = (leader("maija", "tue", "tue-later", load=2), leader("oskar", "tue", "tue-later", load=2))
    people = [parent(f"p{n}", "tue") for n in range(3)] + [parent(f"q{n}", "tue-later") for n in range(3)]
    solved = solve(facts(*people, leaders=both), seconds=10)
    assert len(solved.plan.at) == 3
    apart = tuple(replace(one, free=one.free | {"thu"}) for one in both)
    later = [replace(one, free=frozenset({"thu"})) if one.id[0] == "q" else one for one in people]
    assert len(solve(facts(*later, leaders=apart), seconds=10).plan.at) == 6


def test_two_who_must_never_meet_are_not_placed_together_nor_with_a_facilitator_they_know() -> None:
    never = frozenset({Pair.of("aino", "berit")})
    assert not {"aino", "berit"} <= set(solve(facts(*FOUR, apart=never), seconds=10).plan.at)
    known = frozenset({Pair.of("dara", "maija")})
    assert "dara" not in solve(facts(*FOUR, apart=known), seconds=10).plan.at


def test_two_who_wish_to_be_together_are_both_placed_or_neither() -> None:
    wish = frozenset({Pair.of("aino", "dara")})
    assert {"aino", "dara"} <= set(solve(facts(*FOUR, together=wish), seconds=10).plan.at)
    never_free = (*FOUR[:3], parent("dara", "tue-later"))
    assert "aino" not in solve(facts(*never_free, together=wish), seconds=10).plan.at


def test_a_free_seat_in_a_group_that_is_there_is_filled_but_not_by_whom_it_is_closed_to() -> None:
    group = OpenGroup("alder", "close", "en", "tue", seats=1, closed_to=frozenset({"aino"}))
    solved = solve(facts(*FOUR, groups=(group,)), seconds=10)
    assert solved.plan.at["chloe"] == Place("close", "en", "tue", "alder")
    assert len(solved.plan.at) == 4


def test_what_is_locked_is_kept_and_what_is_excluded_is_not_proposed() -> None:
    tuesdays = Locks(at={"aino": TUESDAY, "chloe": TUESDAY})
    solved = solve(facts(*FOUR, locks=tuesdays), seconds=10)
    assert solved.plan.at["aino"] == solved.plan.at["chloe"] == TUESDAY
    without = Locks(never=frozenset({("dara", THURSDAY)}), closed=frozenset({TUESDAY}))
    solved = solve(facts(*FOUR, locks=without), seconds=10)
    assert set(solved.plan.at) == {"aino", "berit", "chloe"}


@pytest.mark.parametrize(
    ("locks", "more", "rule"),
    [
        (Locks(at={"berit": TUESDAY}), {}, "locks"),
        (Locks(at={"aino": TUESDAY, "chloe": THURSDAY}), {"facilitators": TWICE}, "size"),
        (Locks(at={"elias": LATER}), {"parents": (*FOUR, *LATE)}, "facilitators"),
        (
            Locks(at={"aino": THURSDAY, "berit": THURSDAY}),
            {"apart": frozenset({Pair.of("aino", "berit")})},
            "apart",
        ),
        (
            Locks(at={"aino": TUESDAY, "chloe": TUESDAY, "berit": THURSDAY, "dara": THURSDAY}),
            {},
            "load",
        ),
    ],
)
def test_locks_that_cannot_be_name_the_rule_in_the_way(locks: Locks, more: dict[str, Any], rule: str) -> None:
    given = facts(*FOUR, locks=locks, **more)
    with pytest.raises(Contradiction) as found:
        solve(given, seconds=10)
    assert rule in found.value.rules


def test_who_has_no_seat_is_told_what_would_help() -> None:
    alone = (*FOUR, parent("elias", "tue-later"), parent("farah"))
    left = {one.parent: one for one in proposed(facts(*alone), solve(facts(*alone), seconds=10)).unplaced}
    assert left["farah"].lack == "time"
    # Nobody leads at that hour.
    assert (left["elias"].lack, left["elias"].missing) == ("facilitators", 2)
    led = (leader("maija", "tue-later", "thu", load=2), leader("oskar", "tue-later", "thu", load=2))
    with_leaders = facts(*alone, leaders=led)
    left = {one.parent: one for one in proposed(with_leaders, solve(with_leaders, seconds=10)).unplaced}
    assert (left["elias"].lack, left["elias"].missing) == ("people", 1)


def test_a_proposal_says_how_many_are_free_and_how_many_prefer_the_time() -> None:
    given = facts(*FOUR)
    (thursday,) = proposed(given, solve(given, seconds=10)).proposals
    assert (thursday.reasons.waiting, thursday.reasons.free) == (4, 4)
    assert (thursday.reasons.prefer, thursday.reasons.rather) == (2, 0)
    assert thursday.reasons.longest == 9
    assert sorted(thursday.leaders) == ["maija", "oskar"]


def test_without_time_the_first_plan_is_what_there_is_and_it_says_how_much_better_one_could_be() -> None:
    given = facts(*FOUR)
    solved = solve(given, seconds=0)
    assert broken(given, solved.plan) == []
    assert solved.worth <= solved.bound
    assert 0 <= solved.gap <= 1


def test_where_half_a_seat_was_found_for_somebody_the_same_groups_are_filled_with_whole_people() -> None:
    given = facts(*FOUR)
    halves = Plan({"aino": THURSDAY}, {THURSDAY: 1}, {THURSDAY: ("maija", "oskar")})
    assert broken(given, halves)

    plan = seated(given, possible(given), halves, Limits(10, 0, 1, 0))

    assert broken(given, plan) == []
    assert (plan.groups, plan.leaders) == (halves.groups, halves.leaders)
    assert len(plan.at) == 3
