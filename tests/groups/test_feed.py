"""A member's calendar keeps up by itself, by an address that is hers alone and that she can end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import vobject
from django.test import Client
from pytest_django import Settings

from peersupport.accounts import erasing
from peersupport.accounts.models import StaffRole
from peersupport.accounts.staffing import take_role
from peersupport.audit.models import Entry
from peersupport.groups import feeds, membership
from peersupport.groups.calendar import feed_etag, feed_file
from peersupport.groups.models import Feed, Meeting, Membership, SupportGroup
from tests.cast import Cast
from tests.conftest import SecureClient

pytestmark = [pytest.mark.django_db, pytest.mark.check(48)]

GOLDEN = Path(__file__).with_name("golden_calendar")
NOON = datetime(2027, 1, 14, 12, 0, tzinfo=UTC)


def address_of(cast: Cast, name: str = "aino") -> str:
    """The path of a new feed of hers."""
    seat = cast.seat(cast.person(name))
    return f"/c/{feeds.make(member=seat, by=seat, now=cast.now)}.ics"


def read(path: str, **headers: str) -> Any:
    """What a calendar program gets: no cookie, no sign-in."""
    return SecureClient().get(path, headers=headers)


def events(path: str) -> dict[str, Any]:
    """The entries by their UIDs, read by a library that is not the one that wrote them."""
    found = vobject.readOne(read(path).content.decode())
    return {event.uid.value: event for event in found.vevent_list}


def test_the_address_is_made_and_shown_once_and_kept_nowhere(cast: Cast, client: Client) -> None:
    client.force_login(cast.aino)
    page = f"/my/{cast.alder.slug}/calendar/"
    assert "/c/" not in client.get(page).content.decode()
    made = client.post(page, {"make": ""}).content.decode()
    [shown] = set(re.findall(r"https://localhost(/c/[a-z0-9]{32}\.ics)", made))
    assert read(shown).status_code == 200
    assert "/c/" not in client.get(page).content.decode()
    token = shown.removeprefix("/c/").removesuffix(".ics")
    assert token.encode() not in bytes(Feed.objects.get().token_hash)
    assert token not in str(list(Entry.objects.values_list("facts", "about")))
    assert Entry.objects.filter(what="feed.made", actor=cast.aino.pk).count() == 1


def test_a_feed_says_how_long_it_may_be_kept_and_how_often_to_look(cast: Cast) -> None:
    answer = read(address_of(cast))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert not answer.cookies
    lines = answer.content.decode().split("\r\n")
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT4H" in lines
    assert "X-PUBLISHED-TTL:PT4H" in lines


def test_another_library_reads_every_date_and_nothing_else(cast: Cast, settings: Settings) -> None:
    found = events(address_of(cast))
    meetings = {str(meeting.pk): meeting for meeting in cast.alder.meetings.all()}
    assert found.keys() == meetings.keys()
    for uid, event in found.items():
        assert event.dtstart.value == meetings[uid].starts_at
        assert event.dtend.value == meetings[uid].ends_at
        assert event.summary.value == settings.SITE_NAME
        assert getattr(event, "class").value == "PRIVATE"
        assert {line.name for line in event.getChildren()} == {
            *("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "CLASS", "STATUS")
        }
    telling = [cast.alder.name, cast.alder.slug, cast.alder.programme.title]
    telling += [seat.pseudonym for seat in cast.alder.memberships.all()]
    telling += [meeting.topic for meeting in meetings.values()]
    assert [word for word in telling if word in read(address_of(cast)).content.decode()] == []


def test_a_move_moves_and_a_cancellation_cancels(cast: Cast) -> None:
    path = address_of(cast)
    moved, called_off = cast.meeting(cast.alder, 5), cast.meeting(cast.alder, 6)
    before = events(path)
    later = moved.starts_at + timedelta(days=1, minutes=30)
    cast.alder.meetings.filter(pk=moved.pk).update(
        starts_at=later, ends_at=later + timedelta(minutes=90), sequence=1
    )
    cast.alder.meetings.filter(pk=called_off.pk).update(state=Meeting.State.CANCELLED, sequence=1)
    after = events(path)
    assert after.keys() == before.keys()
    assert after[str(moved.pk)].dtstart.value == later
    assert after[str(moved.pk)].sequence.value == "1"
    assert before[str(called_off.pk)].status.value == "CONFIRMED"
    assert after[str(called_off.pk)].status.value == "CANCELLED"
    SupportGroup.objects.filter(pk=cast.alder.pk).update(state="cancelled", ended_at=cast.now)
    assert {event.status.value for event in events(path).values()} == {"CANCELLED"}


def test_what_has_not_changed_is_not_sent_again(cast: Cast) -> None:
    path = address_of(cast)
    etag = read(path)["ETag"]
    again = read(path, if_none_match=etag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"] == "private, no-cache"
    cast.alder.meetings.filter(number=5).update(state=Meeting.State.CANCELLED)
    changed = read(path, if_none_match=etag)
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_a_new_address_voids_the_old_one_and_an_ended_one_leads_nowhere(cast: Cast, client: Client) -> None:
    client.force_login(cast.aino)
    page = f"/my/{cast.alder.slug}/calendar/"
    old = address_of(cast)
    assert read(old).status_code == 200
    new = address_of(cast)
    assert (read(old).status_code, read(new).status_code) == (404, 200)
    for _twice in range(2):
        assert client.post(page, {"end": ""}).status_code == 302
    assert read(new).status_code == 404
    assert Entry.objects.filter(what="feed.ended").count() == 1
    assert client.post(page, {}).status_code == 200
    assert not Feed.objects.exists()


@pytest.mark.check(37)
def test_a_feed_ends_with_the_place_and_is_the_same_404_as_none(cast: Cast) -> None:
    missing = read(f"/c/{'z' * 32}.ics")
    assert missing.status_code == 404
    assert missing["Cache-Control"] == "no-store"
    left, suspended, closed = address_of(cast, "aino"), address_of(cast, "berit"), address_of(cast, "chloe")
    paths = [left, suspended, closed]
    assert [read(path).status_code for path in paths] == [200, 200, 200]
    membership.leave(membership=cast.seat(cast.aino), by=None, now=cast.now)
    Membership.objects.filter(user=cast.berit).update(state=Membership.State.SUSPENDED)
    cast.chloe.is_active = False
    cast.chloe.save()
    for path in paths:
        gone = read(path)
        assert gone.status_code == 404
        assert gone.content == missing.content


def test_who_is_erased_leaves_no_feed(cast: Cast) -> None:
    path = address_of(cast)
    assert read(path).status_code == 200
    erasing.erase(user=cast.aino, by=None, now=cast.now)
    assert read(path).status_code == 404
    assert not Feed.objects.exists()


def test_who_is_no_facilitator_any_more_has_no_feed_either(cast: Cast) -> None:
    seat = cast.seat(cast.maija, cast.alder)
    path = f"/c/{feeds.make(member=seat, by=seat, now=cast.now)}.ics"
    assert read(path).status_code == 200
    take_role(of=cast.maija, role=StaffRole.Role.FACILITATOR, by=cast.salla)
    assert read(path).status_code == 404


def test_nobody_makes_a_feed_of_a_group_that_is_not_hers(cast: Cast, client: Client) -> None:
    client.force_login(cast.toivo)
    assert client.post(f"/my/{cast.alder.slug}/calendar/", {"make": ""}).status_code == 404
    assert not Feed.objects.exists()
    client.force_login(cast.aino)
    assert client.get(f"/my/{cast.alder.slug}/calendar/").status_code == 200


@pytest.mark.check(47)
def test_of_reading_only_the_day_is_kept_and_nothing_is_logged(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    path = address_of(cast)
    assert Feed.objects.get().read_on is None
    read(path)
    assert Feed.objects.get().read_on is not None
    read("/c/unknown.ics")
    assert "/c/" not in caplog.text
    assert set(vars(Feed.objects.get())) - {"_state"} == {"member_id", "token_hash", "made_at", "read_on"}
    client.force_login(cast.aino)
    assert "A calendar last looked on" in client.get(f"/my/{cast.alder.slug}/calendar/").content.decode()


def dated(number: int, **changes: Any) -> Meeting:
    starts = NOON + timedelta(weeks=number)
    usual = {"pk": UUID(int=number), "starts_at": starts, "ends_at": starts + timedelta(minutes=90)}
    return Meeting(**{**usual, "number": number, "topic": "What happened", **changes})


@pytest.mark.check(28)
def test_the_file_reads_as_it_was_approved() -> None:
    meetings = [dated(1), dated(2, state=Meeting.State.CANCELLED, sequence=2)]
    assert feed_file(meetings, now=NOON) == (GOLDEN / "feed.ics").read_bytes()


@pytest.mark.check(28)
@pytest.mark.parametrize(
    "end", ["\r\nATTENDEE:mailto:x@y.example", "\n", "\r", "\0", "\x1b", "\u2028", "\x85"]
)
def test_a_name_that_would_break_out_of_its_line_is_refused(settings: Settings, end: str) -> None:
    settings.SITE_NAME = f"Guide{end}X"
    with pytest.raises(ValueError, match="single line"):
        feed_file([dated(1)], now=NOON)


def test_the_etag_follows_what_a_calendar_shows(settings: Settings) -> None:
    same = feed_etag([dated(1)])
    assert feed_etag([dated(1, topic="Another")]) == same
    other = [
        feed_etag([dated(1, sequence=1)]),
        feed_etag([dated(1, state=Meeting.State.CANCELLED)]),
        feed_etag([dated(1, ends_at=NOON + timedelta(days=8))]),
        feed_etag([dated(1)], called_off=True),
        feed_etag([]),
    ]
    assert len({same, *other}) == 6


def test_reading_costs_as_many_statements_for_one_date_as_for_many(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    path = address_of(cast)
    read(path)
    with django_assert_num_queries(6):
        read(path)
    cast.alder.meetings.exclude(number=1).delete()
    with django_assert_num_queries(6):
        read(path)
