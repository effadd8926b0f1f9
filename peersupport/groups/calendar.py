"""Calendar files that give nothing away: a neutral title and times, nobody's name, no topic, no place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import icalendar
from django.conf import settings

from peersupport.groups.models import Meeting

FILE_NAME = "calendar.ics"
CONTENT_TYPE = "text/calendar; charset=utf-8"


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


def _event(meeting: Entered, title: str, now: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", str(meeting.id))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("sequence", meeting.sequence)
    event.add("summary", title)
    # Calendars that are shared with a family or a workplace show a private entry as "busy".
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if meeting.state == Meeting.State.CANCELLED else "CONFIRMED")
    return event


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
        raise ValueError("The site's name must be a single line.")
    return text
