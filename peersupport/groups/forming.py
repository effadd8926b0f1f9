"""A group is formed from a programme: its meetings are dated and its facilitators rostered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from peersupport.audit.recording import record
from peersupport.groups import membership, schedule
from peersupport.groups.models import Facilitator, Meeting, Membership, Programme, Rostered, SupportGroup


@transaction.atomic
def form(
    *,
    programme: Programme,
    name: str,
    starts_on: date,
    meets_at: time,
    time_zone: str,
    language: str,
    facilitators: Sequence[Facilitator],
    by: models.Model | None,
    now: datetime,
) -> SupportGroup:
    """A new group of the programme with all its meetings; its facilitators are members and rostered.

    IntegrityError where a facilitator has another meeting at one of the times.
    """
    group = SupportGroup.objects.create(
        programme=programme,
        name=name,
        starts_on=starts_on,
        meets_at=meets_at,
        time_zone=time_zone,
        language=language,
    )
    meetings = plan_meetings(group=group)
    record(what="group.formed", by=by, about=group, programme=str(programme.pk), meetings=len(meetings))
    for facilitator in facilitators:
        assign(facilitator=facilitator, group=group, by=by, now=now)
    return group


def plan_meetings(*, group: SupportGroup) -> list[Meeting]:
    """Writes one meeting for each topic of the programme, weekly at the group's local time."""
    programme = group.programme
    starts = schedule.weekly(
        first=group.starts_on,
        at=group.meets_at,
        zone=ZoneInfo(group.time_zone),
        count=len(programme.topics),
    )
    length = timedelta(minutes=programme.minutes)
    return Meeting.objects.bulk_create(
        Meeting(group=group, number=number, topic=topic, starts_at=start, ends_at=start + length)
        for number, (topic, start) in enumerate(zip(programme.topics, starts, strict=True), start=1)
    )


@transaction.atomic
def assign(
    *, facilitator: Facilitator, group: SupportGroup, by: models.Model | None, now: datetime
) -> Membership:
    """Rosters a facilitator at every meeting that is still to come and makes her a member.

    From the moment the room can be entered she is taken. IntegrityError where she is needed elsewhere.
    """
    ahead = schedule.upcoming(group.meetings.all(), now)
    Rostered.objects.bulk_create(
        Rostered(
            meeting=meeting,
            facilitator=facilitator,
            during=DateTimeTZRange(meeting.opens_at, meeting.ends_at),
        )
        for meeting in ahead
    )
    return membership.admit(
        user=facilitator.user,
        group=group,
        by=by,
        role=Membership.Role.FACILITATOR,
        pseudonym=facilitator.display_name,
        now=now,
    )
