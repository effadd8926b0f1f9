"""Weekly recurrence and time zones. Pure: no database, the time is passed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule

# A closed group takes nobody in once this many meetings have begun.
OPEN_FOR_MEETINGS = 2


class Dated(Protocol):
    """Anything with a beginning and an end (both aware), a state and a kind, such as a Meeting."""

    starts_at: datetime
    ends_at: datetime
    state: str
    kind: str


D = TypeVar("D", bound=Dated)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which the clocks of a zone show this day and time.

    On the night clocks go forward, a time that does not occur is read with the offset before the gap
    (02:30 becomes 03:30); on the night they go back, of the two the first is meant. Source: RFC 5545,
    section 3.3.5.
    """
    return datetime.combine(day, at, tzinfo=zone).replace(fold=0).astimezone(UTC)


def weekly(*, first: date, at: time, zone: ZoneInfo, count: int) -> list[datetime]:
    """`count` moments in UTC, seven days apart, the local time constant across daylight saving."""
    if count <= 0:
        return []
    days = rrule(WEEKLY, dtstart=datetime.combine(first, time()), count=count)
    return [moment(day.date(), at, zone) for day in days]


@dataclass(frozen=True)
class Series:
    """The dates of a series: days on the zone's clocks, their moments in UTC, and what was skipped, why."""

    days: tuple[date, ...]
    starts: tuple[datetime, ...]
    skipped: tuple[tuple[date, str], ...]


def series(
    *,
    first: date,
    at: time,
    zone: ZoneInfo,
    count: int,
    every: int = 1,
    skip: Mapping[date, str] | None = None,
) -> Series:
    """`count` meetings, `every` so many weeks apart, none on a day that `skip` names a reason for.

    A day that is skipped costs one turn of the rhythm and no meeting: the series ends later. The local time
    is constant across daylight saving. ValueError for a rhythm below one week.
    """
    if every < 1:
        raise ValueError("A series comes round after a week at the earliest.")
    reasons = skip or {}
    days: list[date] = []
    skipped: list[tuple[date, str]] = []
    day = first
    while len(days) < count:
        if day in reasons:
            skipped.append((day, reasons[day]))
        else:
            days.append(day)
        day += timedelta(weeks=every)
    return Series(tuple(days), tuple(moment(one, at, zone) for one in days), tuple(skipped))


def upcoming(meetings: Iterable[D], now: datetime) -> list[D]:
    """Meetings that take place and are not over, the nearest first; one that is under way counts."""
    ahead = (meeting for meeting in meetings if meeting.ends_at > now and meeting.state != "cancelled")
    return sorted(ahead, key=lambda meeting: meeting.starts_at)


def local(meeting: Dated, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Beginning and end of a meeting on the clocks of a zone."""
    return meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)


def day_before(at: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which the clocks of a zone show on the day before what they show `at`.

    Usually 24 hours earlier; 23 or 25 where the clocks are moved in between.
    """
    there = at.astimezone(zone)
    return moment(there.date() - timedelta(days=1), there.time(), zone)


def same_clock(meeting: Dated, one: ZoneInfo, other: ZoneInfo) -> bool:
    """Whether the clocks of two zones agree at the time of this meeting."""
    return meeting.starts_at.astimezone(one).utcoffset() == meeting.starts_at.astimezone(other).utcoffset()


def is_open(meeting: Dated, now: datetime, *, arrival: timedelta) -> bool:
    """Whether the room of a meeting can be entered: from `arrival` before its start until its end."""
    return meeting.state != "cancelled" and meeting.starts_at - arrival <= now < meeting.ends_at


def closes_at(meetings: Sequence[Dated]) -> datetime | None:
    """When a group takes nobody in any more: the start of its third meeting, or of the last of fewer.

    A follow-up long after the course does not count. None for a group without meetings.
    """
    counted = (one for one in meetings if one.state != "cancelled" and one.kind != "follow_up")
    starts = sorted(meeting.starts_at for meeting in counted)
    return starts[min(OPEN_FOR_MEETINGS, len(starts) - 1)] if starts else None


def city(zone: ZoneInfo) -> str:
    """How a zone is called on a page: "Europe/Helsinki" → "Helsinki"."""
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")
