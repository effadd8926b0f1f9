"""The calendar file gives the times and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from dateutil.parser import parse
from django.test import Client
from pytest_django import Settings

from peersupport.groups.calendar import calendar_file
from peersupport.groups.models import Meeting
from tests.cast import Cast

pytestmark = pytest.mark.django_db
APPROVED = {
    *("BEGIN", "END", "VERSION", "PRODID"),
    *("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "CLASS", "STATUS"),
}


def unfolded(file: bytes) -> list[tuple[str, str]]:
    """The file's lines, read by the rules of RFC 5545, section 3.1, without the library that wrote it."""
    text = file.decode("utf-8").replace("\r\n ", "").replace("\r\n\t", "")
    assert text.endswith("\r\n")
    lines = text.removesuffix("\r\n").split("\r\n")
    assert not any("\n" in line or "\r" in line for line in lines)
    assert all(len(line.encode()) <= 75 for line in file.decode().split("\r\n"))
    return [(name, value) for name, _colon, value in (line.partition(":") for line in lines)]


def test_the_dates_come_back_as_they_are(client: Client, cast: Cast) -> None:
    client.force_login(cast.aino)
    response = client.get(f"/my/{cast.alder.slug}/calendar.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="calendar.ics"'
    assert response["Cache-Control"] == "no-store"
    read = unfolded(response.content)
    meetings = list(cast.alder.meetings.all())
    starts = [parse(value) for name, value in read if name == "DTSTART"]
    assert starts == [meeting.starts_at.replace(microsecond=0) for meeting in meetings]
    assert [value for name, value in read if name == "UID"] == [str(meeting.id) for meeting in meetings]


@pytest.mark.check(48)
def test_it_holds_only_approved_lines_and_neither_names_nor_topics(cast: Cast, settings: Settings) -> None:
    meetings = list(cast.alder.meetings.all())
    file = calendar_file(meetings, now=cast.now)

    read = unfolded(file)
    assert {name for name, _value in read} == APPROVED
    assert {value for name, value in read if name == "SUMMARY"} == {settings.SITE_NAME}
    assert {value for name, value in read if name == "CLASS"} == {"PRIVATE"}
    telling = [
        cast.alder.name,
        cast.alder.slug,
        cast.alder.programme.title,
        *(meeting.topic for meeting in meetings),
        *(member.pseudonym for member in cast.alder.memberships.all()),
    ]
    text = file.decode()
    assert len(telling) > 15
    assert [word for word in telling if word in text] == []


def test_a_moved_meeting_keeps_its_uid_and_raises_its_sequence(cast: Cast) -> None:
    meeting = cast.meeting(cast.birch, 1)
    before = dict(unfolded(calendar_file([meeting], now=cast.now)))
    meeting.sequence += 1
    meeting.state = Meeting.State.CANCELLED
    after = dict(unfolded(calendar_file([meeting], now=cast.now)))

    assert before["UID"] == after["UID"]
    assert int(after["SEQUENCE"]) == int(before["SEQUENCE"]) + 1
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")


@pytest.mark.check(28)
@pytest.mark.parametrize("name", ["Guide\r\nATTENDEE:mailto:x@y.example", "Guide\nX", "Guide\u2028X", "G\0"])
def test_a_site_name_with_a_line_break_is_refused(cast: Cast, settings: Settings, name: str) -> None:
    settings.SITE_NAME = name
    with pytest.raises(ValueError, match="single line"):
        calendar_file([], now=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.check(28)
def test_commas_semicolons_and_long_names_stay_one_line_of_the_file(cast: Cast, settings: Settings) -> None:
    settings.SITE_NAME = "Home; garden, table" + " and more" * 20
    read = dict(unfolded(calendar_file([cast.meeting(cast.birch, 1)], now=cast.now)))

    assert read["SUMMARY"].replace("\\;", ";").replace("\\,", ",") == settings.SITE_NAME
