"""Who can lead: facilitators with their time, and whether they are free at some meetings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from peersupport.accounts.models import StaffRole
from peersupport.groups import availability
from peersupport.groups.models import Facilitator, Meeting, Rostered

Times = Sequence[tuple[datetime, datetime]]


def working(now: datetime) -> QuerySet[Facilitator]:
    """Facilitators who work, with what they have named, their programmes and the meetings ahead of them."""
    ahead = Rostered.objects.filter(meeting__ends_at__gt=now, meeting__state=Meeting.State.PLANNED)
    rows = Prefetch("rostered", queryset=ahead.select_related("meeting"))
    role = StaffRole.Role.FACILITATOR
    found = Facilitator.objects.filter(user__is_active=True, user__staff_roles__role=role)
    return (
        found.select_related("user").prefetch_related("available", "away", "programmes", rows).order_by("pk")
    )


def needed_at(one: Facilitator) -> Times:
    """When one of `working` is expected elsewhere: (begin, end), arrival included."""
    return [(row.during.lower, row.during.upper) for row in one.rostered.all()]


def is_free(one: Facilitator, meetings: Times, *, needed: Times) -> bool:
    """Whether one of `working` can lead every one of these meetings (start, end), the last one last.

    She is qualified until then, has named these times, is not away, and is expected nowhere else (`needed`).
    """
    weekly, away, lives_in = one.available.all(), one.away.all(), ZoneInfo(one.user.time_zone)
    last = meetings[-1][1].astimezone(lives_in).date()
    if one.qualified_until is not None and one.qualified_until < last:
        return False
    return all(
        availability.is_free(weekly, start, end)
        and not availability.is_away(away, start, end, lives_in)
        and not any(begins < end and start - Meeting.ARRIVAL < ends for begins, ends in needed)
        for start, end in meetings
    )
