"""Puts together what a member sees of her group, with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from peersupport.groups import schedule
from peersupport.groups.marks import Mark, mark_of
from peersupport.groups.models import Meeting, Membership, SupportGroup


@dataclass(frozen=True)
class Dates:
    """A meeting on the reader's clock and, where it differs, on the group's."""

    meeting: Meeting
    starts: datetime
    ends: datetime
    opens: datetime
    group_starts: datetime | None
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
    """Everything `groups/group.html` shows. Times are aware, in the reader's zone."""

    group: SupportGroup
    pseudonym: str
    zone: str
    group_zone: str
    next: Dates | None
    plan: list[Dates]
    others: list[Other]


def group_page(membership: Membership, *, zone: ZoneInfo, now: datetime) -> GroupPage:
    """The page of `membership`'s group, its times in `zone`."""
    group = membership.group
    meetings = list(group.meetings.order_by("starts_at")[:60])
    ahead = schedule.upcoming(meetings, now)
    group_zone = ZoneInfo(group.time_zone)
    return GroupPage(
        group=group,
        pseudonym=membership.pseudonym,
        zone=zone.key,
        group_zone=group_zone.key,
        next=_dates(ahead[0], zone, group_zone, now) if ahead else None,
        plan=[_dates(meeting, zone, group_zone, now) for meeting in meetings],
        others=_others(membership),
    )


def _dates(meeting: Meeting, zone: ZoneInfo, group_zone: ZoneInfo, now: datetime) -> Dates:
    starts, ends = schedule.local(meeting, zone)
    differs = not schedule.same_clock(meeting, zone, group_zone)
    return Dates(
        meeting=meeting,
        starts=starts,
        ends=ends,
        opens=meeting.opens_at.astimezone(zone),
        group_starts=meeting.starts_at.astimezone(group_zone) if differs else None,
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
