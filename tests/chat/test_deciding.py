"""What becomes of a message, by the rules alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from peersupport.chat.keeping.deciding import Decisions, Draft, Held, LockedRoom, Outcome, Published, Standing
from peersupport.chat.protocol.errors import Refused
from peersupport.chat.protocol.limiting import Bucket

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
ROOM, AINO = uuid4(), uuid4()


def a_room(**given: Any) -> LockedRoom:
    """An open, attended room with ten events."""
    usual = {"state": "open", "mode": "live", "hold_first": 3, "head": 10, "attended_at": NOW}
    return LockedRoom(**{**usual, **given})


def a_parent(**given: Any) -> Standing:
    """A member in good standing who never used this id."""
    usual: dict[str, Any] = dict.fromkeys(Standing._fields)
    usual |= {"membership": "active", "role": "parent", "is_active": True, "muted": False, "published": 9}
    return Standing(**{**usual, "reply_stands": True, **given})


def a_draft(body: str = "words", **given: Any) -> Draft:
    """A message of Aino's."""
    return Draft(ROOM, AINO, given.pop("message", uuid4()), body, **given)


def decided(room: LockedRoom | None, *drafts: tuple[Draft, Standing]) -> list[Outcome]:
    """The outcomes of one batch."""
    decisions = Decisions({ROOM: room} if room else {}, writers={AINO}, now=NOW)
    return [decisions.decide(draft, standing) for draft, standing in drafts]


def code(outcome: Outcome) -> str:
    """Why it was refused."""
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_where_each_writes_once_in_a_while_a_parent_waits_for_the_rest_of_it_and_nobody_else() -> None:
    room = a_room(slow=30)
    just, long_ago = NOW - timedelta(seconds=12.34), NOW - timedelta(seconds=31)
    (early,) = decided(room, (a_draft(), a_parent(wrote_at=just)))
    assert isinstance(early, Refused)
    assert (early.code, early.more) == ("rate_limited", {"retry_after": 17.7, "slow": 30})
    assert decided(room, (a_draft(), a_parent(wrote_at=long_ago))) == [Published(11)]
    assert decided(room, (a_draft(), a_parent(role="facilitator", wrote_at=just))) == [Published(12)]
    on_a_line = decided(a_room(slow=30, kind="line"), (a_draft(), a_parent(wrote_at=just)))
    assert on_a_line == [Published(11, tells=True)]
    # Two of one batch, of which the database knows nothing yet; the first sent again is no new one.
    first = a_draft("one")
    outcomes = decided(
        a_room(slow=30), (first, a_parent()), (a_draft("two"), a_parent()), (first, a_parent())
    )
    assert [outcomes[0], outcomes[2]] == [Published(11)] * 2
    assert code(outcomes[1]) == "rate_limited"


def test_what_is_published_gets_the_next_number_and_what_is_held_or_refused_none() -> None:
    room = a_room(mode="hold_flagged")
    outcomes = decided(
        room,
        (a_draft("one"), a_parent()),
        (a_draft("two", flagged=True), a_parent()),
        (a_draft("three"), a_parent(muted=True)),
        (a_draft("four"), a_parent()),
    )
    assert outcomes[0] == Published(11)
    assert outcomes[1] == Held("hold_flagged")
    assert code(outcomes[2]) == "muted"
    assert outcomes[3] == Published(12)
    assert (room.head, room.side) == (12, 1)


@pytest.mark.parametrize(
    ("state", "role", "refused"),
    [
        ("closed", "parent", "closed"),
        ("closed", "facilitator", "closed"),
        ("paused", "parent", "paused"),
        ("paused", "facilitator", None),
        ("open", "parent", None),
    ],
)
def test_who_may_write_in_which_room(state: str, role: str, refused: str | None) -> None:
    (outcome,) = decided(a_room(state=state), (a_draft(), a_parent(role=role)))
    assert outcome == Published(11) if refused is None else code(outcome) == refused


@pytest.mark.parametrize(
    "gone",
    [
        {"membership": "suspended"},
        {"membership": "left"},
        {"membership": None},
        {"is_active": False},
        {"is_active": None},
    ],
)
def test_who_does_not_belong_here_any_more_is_refused_whatever_the_room(gone: dict[str, Any]) -> None:
    for room in (a_room(), a_room(state="closed"), None):
        (outcome,) = decided(room, (a_draft(), a_parent(**gone)))
        assert code(outcome) == "not_allowed"


