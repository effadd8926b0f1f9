"""Notes who is at a meeting, from who is connected. Reading along is being there."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from peersupport.chat.meeting.meetings import ON
from peersupport.groups.models import Meeting, Membership

# Who is seen twice within so long was there in between: a sweep, and a page that renews itself, take less.
KEEP = """
ON CONFLICT (meeting_id, member_id) DO UPDATE SET
    last_seen = excluded.last_seen,
    present_for = groups_attendance.present_for
        + CASE WHEN excluded.last_seen - groups_attendance.last_seen <= interval '90 seconds'
               THEN excluded.last_seen - groups_attendance.last_seen ELSE interval '0' END
WHERE excluded.last_seen > groups_attendance.last_seen
"""

# Whoever is in a side room or on the line is at the meeting as well. A parent is there once she has arrived.
CONNECTED = f"""
INSERT INTO groups_attendance (meeting_id, member_id, first_seen, last_seen, present_for)
SELECT DISTINCT o.meeting, m.id, %(now)s::timestamptz, %(now)s::timestamptz, interval '0'
FROM chat_presence p
JOIN groups_membership m ON m.id = p.member_id AND m.state = 'active'
JOIN accounts_user u ON u.id = m.user_id AND u.is_active
JOIN chat_room r ON r.group_id = m.group_id AND r.kind = 'group'
CROSS JOIN LATERAL (SELECT {ON.format(room="r")} AS meeting) o
WHERE p.seen_at > %(now)s - interval '10 seconds' AND o.meeting IS NOT NULL
AND (m.role = 'facilitator' OR EXISTS (
    SELECT 1 FROM chat_arrival a WHERE a.meeting_id = o.meeting AND a.member_id = m.id))
{KEEP}
"""  # noqa: S608 - put together from constants

VISIT = f"""
INSERT INTO groups_attendance (meeting_id, member_id, first_seen, last_seen, present_for)
VALUES (%(meeting)s, %(member)s, %(now)s, %(now)s, interval '0')
{KEEP}
"""  # noqa: S608 - likewise


def note_connected(now: datetime) -> None:
    """Notes everybody who is connected while a meeting of her group is on."""
    with connection.cursor() as cursor:
        cursor.execute(CONNECTED, {"now": now})


def note_visit(member: Membership, meeting: Meeting, *, now: datetime) -> None:
    """Notes somebody whose page asked for the room: without a script she is not connected."""
    with connection.cursor() as cursor:
        cursor.execute(VISIT, {"meeting": meeting.pk, "member": member.pk, "now": now})
