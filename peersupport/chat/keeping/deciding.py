"""What becomes of a message: published, held for a facilitator, or refused. Pure rules, no SQL."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from peersupport.chat.meeting import rounds
from peersupport.chat.protocol.errors import Refused
from peersupport.chat.protocol.events import LogLine, written_out
from peersupport.vault import hashing

UNATTENDED_AFTER = timedelta(seconds=60)


class Distress(NamedTuple):
    """What a text may say of how its writer is: values of `Signal.Kind` and `Signal.Level`."""

    kind: str
    level: str


@dataclass(slots=True)
class Draft:
    """A message on its way into the log."""

    room_id: UUID
    member_id: UUID
    message_id: UUID
    body: str
    note: str = ""
    reply_to: UUID | None = None
    flagged: bool = False
    signal: Distress | None = None

    def fingerprint(self, key: bytes | None = None) -> bytes:
        """The keyed hash by which "same id, same text" is told, also after the text is erased.

        `key`: that of messages, where it is at hand.
        """
        replied = str(self.reply_to) if self.reply_to else ""
        text = f"{written_out(self.member_id)}\x1f{self.body}\x1f{self.note}\x1f{replied}"
        return hashing.hashed(text, key=key or hashing.key_for("message"))


# Not frozen: to freeze what is made for every message takes longer than to fill it.
@dataclass(slots=True)
class Published:
    """In the log, at this place; with its line where it has just come there. Never changed.

    `tells`: it stands on a private line, or it is hard words in a side room, and facilitators elsewhere must
    hear that it does.
    """

    seq: int
    line: LogLine | None = field(default=None, compare=False)
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Kept for a facilitator to read first."""

    why: str


Outcome = Published | Held | Refused


@dataclass(slots=True)
class LockedRoom:
    """A room as it stands under its lock; `head` and `side` grow with what is decided."""

    state: str
    mode: str
    hold_first: int
    head: int
    attended_at: datetime | None
    kind: str = "group"
    round: dict[str, Any] | None = None
    slow: int = 0
    side: int = 0
    # What became of its messages in this batch, with the fingerprint of each, by their ids.
    here: dict[UUID, tuple[bytes, Outcome]] = field(default_factory=dict)


class Standing(NamedTuple):
    """What the database says of one draft: who writes, what her id was used for before."""

    membership: str | None
    role: str | None
    name: str | None
    is_active: bool | None
    muted: bool = False
    read_first: bool = False
    # Where its id stands in the log, or among what is held.
    seq: int | None = None
    logged_hash: bytes | None = None
    decision: str | None = None
    why: str | None = None
    held_hash: bytes | None = None
    published: int = 0
    reply_stands: bool = True
    to_arrive: bool = False
    # When she last wrote here; asked for only where that matters.
    wrote_at: datetime | None = None
    # She led the group, and is no facilitator of the organisation any more.
    role_taken: bool | None = False


