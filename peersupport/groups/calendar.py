"""Calendar files that give nothing away: a neutral title and times, nobody's name, no topic, no place."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import icalendar
from django.conf import settings

from peersupport.groups.models import Meeting

FILE_NAME = "calendar.ics"
CONTENT_TYPE = "text/calendar; charset=utf-8"
#: How often a calendar program is asked to look: a date moved in the morning is right by the evening.
LOOKS_EVERY = timedelta(hours=4)


class Entered(Protocol):
    """Anything that can stand in a calendar, such as a Meeting. Its times are aware."""

    @property
    def id(self) -> UUID: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def state(self) -> str: ...
    @property
    def sequence(self) -> int: ...


def calendar_file(meetings: Iterable[Entered], *, now: datetime) -> bytes:
    """The meetings as an iCalendar file (RFC 5545), titled with the site's neutral name.

    A meeting keeps its UID when it is moved and raises its SEQUENCE, so that a second download changes
    the first. ValueError where the neutral name holds a line break or another control character.
    """
    title = _one_line(settings.SITE_NAME)
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{title}//EN")
    calendar.add("version", "2.0")
    for meeting in meetings:
        calendar.add_component(_event(meeting, title, now))
    return bytes(calendar.to_ical())


def feed_file(meetings: Iterable[Meeting], *, now: datetime, called_off: bool = False) -> bytes:
    """The same for a calendar program that comes back: the calendar has a name, and says how often to look.

    `called_off`: the whole group does not take place. ValueError as for `calendar_file`.
    """
    title = _one_line(settings.SITE_NAME)
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{title}//EN")
    calendar.add("version", "2.0")
    # Without a name programs show the address, which is secret. RFC 7986, and the older word for it.
    for name in ("name", "x-wr-calname"):
        calendar.add(name, title)
    calendar.add("refresh-interval", LOOKS_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(LOOKS_EVERY))
    for meeting in meetings:
        calendar.add_component(_event(meeting, title, now, called_off=called_off))
    return bytes(calendar.to_ical())


def feed_etag(meetings: Iterable[Meeting], *, called_off: bool = False) -> str:
    """A weak ETag (RFC 9110): the same as long as a program would show the same."""
    shown = [
        (one.pk.hex, one.starts_at.isoformat(), one.ends_at.isoformat(), one.sequence, str(one.state))
        for one in meetings
    ]
    digest = hashlib.sha256(repr((settings.SITE_NAME, called_off, shown)).encode()).hexdigest()
    return f'W/"{digest[:32]}"'


def _event(meeting: Entered, title: str, now: datetime, *, called_off: bool = False) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", str(meeting.id))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("sequence", meeting.sequence)
    event.add("summary", title)
    # Calendars that are shared with a family or a workplace show a private entry as "busy".
    event.add("class", "PRIVATE")
    cancelled = called_off or meeting.state == Meeting.State.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
        raise ValueError("The site's name must be a single line.")
    return text
