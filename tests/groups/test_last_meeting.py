"""What stands on a group's page of the meeting before: its topic for everybody, and nothing from the room."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guides.models import Rendition
from peersupport.accounts.models import User
from peersupport.demo import talking
from peersupport.groups.models import Attendance, Meeting
from tests.cast import Cast

pytestmark = pytest.mark.django_db
CARD = re.compile(r'<section class="last".*?</section>', re.DOTALL)
CHAPTER = "/en/guides/next-steps/your-own-care/"


def card(client: Client, cast: Cast, user: User) -> str:
    """The card as this member of Alder finds it, or nothing."""
    client.force_login(user)
    answer = client.get(f"/my/{cast.alder.slug}/")
    assert answer.status_code == 200
    found = CARD.search(html.unescape(answer.content.decode()))
    return found[0] if found else ""


def was_there(meeting: Meeting, cast: Cast, user: User) -> None:
    Attendance.objects.create(
        meeting=meeting, member=cast.seat(user), first_seen=meeting.starts_at, last_seen=meeting.ends_at
    )


def published(path: str) -> None:
    Rendition.objects.create(
        path=path, shown_from=date(2026, 1, 1), content_type="text/html", body=b"-", etag="1", built_from="1"
    )


def test_who_missed_the_last_meeting_finds_its_topic_its_day_and_a_sentence(
    client: Client, cast: Cast
) -> None:
    shown = card(client, cast, cast.aino)
    third = cast.meeting(cast.alder, 3)
    assert third.topic == "Coping from day to day"
    assert third.topic in shown
    assert third.starts_at.strftime("%Y-%m-%d") in shown
    assert "what carries through ordinary days" in shown


def test_the_card_is_the_same_for_who_was_there_and_who_was_not(client: Client, cast: Cast) -> None:
    missed = card(client, cast, cast.aino)
    assert missed
    was_there(cast.meeting(cast.alder, 3), cast, cast.aino)
    assert card(client, cast, cast.aino) == missed


def test_it_holds_no_name_and_no_word_from_the_room(client: Client, cast: Cast) -> None:
    talking.tell("alder", cast.alder, now=cast.now)
    was_there(cast.meeting(cast.alder, 3), cast, cast.berit)
    client.force_login(cast.aino)
    room = html.unescape(client.get(f"/room/{cast.room(cast.alder).pk}/").content.decode())
    names = list(cast.alder.memberships.values_list("pseudonym", flat=True))
    said = re.findall(r'data-part="body"[^>]*>([^<]{20,})<', room)
    # There was something to tell.
    assert "Rowan" in names
    assert said
    shown = card(client, cast, cast.aino)
    assert [name for name in names if name in shown] == []
    assert [words for words in said if words.strip() in shown] == []


def test_a_meeting_that_did_not_take_place_is_no_last_one(client: Client, cast: Cast) -> None:
    cast.alder.meetings.filter(number=3).update(state=Meeting.State.CANCELLED)
    shown = card(client, cast, cast.aino)
    assert cast.meeting(cast.alder, 2).topic in shown
    assert cast.meeting(cast.alder, 3).topic not in shown


def test_before_the_first_meeting_there_is_no_card(client: Client, cast: Cast) -> None:
    assert card(client, cast, cast.aino)
    for meeting in cast.alder.meetings.all():
        meeting.starts_at += timedelta(weeks=20)
        meeting.ends_at += timedelta(weeks=20)
        meeting.save()
    assert card(client, cast, cast.aino) == ""


def test_it_leads_to_the_chapter_that_fits_once_that_is_published(client: Client, cast: Cast) -> None:
    assert CHAPTER not in card(client, cast, cast.aino)
    published(CHAPTER)
    assert f'href="{CHAPTER}"' in card(client, cast, cast.aino)


def test_a_topic_of_which_the_manual_says_nothing_stands_alone(client: Client, cast: Cast) -> None:
    published(CHAPTER)
    cast.alder.meetings.filter(number=3).update(topic="A guest")
    shown = card(client, cast, cast.aino)
    assert "A guest" in shown
    assert "href" not in shown


def test_the_card_costs_one_query_at_most(client: Client, cast: Cast) -> None:
    client.force_login(cast.aino)
    path = f"/my/{cast.alder.slug}/"
    client.get(path)
    with CaptureQueriesContext(connection) as noted:
        client.get(path)
    cast.alder.meetings.filter(number=3).update(topic="A guest")
    with CaptureQueriesContext(connection) as bare:
        client.get(path)
    assert len(noted) == len(bare) + 1
