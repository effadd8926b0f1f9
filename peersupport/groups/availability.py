"""Whether somebody is free at a time. Pure: rows and moments in, no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# A meeting that ends at midnight does not touch the day that begins then.
LEAST = timedelta(microseconds=1)


class Weekly(Protocol):
    """A time of every week, on the clocks of a zone; Monday is 0."""

    weekday: int
    from_time: time
    until_time: time
    time_zone: str


class Days(Protocol):
    """Days in a row, both included."""

    first: date
    last: date


def is_free(weekly: Iterable[Weekly], start: datetime, end: datetime) -> bool:
    """Whether one of these times of the week holds all of it. Whoever named none is not known to be free."""
    return any(_holds(one, start, end) for one in weekly)


def is_away(away: Iterable[Days], start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether any of it falls on a day, in the zone where she lives, on which she is away."""
    first, last = start.astimezone(zone).date(), (end - LEAST).astimezone(zone).date()
    return any(one.first <= last and first <= one.last for one in away)


def _holds(one: Weekly, start: datetime, end: datetime) -> bool:
    # The clocks on her wall at that very date: summer time is summer time only in summer.
    zone = ZoneInfo(one.time_zone)
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    if begins.weekday() != one.weekday or ends.date() != begins.date():
        return False
    return one.from_time <= begins.time() and ends.time() <= one.until_time
