"""Who is here though no process has a connection of hers: her page, without a script, asked a while ago.

And the hand of whoever has no socket to hold it up, whichever process she asks.

Such a note stands beside those of the processes under a name of its own, and says in advance until when it
holds: nobody will refresh it before she presses something. A connection of hers takes its place. With the
end of a sign-in of hers, whichever way it ends, the database itself takes it away (migration 0014).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from peersupport.chat.door import Entry
from peersupport.chat.hub.attending import PRESENT_FOR
from peersupport.chat.models import Room
from peersupport.database.pool import Connection as Database
from peersupport.groups.models import Membership

#: In the place of a process.
UNCONNECTED = UUID(int=0)
# So long somebody reads or writes on a page that does nothing by itself. In a round it is longer than a turn.
PAGE_FOR = timedelta(minutes=3)
# Whoever asks again and again does so within so many seconds: those of a long answer, and of a Guest.
ASKS_WITHIN = 35.0

NOTE = """
INSERT INTO chat_presence AS p (room_id, member_id, process, hand_up, seen_at)
VALUES (%(room)s, %(member)s, %(process)s, coalesce(%(hand)s::boolean, false), %(seen)s)
ON CONFLICT (room_id, member_id, process) DO UPDATE SET
    seen_at = greatest(p.seen_at, excluded.seen_at),
    hand_up = coalesce(%(hand)s::boolean, p.hand_up AND p.seen_at > %(recent)s)
"""

# Of somebody who asks again and again: as long as her hand is up, its note lasts to her next question.
HOLD = """
UPDATE chat_presence SET seen_at = greatest(seen_at, %(seen)s)
WHERE room_id = %(room)s AND member_id = %(member)s AND process = %(process)s AND hand_up
  AND seen_at > %(recent)s
"""


def note_page(member: Membership, room: Room, *, now: datetime) -> None:
    """Notes that a parent's page asked for the room: she is here for the next PAGE_FOR.

    Not a facilitator's: that somebody may have gone minutes ago is no ground to rely on her.
    """
    if not member.is_facilitator:
        _note(member, room, now=now, seconds=PAGE_FOR.total_seconds())


def hold_up(member: Membership, room: Room, *, up: bool, now: datetime) -> None:
    """Raises or lowers her hand from a page without a script, for as long as she counts as here by it."""
    seconds = 0.0 if member.is_facilitator else PAGE_FOR.total_seconds()
    _note(member, room, now=now, seconds=seconds, hand=up)


def _note(member: Membership, room: Room, *, now: datetime, seconds: float, hand: bool | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NOTE, _given(room.pk, member.pk, now=now, seconds=seconds, hand=hand))


async def raise_hand(database: Database, entry: Entry, *, up: bool, now: datetime) -> None:
    """The same for somebody who asks again and again; up to her next question, which has to `keep` it."""
    given = _given(entry.room_id, entry.member_id, now=now, seconds=ASKS_WITHIN, hand=up)
    await database.execute(NOTE, given)


async def keep(database: Database, entry: Entry, *, now: datetime) -> None:
    """She asks again: a hand that she raised stays up."""
    await database.execute(HOLD, _given(entry.room_id, entry.member_id, now=now, seconds=ASKS_WITHIN))


def _given(
    room: UUID, member: UUID, *, now: datetime, seconds: float, hand: bool | None = None
) -> dict[str, Any]:
    return {
        "room": room,
        "member": member,
        "process": UNCONNECTED,
        "hand": hand,
        # Whoever was seen within PRESENT_FOR is here.
        "seen": max(now, now + timedelta(seconds=seconds) - PRESENT_FOR),
        "recent": now - PRESENT_FOR,
    }
