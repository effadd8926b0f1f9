"""How far a member has read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection as orm_connection
from django.utils import timezone

from peersupport.chat.access import Standing
from peersupport.chat.door import Entry
from peersupport.chat.hub import calling
from peersupport.chat.keeping import arrays
from peersupport.chat.models import Room
from peersupport.database import pool
from peersupport.database.pool import Connection

# Whoever is no member any more may still have a socket open for a moment: she marks nothing.
MARK = """
INSERT INTO chat_readmark (room_id, member_id, seq)
SELECT r.id, m.id, least(%(seq)s, r.head) FROM chat_room r
JOIN groups_membership m ON m.id = %(member)s AND m.group_id = r.group_id AND m.state = 'active'
WHERE r.id = %(room)s
ON CONFLICT (room_id, member_id) DO UPDATE SET seq = excluded.seq WHERE chat_readmark.seq < excluded.seq
"""


# What was decided about messages of hers, and answered to her, stands under the messages' ids; what was
# answered about a person or about herself under the report's.
TOLD = """
WITH hers AS (
    SELECT id FROM groups_membership WHERE id = %(member)s AND state = 'active'
), answered AS (
    UPDATE chat_report SET told_at = %(now)s WHERE room_id = %(room)s AND member_id = (SELECT id FROM hers)
    AND (target = ANY(%(told)s::uuid[]) OR id = ANY(%(told)s::uuid[]))
    AND answered_at IS NOT NULL AND told_at IS NULL
)
UPDATE chat_heldmessage SET told_at = %(now)s WHERE room_id = %(room)s AND member_id = (SELECT id FROM hers)
AND message_id = ANY(%(told)s::uuid[]) AND decision = 'declined' AND told_at IS NULL
"""
TOLD_MOST = 50


async def mark(entry: Entry, *, seq: int, told: Sequence[UUID] = ()) -> None:
    """Notes that a member has read up to `seq`, never backwards; and `told`: decisions that she has seen."""
    async with pool.connection() as connection:
        given = {"room": entry.room_id, "member": entry.member_id, "seq": seq}
        moved = (await connection.execute(MARK, given)).rowcount
        if told:
            await connection.execute(TOLD, {**given, "told": list(told), "now": timezone.now()})
    if moved and entry.kind == "line" and entry.facilitates:
        # What one of them has read waits for none of the others.
        await calling.call(entry.room_id)


def mark_shown(standing: Standing) -> None:
    """Notes that a facilitator opened a line: without a script nothing else would tell that it was read."""
    room, member = standing.room, standing.membership
    if room.kind != Room.Kind.LINE or not standing.facilitates:
        return
    with orm_connection.cursor() as cursor:
        cursor.execute(MARK, {"room": room.pk, "member": member.pk, "seq": room.head})
        moved = cursor.rowcount
    if moved:
        calling.call_now(room.pk)


def mark_told(standing: Standing, told: Sequence[UUID]) -> None:
    """The same for decisions that a page without script showed her."""
    if told:
        given = {"room": standing.room.pk, "member": standing.membership.pk}
        with orm_connection.cursor() as cursor:
            cursor.execute(TOLD, {**given, "told": list(told), "now": timezone.now()})


async def read_up_to(connection: Connection, entries: Sequence[Entry]) -> list[int]:
    """The last event that each has read; 0 for none."""
    found = await connection.execute(
        """
        SELECT coalesce(k.seq, 0)
        FROM unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS i(room, member, n)
        LEFT JOIN chat_readmark k ON k.room_id = i.room AND k.member_id = i.member ORDER BY i.n
        """,
        [arrays.uuids(one.room_id for one in entries), arrays.uuids(one.member_id for one in entries)],
    )
    return [int(row[0]) for row in await found.fetchall()]
