"""Which meeting of a group's room is on: from the time of arrival until its end, or the room's closing."""

from __future__ import annotations

from datetime import datetime, timedelta

from peersupport.chat.models import Room
from peersupport.groups.models import Meeting

#: The same for the message path: the id of the meeting that is on in a row of chat_room, or NULL.
#: To be filled with the row's name; the statement needs the parameter `now`.
ON = """(
    SELECT g.id FROM groups_meeting g
    WHERE {room}.kind = 'group' AND g.group_id = {room}.group_id AND g.state = 'planned'
    AND g.starts_at > %(now)s - interval '1 day' AND g.starts_at <= %(now)s + interval '15 minutes'
    AND (g.ends_at > %(now)s OR ({room}.state <> 'closed' AND g.ends_at > %(now)s - interval '3 hours'))
    ORDER BY g.starts_at DESC LIMIT 1
)"""


def meeting_on(room: Room, *, now: datetime) -> Meeting | None:
    """The meeting that is on in a group's room, or None."""
    if room.kind != Room.Kind.GROUP:
        return None
    latest = now if room.state == Room.State.CLOSED else now - Meeting.RUNS_OVER
    meetings = Meeting.objects.filter(
        group=room.group_id,
        state=Meeting.State.PLANNED,
        starts_at__gt=now - timedelta(days=1),
        starts_at__lte=now + Meeting.ARRIVAL,
        ends_at__gt=latest,
    )
    return meetings.order_by("-starts_at").first()
