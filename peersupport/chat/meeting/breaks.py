"""Notes since when each facilitator has been in rooms without a break, so that she is asked to take one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from peersupport.accounts.models import User
from peersupport.chat.hub.attending import PRESENT_FOR
from peersupport.chat.models import Shift

#: After so long without a break she is asked to take one.
DUE_AFTER = timedelta(hours=2)
#: As long as this away from every room is a break.
BREAK = timedelta(minutes=10)

PRESENT = """
INSERT INTO chat_shift AS s (user_id, since, seen_at)
SELECT DISTINCT m.user_id, %(now)s::timestamptz, %(now)s::timestamptz
FROM chat_presence p
JOIN groups_membership m ON m.id = p.member_id AND m.state = 'active' AND m.role = 'facilitator'
JOIN accounts_user u ON u.id = m.user_id AND u.is_active
WHERE p.seen_at > %(recent)s
ORDER BY m.user_id
ON CONFLICT (user_id) DO UPDATE SET
    since = CASE WHEN s.seen_at > %(left)s THEN s.since ELSE excluded.since END,
    seen_at = excluded.seen_at
WHERE excluded.seen_at > s.seen_at
"""


def note_present(now: datetime) -> None:
    """Notes every facilitator who is connected to any room of any group."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT, {"now": now, "recent": now - PRESENT_FOR, "left": now - BREAK})


def is_due(user: User, *, now: datetime) -> bool:
    """Whether she has been there for two hours without a break, and is not in one that is long enough."""
    there = Shift.objects.filter(user=user, seen_at__gt=now - BREAK)
    return there.filter(seen_at__gte=F("since") + DUE_AFTER).exists()


def forget(now: datetime) -> None:
    """Deletes what is over: whoever had her break begins anew."""
    Shift.objects.filter(seen_at__lte=now - BREAK).delete()
