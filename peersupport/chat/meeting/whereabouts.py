"""Where a parent is during a meeting and whom to call if we are worried: noted, looked up, erased soon."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from peersupport.audit.recording import record
from peersupport.chat.models import Whereabouts
from peersupport.chat.moderating.authority import leads
from peersupport.groups.models import Meeting, Membership

#: How long after a meeting it is kept.
KEPT_FOR = timedelta(hours=24)


@transaction.atomic
def note(
    *, by: Membership, place: str, call: str, meeting: Meeting, keep: bool, now: datetime
) -> Whereabouts:
    """Keeps what she allowed us to know until a day after the meeting; with `keep`, after the next one."""
    found, _made = Whereabouts.objects.update_or_create(
        member=by,
        defaults={
            "place": place,
            "call": call,
            "kept": keep,
            "noted_at": now,
            "erase_at": (_next(meeting) if keep else meeting).ends_at + KEPT_FOR,
        },
    )
    record(what="whereabouts.noted", by=by.user_id, about=by, kept=keep)
    return found


@transaction.atomic
def forget(*, by: Membership) -> None:
    """She takes it back: it is gone at once."""
    if Whereabouts.objects.filter(member=by).delete()[0]:
        record(what="whereabouts.taken_back", by=by.user_id, about=by)


@transaction.atomic
def look_up(member: Membership, *, by: Membership) -> Whereabouts | None:
    """What she allowed us to know, for a facilitator of her group who is worried. Each look is recorded."""
    leads(member.group_id, by)
    found = Whereabouts.objects.filter(member=member).first()
    record(what="whereabouts.looked_up", by=by.user_id, about=member, there=found is not None)
    return found


def erase_due(now: datetime) -> None:
    """Deletes what has had its time."""
    Whereabouts.objects.filter(erase_at__lte=now).delete()


def _next(meeting: Meeting) -> Meeting:
    planned = Meeting.objects.filter(
        group=meeting.group_id, state=Meeting.State.PLANNED, starts_at__gt=meeting.starts_at
    )
    return planned.order_by("starts_at").first() or meeting
