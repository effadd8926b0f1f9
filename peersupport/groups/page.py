"""Puts together what a member sees of her group, with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from peersupport.groups import coming, schedule
from peersupport.groups.agreeing import lines_of
from peersupport.groups.leaving import Farewell, farewells
from peersupport.groups.marks import Mark, mark_of
from peersupport.groups.models import Coming, Meeting, Membership, SupportGroup, Task
from peersupport.groups.said_changes import SaidChanges, said_changes
from peersupport.groups.topics import TopicNote, note_on


@dataclass(frozen=True)
class Planned:
    """A meeting as the reader meets it.

    `differs`: her clock is not the group's that day. `days`: how many nights until then on her calendar.
    `under_way`: since the time at which the room should open. `over`: by the clock, or its room has
    closed. `why`: what is said where it does not take place.
    """

    meeting: Meeting
    differs: bool
    days: int
    under_way: bool
    over: bool
    why: str


@dataclass(frozen=True)
class Other:
    """Somebody in the group as the others see them."""

    pseudonym: str
    mark: Mark
    facilitates: bool
    self: bool


@dataclass(frozen=True)
class GroupPage:
    """Everything `groups/group.html` shows. Zones are IANA names, cities their short form.

    `room`: "open"; "soon", where it is time and the facilitators have not opened it yet; "late", where the
    coordinators were told of that; "closed", where a meeting's room closed before the meeting's end; else "".
    `next` is the meeting that goes on, or the next; `last` the newest that is over, with what the manual says
    of its topic. `says` is what she has said about coming to the next, of `choices`: none for who leads.
    `called_off` and `joined` are what is said about the whole group, where something is.
    """

    group: SupportGroup
    pseudonym: str
    zone: str
    city: str
    group_zone: str
    group_city: str
    room: str
    next: Planned | None
    last: Planned | None
    last_note: TopicNote
    plan: list[Planned]
    others: list[Other]
    own_lines: list[str]
    called_off: str
    joined: str
    leads: bool
    says: str
    choices: list[tuple[str, str]]
    goodbyes: list[Farewell]


def group_page(membership: Membership, *, zone: ZoneInfo, now: datetime) -> GroupPage:
    """The page of `membership`'s group for a reader whose clock is in `zone`."""
    group = membership.group
    group_zone = ZoneInfo(group.time_zone)
    meetings = group.meetings.order_by("starts_at")[:60]
    said = said_changes(group)
    plan = [_planned(meeting, zone, group_zone, now, said) for meeting in meetings]
    last = _last(plan)
    following = next((one for one in plan if not one.over and _takes_place(one.meeting)), None)
    says = coming.said(following.meeting, membership) if following else None
    return GroupPage(
        group=group,
        pseudonym=membership.pseudonym,
        zone=zone.key,
        city=schedule.city(zone),
        group_zone=group_zone.key,
        group_city=schedule.city(group_zone),
        room=_room(group, plan, now),
        next=following,
        last=last,
        last_note=_note(group, last),
        plan=plan,
        others=_others(membership),
        own_lines=lines_of(group),
        called_off=said.called_off,
        joined=said.joined,
        leads=membership.is_facilitator,
        says=says.says if says else "",
        choices=[] if membership.is_facilitator else [(one.value, str(one.label)) for one in Coming.Says],
        goodbyes=farewells(group, now=now),
    )


def _room(group: SupportGroup, plan: list[Planned], now: datetime) -> str:
    if group.room_open:
        return "open"
    now_on = [one for one in plan if schedule.is_open(one.meeting, now, arrival=Meeting.ARRIVAL)]
    if not now_on:
        return ""
    awaited = [one.meeting.pk for one in now_on if one.under_way]
    if not awaited:
        return "closed"
    told = Task.objects.filter(what=Task.What.NOT_OPENED, source__in=awaited).exists()
    return "late" if told else "soon"


def _last(plan: list[Planned]) -> Planned | None:
    # The same for everybody, whether she was there or not. A card for those alone who missed it would tell
    # anyone who looks over her shoulder that she did, and would be wrong wherever the note of attendance is.
    return next((one for one in reversed(plan) if one.over and _takes_place(one.meeting)), None)


def _note(group: SupportGroup, last: Planned | None) -> TopicNote:
    if last is None:
        return TopicNote()
    return note_on(last.meeting.topic, programme=group.programme, language=get_language() or "en")


def _planned(
    meeting: Meeting, zone: ZoneInfo, group_zone: ZoneInfo, now: datetime, said: SaidChanges
) -> Planned:
    starts, _ends = schedule.local(meeting, zone)
    over = _is_over(meeting, now)
    return Planned(
        meeting=meeting,
        differs=not schedule.same_clock(meeting, zone, group_zone),
        days=(starts.date() - now.astimezone(zone).date()).days,
        under_way=meeting.opens_at <= now and not over and _takes_place(meeting),
        over=over,
        why=said.of_meetings.get(meeting.pk, ""),
    )


def _is_over(meeting: Meeting, now: datetime) -> bool:
    if meeting.group.room_open:
        return meeting.ends_at + Meeting.RUNS_OVER <= now
    closed = meeting.group.room_closed_at
    return meeting.ends_at <= now or (closed is not None and closed >= meeting.opens_at)


def _takes_place(meeting: Meeting) -> bool:
    return meeting.state != Meeting.State.CANCELLED


def _others(membership: Membership) -> list[Other]:
    present = membership.group.memberships.exclude(state=Membership.State.LEFT)
    return [
        Other(
            pseudonym=other.pseudonym,
            mark=mark_of(other.id),
            facilitates=other.is_facilitator,
            self=other.id == membership.id,
        )
        # Facilitators first, then by name, so that the order says nothing of when somebody came.
        for other in sorted(present[:60], key=lambda one: (not one.is_facilitator, one.pseudonym))
    ]
