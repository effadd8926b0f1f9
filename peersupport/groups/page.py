"""Puts together what a member sees of her group, with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from peersupport.groups import schedule
from peersupport.groups.marks import Mark, mark_of
from peersupport.groups.models import Meeting, Membership, SupportGroup


@dataclass(frozen=True)
class Planned:
    """A meeting as the reader meets it.

    `differs`: her clock is not the group's that day. `days`: how many nights until then on her calendar.
    """

    meeting: Meeting
    differs: bool
    days: int
    over: bool
    open: bool


@dataclass(frozen=True)
class Other:
    """Somebody in the group as the others see them."""

    pseudonym: str
    mark: Mark
    facilitates: bool
    self: bool


@dataclass(frozen=True)
class GroupPage:
    """Everything `groups/group.html` shows. Zones are IANA names, cities their short form."""

    group: SupportGroup
    pseudonym: str
    zone: str
    city: str
    group_zone: str
    group_city: str
    next: Planned | None
    plan: list[Planned]
    others: list[Other]


def group_page(membership: Membership, *, zone: ZoneInfo, now: datetime) -> GroupPage:
    """The page of `membership`'s group for a reader whose clock is in `zone`."""
    group = membership.group
    group_zone = ZoneInfo(group.time_zone)
    plan = [_planned(meeting, zone, group_zone, now) for meeting in group.meetings.order_by("starts_at")[:60]]
    ahead = schedule.upcoming((planned.meeting for planned in plan), now)
    return GroupPage(
        group=group,
        pseudonym=membership.pseudonym,
        zone=zone.key,
        city=schedule.city(zone),
        group_zone=group_zone.key,
        group_city=schedule.city(group_zone),
        next=next((planned for planned in plan if planned.meeting in ahead[:1]), None),
        plan=plan,
        others=_others(membership),
    )


def _planned(meeting: Meeting, zone: ZoneInfo, group_zone: ZoneInfo, now: datetime) -> Planned:
    starts, _ends = schedule.local(meeting, zone)
    return Planned(
        meeting=meeting,
        differs=not schedule.same_clock(meeting, zone, group_zone),
        days=(starts.date() - now.astimezone(zone).date()).days,
        over=meeting.ends_at <= now,
        open=schedule.is_open(meeting, now, arrival=Meeting.ARRIVAL),
    )


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