class Decisions:
    """Decides message by message, in the order they came, and keeps what has to be stored."""

    def __init__(self, rooms: dict[UUID, LockedRoom], *, writers: set[UUID], now: datetime) -> None:
        self.rooms, self._writers, self._now = rooms, writers, now
        self._key = hashing.key_for("message")
        self.published: list[tuple[Draft, int, bytes]] = []
        self.held: list[tuple[Draft, str, bytes]] = []
        self.signals: list[tuple[Draft, Distress]] = []
        self._wrote: dict[tuple[UUID, UUID], datetime] = {}

    def decide(self, draft: Draft, standing: Standing) -> Outcome:
        """The outcome of one draft. Refusals are returned: the others of the batch go on."""
        room = self.rooms.get(draft.room_id)
        if room is None:
            return Refused("not_allowed")
        fingerprint = draft.fingerprint(self._key)
        outcome = self._earlier(draft, room, fingerprint, standing) or self._refusal(draft, room, standing)
        if outcome is None:
            outcome = self._place(draft, room, fingerprint, standing)
            room.here[draft.message_id] = (fingerprint, outcome)
        return outcome

    def _earlier(
        self, draft: Draft, room: LockedRoom, fingerprint: bytes, standing: Standing
    ) -> Outcome | None:
        """The first reply again, for an id that was already taken: in this batch, in the log, or held."""
        here = room.here.get(draft.message_id)
        if here is not None:
            return here[1] if here[0] == fingerprint else Refused("conflict")
        if standing.seq is not None:
            same = bytes(standing.logged_hash or b"") == fingerprint
            return self._published(draft, room, standing, standing.seq) if same else Refused("conflict")
        if standing.decision is not None:
            same = bytes(standing.held_hash or b"") == fingerprint and standing.decision == "waiting"
            return Held(standing.why or "") if same else Refused("conflict")
        return None

    def _refusal(self, draft: Draft, room: LockedRoom, standing: Standing) -> Refused | None:
        belongs = standing.membership == "active" and standing.is_active and not standing.role_taken
        if not belongs or draft.member_id not in self._writers:
            return Refused("not_allowed")
        if standing.to_arrive:
            return Refused("arrive")
        if room.state == "closed":
            return Refused("closed")
        if room.state == "paused" and standing.role != "facilitator":
            return Refused("paused")
        if standing.muted and room.kind == "group":
            return Refused("muted")
        turn = rounds.speaker(room.round)
        if turn is not None and standing.role != "facilitator" and turn != str(draft.member_id):
            return Refused("turn")
        wait = self._slow_wait(draft, room, standing) if room.slow else 0.0
        if wait:
            return Refused("rate_limited", retry_after=wait, slow=room.slow)
        stands = standing.reply_stands or _is_published_here(room, draft.reply_to)
        return None if stands else Refused("invalid", field="reply_to")

    def _slow_wait(self, draft: Draft, room: LockedRoom, standing: Standing) -> float:
        """Seconds until she may write again, in a room where each parent writes once in a while."""
        if standing.role == "facilitator" or room.kind != "group":
            return 0.0
        last = self._wrote.get((draft.room_id, draft.member_id), standing.wrote_at)
        left = last + timedelta(seconds=room.slow) - self._now if last else timedelta()
        return max(0.0, math.ceil(left.total_seconds() * 10) / 10)

    def _place(self, draft: Draft, room: LockedRoom, fingerprint: bytes, standing: Standing) -> Outcome:
        if room.slow:
            self._wrote[draft.room_id, draft.member_id] = self._now
        if draft.signal is not None and standing.role != "facilitator":
            room.side += 1
            self.signals.append((draft, draft.signal))
        why = self._why_hold(draft, room, standing)
        if why:
            room.side += 1
            self.held.append((draft, why, fingerprint))
            return Held(why)
        room.head += 1
        self.published.append((draft, room.head, fingerprint))
        return self._published(draft, room, standing, room.head, line=self._line(draft, room.head, standing))

    def _published(
        self, draft: Draft, room: LockedRoom, standing: Standing, seq: int, *, line: LogLine | None = None
    ) -> Published:
        tells = room.kind == "line" or (room.kind == "side" and draft.signal is not None)
        return Published(seq, line, tells=tells and standing.role != "facilitator")

    def _line(self, draft: Draft, seq: int, standing: Standing) -> LogLine:
        """The line as a reader of the log will find it."""
        return LogLine(
            seq=seq,
            at=self._now,
            kind="message",
            member_id=draft.member_id,
            name=standing.name,
            role=standing.role,
            message_id=draft.message_id,
            reply_to=draft.reply_to,
            body=draft.body,
            note=draft.note or None,
        )

    def _why_hold(self, draft: Draft, room: LockedRoom, standing: Standing) -> str:
        # Elsewhere whoever would release a message reads it anyway.
        if standing.role == "facilitator" or room.kind != "group":
            return ""
        if room.attended_at is None or self._now - room.attended_at > UNATTENDED_AFTER:
            return "unattended"
        if standing.read_first:
            return "hold_member"
        waits = {
            "hold_all": True,
            "hold_flagged": draft.flagged,
            "hold_first": standing.published < room.hold_first,
        }
        return room.mode if waits.get(room.mode, False) else ""


def _is_published_here(room: LockedRoom, message_id: UUID | None) -> bool:
    """Whether a message comes into the log in this very batch: the database does not know of it yet."""
    found = None if message_id is None else room.here.get(message_id)
    return found is not None and isinstance(found[1], Published)
