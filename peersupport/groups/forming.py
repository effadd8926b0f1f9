"""A group is formed from a programme: its meetings are dated and its facilitators rostered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import translation
from django.utils.translation import gettext

from peersupport.accounts.languages import spoken
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
    skip: Mapping[date, str] | None = None,
    keep_free: Collection[date] = (),
    countries: Sequence[str] = (),
) -> SupportGroup:
    """A new group of the programme with all its meetings; its facilitators are members and rostered.

    No meeting falls on a day that `skip` names, and the one after the course on none of `keep_free` either;
    `countries` are those whose holidays count for it later on.
    IntegrityError where a facilitator has another meeting at one of the times.
    """
    group = SupportGroup.objects.create(
        programme=programme,
        name=name,
        starts_on=starts_on,
        meets_at=meets_at,
        time_zone=time_zone,
        language=language,
        countries=list(countries),
    )
    meetings = plan_meetings(group=group, skip=skip, keep_free=keep_free)
    record(what="group.formed", by=by, about=group, programme=str(programme.pk), meetings=len(meetings))
    for facilitator in facilitators:
        assign(facilitator=facilitator, group=group, by=by, now=now)
    return group


def plan_meetings(
    *, group: SupportGroup, skip: Mapping[date, str] | None = None, keep_free: Collection[date] = ()
) -> list[Meeting]:
    """Writes one meeting for each topic of the programme in its rhythm, and the one after the course.

    The group's first day is corrected where `skip` names it.
    """
    programme = group.programme
    series, follow_up = dates_of(
        programme,
        first=group.starts_on,
        at=group.meets_at,
        zone=ZoneInfo(group.time_zone),
        skip=skip,
        keep_free=keep_free,
    )
    if series.days and series.days[0] != group.starts_on:
        group.starts_on = series.days[0]
        group.save(update_fields=["starts_on"])
    length = timedelta(minutes=programme.minutes)
    meetings = [
        Meeting(group=group, number=number, topic=topic, starts_at=start, ends_at=start + length)
        for number, (topic, start) in enumerate(zip(programme.topics, series.starts, strict=True), start=1)
    ]
    for start in follow_up.starts:
        meetings.append(_after_the_course(group, len(meetings) + 1, start, length))
    return Meeting.objects.bulk_create(meetings)


def dates_of(
    programme: Programme,
    *,
    first: date,
    at: time,
    zone: ZoneInfo,
    skip: Mapping[date, str] | None = None,
    keep_free: Collection[date] = (),
) -> tuple[schedule.Series, schedule.Series]:
    """The dates of a programme's meetings, and of the follow-up: a series of one, or of none.

    A day that one parent keeps free moves the follow-up alone: the course would take a week longer for all.
    """
    series = schedule.series(
        first=first, at=at, zone=zone, count=len(programme.topics), every=programme.every_weeks, skip=skip
    )
    if not (programme.follow_up_weeks and series.days):
        return series, schedule.Series((), (), ())
    later = series.days[-1] + timedelta(weeks=programme.follow_up_weeks)
    free = dict.fromkeys(keep_free, gettext("kept free")) | dict(skip or {})
    return series, schedule.series(first=later, at=at, zone=zone, count=1, skip=free)


def _after_the_course(group: SupportGroup, number: int, start: datetime, length: timedelta) -> Meeting:
    with translation.override(spoken(group.language)):
        topic = gettext("Meeting again")
    return Meeting(
        group=group,
        number=number,
        kind=Meeting.Kind.FOLLOW_UP,
        topic=topic,
        starts_at=start,
        ends_at=start + length,
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
