"""Tells those in a room what stands beside its log, and notes who comes and goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import timezone

from peersupport.chat.door import Entry
from peersupport.chat.hub import side
from peersupport.chat.hub.attending import ATTEND
from peersupport.chat.hub.company import LiveRoom
from peersupport.chat.hub.connections import Connection
from peersupport.chat.hub.side import Side
from peersupport.chat.hub.unconnected import UNCONNECTED
from peersupport.chat.keeping import arrays
from peersupport.database import pool
from peersupport.database.pool import Connection as DatabaseConnection

# A room that is locked by somebody slow is not waited for: the poll notes the attendance two seconds later.
# In the order in which the poll refreshes the same rows: neither waits for the other in a circle. What a page
# noted of them is over: from now on the process says who is here.
ARRIVE = """
WITH attended AS (
    {attend}
), paged AS (
    DELETE FROM chat_presence p USING (
        SELECT o.room_id, o.member_id FROM chat_presence o
        JOIN unnest(%(rooms)s::uuid[], %(members)s::uuid[]) AS i(room, member)
            ON i.room = o.room_id AND i.member = o.member_id
        WHERE o.process = %(unconnected)s::uuid AND NOT (o.hand_up AND %(asks)s)
        FOR UPDATE OF o SKIP LOCKED) AS hers
    WHERE p.room_id = hers.room_id AND p.member_id = hers.member_id AND p.process = %(unconnected)s::uuid
)
INSERT INTO chat_presence (room_id, member_id, process, hand_up, seen_at)
SELECT DISTINCT room, member, %(process)s::uuid, false, %(now)s
FROM unnest(%(rooms)s::uuid[], %(members)s::uuid[]) AS i(room, member) ORDER BY room, member
ON CONFLICT (room_id, member_id, process) DO UPDATE SET seen_at = excluded.seen_at
""".replace("{attend}", ATTEND)

# The minute without a facilitator begins when the last one goes, not when she was last noted.
DEPART = """
WITH attended AS (
    {attend}
)
DELETE FROM chat_presence WHERE room_id = %(room)s AND member_id = %(member)s AND process = %(process)s
""".replace("{attend}", ATTEND)


async def push(room: LiveRoom, newcomers: Iterable[Connection], *, everyone: bool) -> bool:
    """Sends the state beside the log to those who have just come, or to everyone here.

    True where who is here has to be told anew.
    """
    async with pool.connection() as connection:
        found = await side.read(connection, room.id)
    for one in {*newcomers, *(room.connections if everyone else ())}:
        _push(found, one)
    return room.take(quiet=found.course.quiet, typing_shown=found.course.typing_shown)


def _push(found: Side, connection: Connection) -> None:
    # Two readings may overtake each other: an older one must not be shown after a newer one.
    if found.version < connection.side_version:
        return
    connection.side_version = found.version
    for frame in found.frames_for(connection.entry, told=connection.told):
        connection.push(frame)


async def arrive(
    connection: DatabaseConnection, process: UUID, entries: Sequence[Entry], *, asks: bool = False
) -> None:
    """Notes that members are connected; a facilitator's coming counts for the room at once.

    `asks`: without a socket, which would hold her hand up.
    """
    await connection.execute(
        ARRIVE,
        {
            "now": timezone.now(),
            "rooms": arrays.uuids(entry.room_id for entry in entries),
            "members": arrays.uuids(entry.member_id for entry in entries),
            "process": process,
            "unconnected": UNCONNECTED,
            "asks": asks,
            "attended": [entry.room_id for entry in entries if entry.facilitates],
        },
    )


async def depart(process: UUID, entry: Entry) -> None:
    """Takes the note away, when the last socket of hers here has gone."""
    async with pool.connection() as connection:
        await connection.execute(
            DEPART,
            {
                "now": timezone.now(),
                "room": entry.room_id,
                "member": entry.member_id,
                "process": process,
                "attended": [entry.room_id] if entry.facilitates else [],
            },
        )
