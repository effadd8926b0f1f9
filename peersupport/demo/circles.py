"""Forms the cast's groups, and gives them fresh dates whenever the demonstration starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from peersupport.accounts.models import User
from peersupport.demo.cast import CIRCLES, COURSES, Circle, Course
from peersupport.demo.topics import notes_on
from peersupport.groups import forming, membership, running, schedule
from peersupport.groups.models import Facilitator, Meeting, Membership, Programme, Rostered, SupportGroup

#: How long ago the meeting that is under way began.
BEGAN = timedelta(minutes=10)
#: How long before its first meeting a group was formed.
FOUNDED = timedelta(weeks=2)
#: A meeting under way with less than this left is over for a visitor: the group gets fresh dates.
ENOUGH_LEFT = timedelta(minutes=30)


def open_course(course: Course) -> Programme:
    """The programme, with the words it has in the cast."""
    programme, _made = Programme.objects.update_or_create(
        slug=course.slug,
        defaults={
            "title": course.title,
            "audience": course.audience,
            "not_for": course.not_for,
            "topics": list(course.topics),
            "topic_notes": notes_on(course.topics),
            "kinds": list(course.kinds),
            # A demonstration is looked at for an evening; nobody waits three months for the meeting after it.
            "follow_up_weeks": 0,
        },
    )
    return programme


def group_of(circle: Circle) -> SupportGroup | None:
    """The group as it stands in the database, or None."""
    return SupportGroup.objects.filter(
        Q(programme__slug=COURSES[circle.course].slug)
        | Q(programme__kept_of__slug=COURSES[circle.course].slug),
        name=circle.name,
    ).first()


def begins(circle: Circle, now: datetime) -> tuple[date, time]:
    """Day and local time of the group's first meeting, as seen from `now`."""
    zone = ZoneInfo(circle.time_zone)
    if not circle.meeting_now:
        return now.astimezone(zone).date() + timedelta(days=circle.first_in_days), circle.meets_at
    latest = (now - BEGAN).astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
    return latest.date() - timedelta(weeks=circle.meeting_now - 1), latest.time()


def gather(circle: Circle, *, people: Mapping[str, User], by: User | None, now: datetime) -> SupportGroup:
    """Forms the group with everybody who belongs to it, by the verbs the site itself uses."""
    programme = open_course(COURSES[circle.course])
    day, at = begins(circle, now)
    founded = schedule.moment(day, at, ZoneInfo(circle.time_zone)) - FOUNDED
    group = forming.form(
        programme=programme,
        name=circle.name,
        starts_on=day,
        meets_at=at,
        time_zone=circle.time_zone,
        language="en",
        facilitators=[Facilitator.objects.get(user=people[key]) for key in circle.facilitators],
        by=by,
        now=founded,
    )
    running.say_cases_are_open(group=group, are_open=circle.cases_open, by=by)
    seat_parents(circle, group, people=people, by=by, now=founded)
    _note_debriefs(circle, group)
    follow(group, now=now, by=by)
    return group


def seat_parents(
    circle: Circle, group: SupportGroup, *, people: Mapping[str, User], by: User | None, now: datetime
) -> None:
    """Admits the group's parents under the names they go by."""
    for seat in circle.seats:
        membership.admit(user=people[seat.person], group=group, by=by, pseudonym=seat.pseudonym, now=now)


def gather_again(circle: Circle, group: SupportGroup, *, people: Mapping[str, User], now: datetime) -> None:
    """Brings everybody back into a group whose retention time ran out while the demonstration rested."""
    for key in circle.facilitators:
        facilitator = Facilitator.objects.get(user=people[key])
        membership.admit(
            user=facilitator.user,
            group=group,
            by=None,
            role=Membership.Role.FACILITATOR,
            pseudonym=facilitator.display_name,
            now=now,
        )
    seat_parents(circle, group, people=people, by=None, now=now)


def follow(group: SupportGroup, *, now: datetime, by: User | None) -> None:
    """Begins and ends the group as its meetings say."""
    meetings = list(group.meetings.all())
    if group.state == SupportGroup.State.FORMING and meetings[0].starts_at <= now:
        running.begin(group=group, by=by)
    if group.state == SupportGroup.State.RUNNING and meetings[-1].ends_at <= now:
        running.end(group=group, by=by, at=meetings[-1].ends_at)


def redate(circle: Circle, group: SupportGroup, *, now: datetime) -> timedelta:
    """Moves the group and its meetings so that they lie around `now`; by how much they moved."""
    zone = ZoneInfo(circle.time_zone)
    group.starts_on, group.meets_at = begins(circle, now)
    group.state, group.ended_at = SupportGroup.State.FORMING, None
    meetings = list(group.meetings.order_by("number"))
    before = meetings[0].starts_at
    starts = schedule.weekly(first=group.starts_on, at=group.meets_at, zone=zone, count=len(meetings))
    for meeting, start in zip(meetings, starts, strict=True):
        meeting.ends_at = start + (meeting.ends_at - meeting.starts_at)
        meeting.starts_at, meeting.debriefed_at, meeting.state = start, None, Meeting.State.PLANNED
    group.save()
    Meeting.objects.bulk_update(meetings, ["starts_at", "ends_at", "state", "debriefed_at"])
    group.memberships.update(since=meetings[0].starts_at - FOUNDED)
    _note_debriefs(circle, group)
    follow(group, now=now, by=None)
    return meetings[0].starts_at - before


def is_fresh(circle: Circle, group: SupportGroup, *, now: datetime) -> bool:
    """Whether the group's dates still serve a visitor: a meeting is under way with enough of it left."""
    meeting = group.meetings.filter(number=circle.meeting_now).first()
    return meeting is not None and meeting.opens_at <= now <= meeting.ends_at - ENOUGH_LEFT


def is_under_way(circle: Circle, group: SupportGroup, *, now: datetime) -> bool:
    """Whether the meeting that the demonstration is about is not over yet."""
    return group.meetings.filter(number=circle.meeting_now, ends_at__gt=now).exists()


def roster_again(groups: Mapping[str, SupportGroup]) -> None:
    """Writes who leads which meeting anew. At one go: moved one by one, the dates could cross."""
    Rostered.objects.filter(meeting__group__in=groups.values()).delete()
    rows = []
    for key, group in groups.items():
        leading = _leading(CIRCLES[key], group)
        rows += [
            Rostered(
                meeting=meeting,
                facilitator=facilitator,
                during=DateTimeTZRange(meeting.opens_at, meeting.ends_at),
            )
            for meeting in group.meetings.all()
            for facilitator in leading
        ]
    Rostered.objects.bulk_create(rows)


def _leading(circle: Circle, group: SupportGroup) -> list[Facilitator]:
    members = group.memberships.filter(role=Membership.Role.FACILITATOR, state=Membership.State.ACTIVE)
    return list(Facilitator.objects.filter(user__memberships__in=members))


def _note_debriefs(circle: Circle, group: SupportGroup) -> None:
    talked_over = list(group.meetings.filter(number__lte=circle.debriefed))
    for meeting in talked_over:
        meeting.debriefed_at = meeting.ends_at + timedelta(minutes=20)
    Meeting.objects.bulk_update(talked_over, ["debriefed_at"])
