"""What of a group's other rooms concerns who is in its room: what waits on lines, who was asked aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from peersupport.chat.door import Entry
from peersupport.chat.protocol.events import encode, person, timestamp

SIDE_ROOMS = """
SELECT s.id, s.member_id, m.pseudonym, m.role
FROM chat_room g
JOIN chat_room s ON s.group_id = g.group_id AND s.kind = 'side' AND s.state = 'open'
JOIN groups_membership m ON m.id = s.member_id
WHERE g.id = %(room)s AND g.kind = 'group'
ORDER BY s.id LIMIT %(most)s
"""


def waiting(row: Sequence[Any]) -> dict[str, Any]:
    """A row of lines.WAITING as an alert says it: on whose line, how much, since when. No word of it."""
    line, _group, member, name, role, count, at = row
    return {"room": str(line), "by": person(member, name, role), "count": count, "at": timestamp(at)}


def side_room_frames(side_rooms: Mapping[UUID, dict[str, Any]], entry: Entry, told: set[str]) -> list[str]:
    """The way to the side rooms that she may enter, by whom each is for; and which of them have ended.

    What `told` knows is left out; what is new is added to it.
    """
    frames: list[str] = []
    hers = {
        f"side {room}": (room, member)
        for room, member in side_rooms.items()
        if entry.facilitates or member["id"] == f"m_{entry.member_id.hex}"
    }
    for key in hers.keys() - told:
        room, member = hers[key]
        told.add(key)
        word = {"push": "side_room", "room": str(room), "open": True}
        frames.append(encode(word | {"member": member} if entry.facilitates else word))
    for key in {one for one in told if one.startswith("side ")} - hers.keys():
        told.discard(key)
        frames.append(encode({"push": "side_room", "room": key.removeprefix("side "), "open": False}))
    return frames
