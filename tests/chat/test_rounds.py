"""A round by its rules: order, turns, passing, late comers, who leaves. Nothing but values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from peersupport.chat.meeting import rounds
from peersupport.chat.meeting.rounds import Round

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
EVERYBODY = ("heron", "rowan", "willow")


def a_round(*members: str, **how: bool) -> Round:
    """Two minutes each, begun now."""
    others_wait = how.get("others_wait", False)
    return rounds.begin(members or EVERYBODY, minutes=2, others_wait=others_wait, now=NOW)


def minutes_later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_everybody_has_a_turn_of_the_same_length_and_then_it_is_over() -> None:
    going, turns = a_round(), []
    while going.turn is not None:
        turns.append((going.turn, going.until - going.since))
        going = rounds.follow(going, present=EVERYBODY, now=going.until)
    assert turns == [(one, timedelta(minutes=2)) for one in EVERYBODY]


def test_the_turn_stays_until_its_time_is_over() -> None:
    going = a_round()
    assert rounds.follow(going, present=EVERYBODY, now=minutes_later(1.99)) == going
    assert rounds.follow(going, present=EVERYBODY, now=minutes_later(2)).turn == "rowan"


def test_who_is_still_writing_has_twice_the_time_once_and_only_in_her_turn() -> None:
    going = a_round()
    assert rounds.take_longer(going, "rowan") == going
    longer = rounds.take_longer(going, "heron")
    assert longer.until == minutes_later(4)
    assert rounds.take_longer(longer, "heron").until == minutes_later(4)
    assert rounds.move_on(longer, now=NOW).until == minutes_later(2)


def test_whoever_passes_loses_nothing_but_her_turn() -> None:
    going = rounds.pass_by(a_round(), "rowan", now=minutes_later(1))
    assert (going.turn, going.since) == ("heron", NOW)
    going = rounds.pass_by(going, "heron", now=minutes_later(1))
    assert (going.turn, going.since) == ("willow", minutes_later(1))
    assert rounds.pass_by(going, "somebody else", now=NOW) == going


def test_a_late_comer_has_her_turn_at_the_end_and_only_one() -> None:
    going = rounds.follow(a_round("heron", "rowan"), present=EVERYBODY, now=NOW)
    assert going.waiting == EVERYBODY
    going = rounds.move_on(going, now=NOW)
    assert rounds.follow(going, present=EVERYBODY, now=NOW).waiting == ("rowan", "willow")


def test_who_leaves_is_taken_out_and_back_again_is_a_late_comer() -> None:
    going = rounds.follow(a_round(), present=("rowan", "willow"), now=minutes_later(1))
    assert (going.turn, going.since) == ("rowan", minutes_later(1))
    going = rounds.follow(going, present=EVERYBODY, now=minutes_later(1))
    assert going.waiting == ("rowan", "willow", "heron")


def test_after_a_pause_the_turn_begins_anew() -> None:
    assert rounds.go_on(a_round(), now=minutes_later(9)).until == minutes_later(11)


def test_the_others_wait_only_where_the_facilitators_said_so() -> None:
    assert rounds.speaker(None) is None
    assert rounds.speaker(rounds.stored(a_round())) is None
    assert rounds.speaker(rounds.stored(a_round(others_wait=True))) == "heron"


COMING_AND_GOING = some.lists(
    some.tuples(
        some.sampled_from(["follow", "next", "pass", "longer"]),
        some.sets(some.sampled_from("abcdef")),
        some.sampled_from("abcdef"),
    ),
    max_size=30,
)


@given(COMING_AND_GOING)
def test_whatever_happens_nobody_has_two_turns_and_nothing_is_lost_by_a_restart(
    happens: list[tuple[str, set[str], str]],
) -> None:
    going, now, had = a_round("a", "b", "c"), NOW, []
    for what, present, member in happens:
        now += timedelta(seconds=50)
        before = going.had
        match what:
            case "follow":
                going = rounds.follow(going, present=sorted(present), now=now)
            case "next":
                going = rounds.move_on(going, now=now)
            case "pass":
                going = rounds.pass_by(going, member, now=now)
            case _:
                going = rounds.take_longer(going, member)
        had += [one for one in going.had if one not in before]
        assert len(set(going.waiting)) == len(going.waiting)
        assert not set(going.waiting) & set(going.had)
        assert rounds.restored(rounds.stored(going)) == going
    assert len(had) == len(set(had))