def test_without_a_key_nothing_is_written() -> None:
    decisions = Decisions({ROOM: a_room()}, writers=set(), now=NOW)
    assert code(decisions.decide(a_draft(), a_parent())) == "not_allowed"


def test_a_reply_to_what_is_not_there_is_invalid() -> None:
    (outcome,) = decided(a_room(), (a_draft(reply_to=uuid4()), a_parent(reply_stands=False)))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.more) == ("invalid", {"field": "reply_to"})


def test_a_reply_stands_to_what_comes_into_the_log_in_the_same_batch_and_to_nothing_that_is_held() -> None:
    first, second = a_draft("one"), a_draft("two", flagged=True)
    outcomes = decided(
        a_room(mode="hold_flagged"),
        (first, a_parent()),
        (a_draft("to the first", reply_to=first.message_id), a_parent(reply_stands=False)),
        (second, a_parent()),
        (a_draft("to the second", reply_to=second.message_id), a_parent(reply_stands=False)),
    )
    assert outcomes[:3] == [Published(11), Published(12), Held("hold_flagged")]
    assert code(outcomes[3]) == "invalid"


@pytest.mark.check(58)
@pytest.mark.parametrize(
    ("away", "held"), [(0, False), (60, False), (60.001, True), (299, True), (None, True)]
)
def test_after_a_minute_without_a_facilitator_parents_messages_wait(away: float | None, held: bool) -> None:
    attended = None if away is None else NOW - timedelta(seconds=away)
    parent, facilitator = decided(
        a_room(attended_at=attended),
        (a_draft("parent"), a_parent()),
        (a_draft("facilitator"), a_parent(role="facilitator")),
    )
    assert parent == (Held("unattended") if held else Published(11))
    assert isinstance(facilitator, Published)


@pytest.mark.parametrize(
    ("mode", "flagged", "published", "why"),
    [
        ("live", True, 0, ""),
        ("hold_first", False, 2, "hold_first"),
        ("hold_first", False, 3, ""),
        ("hold_flagged", True, 9, "hold_flagged"),
        ("hold_flagged", False, 0, ""),
        ("hold_all", False, 9, "hold_all"),
    ],
)
def test_what_each_mode_holds(mode: str, flagged: bool, published: int, why: str) -> None:
    (outcome,) = decided(a_room(mode=mode), (a_draft(flagged=flagged), a_parent(published=published)))
    assert outcome == (Held(why) if why else Published(11))


def test_the_same_id_gives_the_first_reply_again_or_a_conflict_wherever_it_was_used() -> None:
    first = a_draft("once", message=UUID(int=1))
    same, other = a_draft("once", message=UUID(int=1)), a_draft("else", message=UUID(int=1))
    # In this very batch.
    outcomes = decided(a_room(), (first, a_parent()), (same, a_parent()), (other, a_parent()))
    assert outcomes[:2] == [Published(11), Published(11)]
    assert code(outcomes[2]) == "conflict"
    # In the log: also where she is muted, the room closed, and the text erased.
    logged = a_parent(seq=4, logged_hash=first.fingerprint(), muted=True)
    again, conflict = decided(a_room(state="closed"), (same, logged), (other, logged))
    assert again == Published(4)
    assert code(conflict) == "conflict"
    # Held, and decided about.
    waits = a_parent(decision="waiting", why="hold_all", held_hash=first.fingerprint())
    assert decided(a_room(), (same, waits)) == [Held("hold_all")]
    declined = a_parent(decision="declined", why="hold_all", held_hash=first.fingerprint())
    assert code(decided(a_room(), (same, declined))[0]) == "conflict"


def test_the_same_words_of_somebody_else_as_a_reply_or_with_a_note_are_not_the_same() -> None:
    message = uuid4()
    plain = a_draft(message=message)
    others = [
        Draft(ROOM, uuid4(), message, "words"),
        a_draft(message=message, reply_to=uuid4()),
        a_draft(message=message, note="about school"),
    ]
    assert all(draft.fingerprint() != plain.fingerprint() for draft in others)
    # Nor can words be moved from one field to the next.
    assert a_draft("a\x1fb", message=message).fingerprint() != (
        a_draft("a", note="b", message=message).fingerprint()
    )


def test_who_waits_as_long_as_she_is_told_may_go_on() -> None:
    bucket = Bucket(per_second=7, most=2, now=0.0)
    assert [bucket.take(0.0), bucket.take(0.0)] == [0, 0]
    now = 0.001
    for _turn in range(50):
        wait = bucket.take(now)
        assert 0 < wait <= 0.15
        now += wait
        assert bucket.take(now) == 0
