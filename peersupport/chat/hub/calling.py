"""Calls the facilitators when something on a private line has changed: written, read or taken back; and when
there are hard words in a side room, or somebody has seen to them.

It counts as a change beside the log of the group's room, and so reaches whoever facilitates there at once,
through whichever process she is connected.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection as orm_connection

from peersupport.chat import live
from peersupport.database import pool

CALL = """
UPDATE chat_room g SET side_version = g.side_version + 1 FROM chat_room l
WHERE l.id = %s AND l.kind IN ('line', 'side') AND g.group_id = l.group_id AND g.kind = 'group' RETURNING g.id
"""


async def call(room_id: UUID) -> None:
    """Has the facilitators in the group's room told that something on a line or in a side room changed."""
    async with pool.connection() as connection:
        row = await (await connection.execute(CALL, [room_id])).fetchone()
    if row is not None:
        _touch(row[0])


def call_now(room_id: UUID) -> None:
    """The same from a verb that uses the ORM, once it has committed."""
    with orm_connection.cursor() as cursor:
        cursor.execute(CALL, [room_id])
        row = cursor.fetchone()
    if row is not None:
        live.hint(row[0])


def _touch(room_id: UUID) -> None:
    hub = live.hub_here()
    if hub is not None:
        hub.touch(room_id)
    else:
        live.hint(room_id)
