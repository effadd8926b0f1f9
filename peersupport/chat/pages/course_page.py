"""The course of a meeting as the room's page shows it before any script runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from peersupport.chat.access import Standing
from peersupport.chat.hub.attending import here_now
from peersupport.chat.keeping import opening
from peersupport.chat.meeting import checking_in, rounds
from peersupport.chat.meeting.exercises import EXERCISES, Exercise
from peersupport.chat.meeting.meetings import meeting_on
from peersupport.chat.models import Arrival, CheckIn, Event, Room
from peersupport.chat.pages.wording import WORDS
from peersupport.groups.models import Membership
from peersupport.vault import keys


@dataclass(frozen=True)
class Pinned:
    """The message at the top of the room. `words` are its note where it has one: that is opened by hand."""

    id: UUID
    name: str
    words: str


@dataclass(frozen=True)
class CoursePage:
    """What stands above the column. `mine`: her part in a round, "turn", "waits" or ""."""

    stage: str
    round_words: str
    mine: str
    pinned: Pinned | None
    exercise: str
    asked: bool
    quiet: bool
    hand_up: bool
    hands: frozenset[UUID]
    reading_along: frozenset[UUID]

    @property
    def shows(self) -> bool:
        """Whether there is anything above the column."""
        return bool(self.stage or self.round_words or self.pinned)

    @property
    def exercises(self) -> dict[str, Exercise]:
        """All there are, for the page to show one of them when the room is paused."""
        return EXERCISES


def course_page(standing: Standing, *, now: datetime) -> CoursePage:
    """The course as somebody who stands in the room sees it now."""
    room = standing.room
    meeting = meeting_on(room, now=now)
    quiet = frozenset(Arrival.objects.filter(meeting=meeting, quiet=True).values_list("member", flat=True))
    hands = here_now(now=now).filter(room=room, hand_up=True)
    up = frozenset(hands.values_list("member", flat=True))
    words, mine = _round(standing, now)
    return CoursePage(
        stage=stage_of(room, now=now),
        round_words=words,
        mine=mine,
        pinned=_pinned(standing),
        exercise=room.exercise,
        asked=_asked(standing, now),
        quiet=standing.membership.pk in quiet,
        hand_up=standing.membership.pk in up,
        hands=up,
        reading_along=quiet,
    )


def stage_of(room: Room, *, now: datetime) -> str:
    """What the meeting is at; a round that is over before its time has no minutes left."""
    over = room.stage == Room.Stage.ROUND and room.round is None
    return stage_words(room.stage, None if over else room.stage_until, now=now)


def stage_words(stage: str, until: datetime | None, *, now: datetime) -> str:
    """What the meeting is at, and how long about; as course.js says it."""
    if not stage:
        return ""
    words = str(WORDS[f"stage_{stage}"])
    if until is None:
        return words
    return f"{words} · {_time_left(until, now)}"


def _time_left(until: datetime, now: datetime) -> str:
    minutes = -int(-(until - now).total_seconds() // 60)
    if minutes <= 0:
        return str(WORDS["time_over"])
    return str(WORDS["time_left_one" if minutes == 1 else "time_left"]).format(minutes=minutes)


def _round(standing: Standing, now: datetime) -> tuple[str, str]:
    if standing.room.round is None:
        return "", ""
    going = rounds.restored(standing.room.round)
    names = dict(
        Membership.objects.filter(pk__in=going.waiting, group=standing.room.group_id).values_list(
            "pk", "pseudonym"
        )
    )
    own = str(standing.membership.pk)
    waiting = [(one, names.get(UUID(one), "")) for one in going.waiting]
    given: dict[str, Any] = {"name": waiting[0][1], "left": _time_left(going.until, now)}
    words = str(WORDS["turn_yours" if going.turn == own else "turn_of"]).format(**given)
    if waiting[1:]:
        words += " " + str(WORDS["turn_then"]).format(names=", ".join(name for _one, name in waiting[1:]))
    if going.others_wait:
        words += " " + str(WORDS["turn_others_wait"])
    return words, "turn" if going.turn == own else "waits" if own in going.waiting else ""


def _pinned(standing: Standing) -> Pinned | None:
    room = standing.room
    if room.pinned is None:
        return None
    event = (
        Event.objects.filter(room=room, message_id=room.pinned, kind=Event.Kind.MESSAGE, body__isnull=False)
        .select_related("member")
        .first()
    )
    if event is None or event.member is None or event.message_id is None or event.body is None:
        return None
    keys.load([event.member.pk])
    cipher = keys.cache.get(event.member.pk)
    column, sealed = ("note", event.note) if event.note else ("body", event.body)
    words = opening.open_text(cipher, bytes(sealed), column, room.pk, event.message_id)
    return Pinned(event.message_id, event.member.pseudonym, words) if words else None


def _asked(standing: Standing, now: datetime) -> bool:
    asked_at = checking_in.asked_since(standing.room, now=now)
    if asked_at is None or standing.facilitates:
        return False
    since = CheckIn.objects.filter(room=standing.room, member=standing.membership, at__gte=asked_at)
    return not since.exists()
