"""When a line is open, where its hours are written so that a program can read them.

    "opening": {"zone": "Europe/Helsinki", "hours": [{"days": "mon-fri", "from": "09:00", "until": "20:00"}]}

``days`` is a day, a range of days, or several of these after commas; ``until`` may be 24:00, and lies on the
next day where it is not after ``from``. Holidays are not known: what is said of now is said of usual hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.formats import date_format
from django.utils.translation import gettext as _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
WEEK = 7 * DAY
CLOCK = re.compile(r"(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")


class NotUnderstood(ValueError):
    """The hours cannot be read; the message says why."""


@dataclass(frozen=True)
class Opening:
    """Usual hours: ``spans`` are minutes from Monday 0:00 on, (from, until), in order and apart.

    One that goes on into the next week ends beyond it."""

    zone: ZoneInfo
    spans: tuple[tuple[int, int], ...]

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        return any(end - start >= WEEK for start, end in self.spans)

    def until(self, now: datetime) -> datetime | None:
        """When it closes, where it is open at ``now`` (aware); None where it is closed, or never closes."""
        monday, minute = self._place(now)
        for start, end in self.spans:
            for at in (minute, minute + WEEK):
                if start <= at < end:
                    return None if self.always else self._at(monday, minute + end - at)
        return None

    def opens(self, now: datetime) -> datetime:
        """When it opens next, after ``now``."""
        monday, minute = self._place(now)
        return self._at(monday, minute + min((start - minute) % WEEK or WEEK for start, _end in self.spans))

    def _place(self, now: datetime) -> tuple[datetime, int]:
        """The Monday of that week by the line's own clock, and the minutes since."""
        local = now.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0)
        minute = local.weekday() * DAY + local.hour * 60 + local.minute
        return local - timedelta(minutes=minute), minute

    def _at(self, monday: datetime, minute: int) -> datetime:
        # By the clock on the wall, also over a change of the clocks.
        return (monday + timedelta(minutes=minute)).replace(tzinfo=self.zone)


def read(given: Mapping[str, Any]) -> Opening:
    """The hours as the file has them. NotUnderstood where they cannot be read."""
    if not isinstance(given, dict) or given.keys() != {"zone", "hours"}:
        raise NotUnderstood("it has zone and hours, and nothing else")
    if given["zone"] not in available_timezones():
        raise NotUnderstood(f"{given['zone']!r} is no time zone (such as Europe/Helsinki)")
    if not isinstance(given["hours"], list) or not given["hours"]:
        raise NotUnderstood("hours is a list of days with from and until")
    spans = sorted(span for each in given["hours"] for span in _spans(each))
    return Opening(ZoneInfo(given["zone"]), tuple(_joined(spans)))


def _spans(each: Any) -> Iterator[tuple[int, int]]:
    match each:
        case {"days": str(days), "from": str(begins), "until": str(ends)} if len(each) == 3:
            start, end = _minute(begins), _minute(ends)
        case _:
            raise NotUnderstood("each of the hours has days, from and until")
    for day in _days(days):
        yield day * DAY + start, day * DAY + (end if end > start else end + DAY)


def _minute(clock: str) -> int:
    match = CLOCK.fullmatch(clock)
    if match is None:
        raise NotUnderstood(f"{clock!r} is no time from 00:00 to 24:00")
    return int(match[1]) * 60 + int(match[2]) if match[1] else DAY


def _days(words: str) -> Iterator[int]:
    for part in words.split(","):
        first, dash, last = part.strip().partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise NotUnderstood(f"{part.strip()!r} is no day: {', '.join(DAYS)}, or two with a hyphen")
        begins, ends = DAYS.index(first), DAYS.index(last if dash else first)
        if ends < begins:
            raise NotUnderstood(f"{part.strip()!r}: the week begins on Monday")
        yield from range(begins, ends + 1)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch made one, so that midnight closes nothing, nor does the end of the week."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    if len(joined) > 1 and joined[-1][1] - WEEK >= joined[0][0]:
        _start, end = joined.pop(0)
        joined[-1] = (joined[-1][0], max(joined[-1][1], end + WEEK))
    return joined


def in_words(opening: Opening, now: datetime, *, with_city: bool) -> str:
    """Whether it is open at ``now``, and until or from when, by the line's own clock.

    ``with_city``: name the city that the clock goes by, for lines that are called from many countries."""
    if opening.always:
        return _("Open now")
    if until := opening.until(now):
        words = _("Open now, usually until %(time)s") % {"time": date_format(until, "H:i")}
    else:
        words = _closed(opening, now)
    if not with_city:
        return words
    city = opening.zone.key.rpartition("/")[2].replace("_", " ")
    return _("%(words)s (time in %(city)s)") % {"words": words, "city": city}


def _closed(opening: Opening, now: datetime) -> str:
    opens = opening.opens(now)
    time = date_format(opens, "H:i")
    if opens.date() == now.astimezone(opening.zone).date():
        return _("Closed now, usually opens at %(time)s") % {"time": time}
    day = date_format(opens, "l")
    return _("Closed now, usually opens on %(day)s at %(time)s") % {"day": day, "time": time}
