"""Who is here though no process has a connection of hers: her page, without a script, asked a while ago.

Such a note stands beside those of the processes under a name of its own, and says in advance until when it
holds: nobody will refresh it before she presses something. A connection of hers takes its place.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from peersupport.chat.hub.attending import PRESENT_FOR
from peersupport.chat.models import Room
from peersupport.groups.models import Membership

#: In the place of a process.
UNCONNECTED = UUID(int=0)
# So long somebody reads or writes on a page that does nothing by itself. In a round it is longer than a turn.
PAGE_FOR = timedelta(minutes=3)

NOTE = """
INSERT INTO chat_presence AS p (room_id, member_id, process, hand_up, seen_at)
VALUES (%(room)s, %(member)s, %(process)s, false, %(seen)s)
ON CONFLICT (room_id, member_id, process) DO UPDATE SET
    seen_at = greatest(p.seen_at, excluded.seen_at), hand_up = p.hand_up AND p.seen_at > %(recent)s
"""


def note_page(member: Membership, room: Room, *, now: datetime) -> None:
    """Notes that a parent's page asked for the room: she is here for the next PAGE_FOR.

    Not a facilitator's: that somebody may have gone minutes ago is no ground to rely on her.
    """
    if member.is_facilitator:
        return
    given = {
        "room": room.pk,
        "member": member.pk,
        "process": UNCONNECTED,
        # Whoever was seen within PRESENT_FOR is here.
        "seen": now + PAGE_FOR - PRESENT_FOR,
        "recent": now - PRESENT_FOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, given)
