"""When a mail may arrive: local hours that somebody called safe, and how an hour is written. No clock, no
database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from django.utils.formats import time_format
from django.utils.functional import lazy


def is_allowed(at: datetime, *, from_hour: int | None, until_hour: int | None, time_zone: str) -> bool:
    """Whether the local hour of `at` lies in from_hour ≤ hour < until_hour, or around
    midnight if from > until.

    Without hours, or with equal ones, every hour is allowed.
    """
    if from_hour is None or until_hour is None or from_hour == until_hour:
        return True
    hour = at.astimezone(ZoneInfo(time_zone)).hour
    if from_hour < until_hour:
        return from_hour <= hour < until_hour
    return hour >= from_hour or hour < until_hour


def next_allowed(at: datetime, *, from_hour: int | None, until_hour: int | None, time_zone: str) -> datetime:
    """The first moment from `at` on that is allowed, in UTC. `at` is aware.

    The hours are the clock's on her wall, also on the two days a year when it is moved: a window that the
    move skips altogether opens on the next day.
    """
    rule = {"from_hour": from_hour, "until_hour": until_hour}
    if is_allowed(at, **rule, time_zone=time_zone):
        return at.astimezone(UTC)
    assert from_hour is not None
    zone = ZoneInfo(time_zone)
    today = at.astimezone(zone).date()
    for days in range(4):
        opens = datetime.combine(today + timedelta(days=days), time_of_day(from_hour), zone).astimezone(UTC)
        if opens >= at and is_allowed(opens, **rule, time_zone=time_zone):
            return opens
    raise AssertionError("A window of whole hours opens within three days.")


def on_the_hour(hour: int) -> str:
    """ "17:00" as the reader's language writes it; 24 is the end of a day."""
    if hour < 24:
        return time_format(time_of_day(hour), "H:i")
    # No clock shows 24; no other part of a whole hour is a 23.
    return time_format(time_of_day(23), "H:i").replace("23", "24")


on_the_hour_lazy = lazy(on_the_hour, str)
