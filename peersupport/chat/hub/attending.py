"""Who is here: whoever is connected to a room, and whoever counts although she is in another one.

Somebody in a side room is with her group all the same, so that nobody reads off the list who has stepped
aside with whom; and a facilitator there still attends the group's room. watching.LOOK counts alike.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from peersupport.chat.models import Presence, Room
from peersupport.groups.models import Membership

PRESENT_FOR = timedelta(seconds=10)

# A facilitator in these rooms attends these; the rows are locked by nobody who could be slow.
ATTEND = """
UPDATE chat_room SET attended_at = %(now)s WHERE id IN (
    SELECT id FROM chat_room WHERE id IN (
        SELECT unnest(%(attended)s::uuid[])
        UNION ALL
        SELECT g.id FROM chat_room s JOIN chat_room g ON g.group_id = s.group_id AND g.kind = 'group'
        WHERE s.id = ANY(%(attended)s) AND s.kind = 'side' AND s.state = 'open')
    FOR NO KEY UPDATE SKIP LOCKED)
"""


def here_now(*, now: datetime) -> QuerySet[Presence]:
    """Whoever is in a room now, through any process; nobody whose account or membership has ended."""
    return Presence.objects.filter(
        seen_at__gt=now - PRESENT_FOR, member__state=Membership.State.ACTIVE, member__user__is_active=True
    )


def present_in(room: Room, *, now: datetime) -> QuerySet[Presence]:
    """Everybody who is here now, through any process; one member may have several rows."""
    here = Q(room=room)
    if room.kind == Room.Kind.GROUP:
        here |= Q(room__group=room.group_id, room__kind=Room.Kind.SIDE, room__state=Room.State.OPEN)
    if room.kind == Room.Kind.LINE:
        # Facilitators in the group's room are told at once of what is written on a line.
        here |= Q(
            room__group=room.group_id, room__kind=Room.Kind.GROUP, member__role=Membership.Role.FACILITATOR
        )
    return here_now(now=now).filter(here)
