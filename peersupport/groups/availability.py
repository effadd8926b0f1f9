"""Whether somebody is free at a time. Pure: rows and moments in, no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from peersupport.groups.models import Away


class Weekly(Protocol):
    """A time of every week, on the clocks of a zone; Monday is 0."""

    weekday: int
    from_time: time
    until_time: time
    time_zone: str


def is_free(weekly: Iterable[Weekly], start: datetime, end: datetime) -> bool:
    """Whether one of these times of the week holds all of it. Whoever named none is not known to be free."""
    return any(_holds(one, start, end) for one in weekly)


def is_away(away: Iterable[Away], start: datetime, zone: ZoneInfo) -> bool:
    """Whether the day on which it begins, in the zone where she lives, is one on which she is away."""
    day: date = start.astimezone(zone).date()
    return any(one.first <= day <= one.last for one in away)


def _holds(one: Weekly, start: datetime, end: datetime) -> bool:
    zone = ZoneInfo(one.time_zone)
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    if begins.weekday() != one.weekday or ends.date() != begins.date():
        return False
    return one.from_time <= begins.time() and ends.time() <= one.until_time
