"""The other rooms of a group, as `resume` answers them: which a member may enter, and for whom they are."""

from __future__ import annotations

from typing import Any

from peersupport.chat import access, acting
from peersupport.chat.log import Entry
from peersupport.chat.protocol.events import person
from peersupport.database.pool import Connection

# `lacks`: whether a room that she must find was never made.
OTHERS = """
SELECT r.id, r.kind, r.state, r.member_id, m.pseudonym, m.role,
       %(facilitates)s AND NOT EXISTS (
           SELECT 1 FROM chat_room t WHERE t.group_id = %(group)s AND t.kind = 'team')
       OR EXISTS (SELECT 1 FROM groups_membership p
                  WHERE p.group_id = %(group)s AND p.role = 'parent' AND p.state = 'active'
                    AND (%(facilitates)s OR p.id = %(member)s)
                    AND NOT EXISTS (SELECT 1 FROM chat_room l WHERE l.group_id = %(group)s
                                    AND l.kind = 'line' AND l.member_id = p.id)) AS lacks
FROM chat_room r LEFT JOIN groups_membership m ON m.id = r.member_id
WHERE r.group_id = %(group)s AND (r.kind = 'group' OR %(facilitates)s OR r.member_id = %(member)s)
ORDER BY r.kind, m.pseudonym LIMIT %(most)s
"""


async def read(database: Connection, entry: Entry) -> list[dict[str, Any]]:
    """The rooms beside this one that she may enter; what the group lacked is made first."""
    rows = await _rows(database, entry)
    if any(row[-1] for row in rows):
        await acting.apart(access.furnish, entry.group_id)
        rows = await _rows(database, entry)
    return [_room(*row[:-1], told=entry.facilitates) for row in rows if row[0] != entry.room_id]


async def _rows(database: Connection, entry: Entry) -> list[Any]:
    given = {"group": entry.group_id, "member": entry.member_id, "facilitates": entry.facilitates}
    found = await database.execute(OTHERS, {**given, "most": access.MOST + 1})
    return await found.fetchall()


def _room(*row: Any, told: bool) -> dict[str, Any]:
    room_id, kind, state, member_id, name, role = row
    room = {"id": str(room_id), "kind": kind, "state": state}
    # For a member they are all hers.
    return room | {"member": person(member_id, name, role)} if told and member_id else room
