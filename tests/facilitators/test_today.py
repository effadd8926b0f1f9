"""Today: what a facilitator finds when she comes in."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from facilitators.today_reading import today_of
from peersupport.chat.models import Event, HeldMessage, Room
from peersupport.groups.models import Meeting
from tests.cast import Cast
from tests.facilitators.conftest import connects, enters

pytestmark = pytest.mark.django_db


def text(client: Client, path: str = "/today/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_facilitator_sees_her_meeting_on_her_own_clock(cast: Cast, maija: Client) -> None:
    starts = cast.meeting(cast.alder, 4).starts_at
    cast.maija.time_zone = "Asia/Tokyo"
    cast.maija.save()
    page = text(maija)
    assert f"{(starts + timedelta(hours=9)).strftime('%H:%M')} –" in page
    assert "meeting 4 of 10" in page
    assert "Asia/Tokyo" in page


def test_she_sees_who_is_rostered_and_who_is_there_already(cast: Cast, room: Room, maija: Client) -> None:
    assert text(maija).count("not there yet") == 3
    connects(cast, room, cast.oskar)
    page = text(maija)
    assert re.search(r"Oskar in the room", page)
    assert page.count("not there yet") == 2


def test_there_is_one_way_into_the_console(room: Room, maija: Client) -> None:
    page = maija.get("/today/").content.decode()
    assert page.count(f'class="button button-large" href="/today/room/{room.pk}/"') == 1


def test_on_a_day_without_a_meeting_she_learns_when_the_next_one_is(cast: Cast) -> None:
    page = text(enters(cast.ruben))
    assert "No meeting today." in page
    assert "The next one is Birch" in page


def test_who_does_not_facilitate_gets_the_same_404_as_for_a_missing_page(cast: Cast) -> None:
    missing = enters(cast.salla).get("/today/nothing/")
    for person in (cast.aino, cast.salla, cast.tuuli):
        answer = enters(person).get("/today/")
        assert answer.status_code == 404
        assert len(answer.content) == len(missing.content)


def test_meetings_that_were_not_talked_over_are_listed_until_they_are(cast: Cast, maija: Client) -> None:
    third = cast.meeting(cast.alder, 3)
    assert f"/today/meeting/{third.pk}/after/" in maija.get("/today/").content.decode()
    Meeting.objects.filter(pk=third.pk).update(debriefed_at=timezone.now())
    assert "Alder, meeting 3" not in text(maija)


def test_a_meeting_of_another_group_is_the_same_404_as_a_missing_one(cast: Cast, maija: Client) -> None:
    foreign = cast.meeting(cast.birch, 1)
    first = maija.post(f"/today/meeting/{foreign.pk}/debrief/")
    second = maija.post("/today/meeting/00000000-0000-4000-8000-000000000000/debrief/")
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.status_code == 404


def test_what_waits_in_a_room_is_said(cast: Cast, room: Room, maija: Client) -> None:
    assert "waits to be read" not in text(maija)
    HeldMessage.objects.create(
        room=room,
        message_id=cast.alder.pk,
        member=cast.seat(cast.farah),
        body="May I say something?",
        body_hash=b"",
        why="hold_all",
    )
    assert "Alder: 1 message waits to be read" in text(maija)


def test_a_cancelled_meeting_is_not_shown(cast: Cast, maija: Client) -> None:
    Meeting.objects.filter(group=cast.alder, number=4).update(state=Meeting.State.CANCELLED)
    assert "meeting 4 of 10" not in text(maija)


def test_her_day_takes_as_many_questions_for_three_groups_as_for_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for leader in (cast.maija, cast.pirkko):
        today_of(leader, now=now)  # the rooms are made at their first use
    with django_assert_num_queries(19):
        assert len(today_of(cast.maija, now=now).today) == 1
    with django_assert_num_queries(19):
        assert len(today_of(cast.pirkko, now=now).next) > 1


def test_a_parents_words_on_her_private_line_wait_on_the_day_of_who_was_not_there(
    cast: Cast, room: Room, maija: Client
) -> None:
    aino = cast.seat(cast.aino)
    line = Room.objects.create(
        group=cast.alder, kind=Room.Kind.LINE, member=aino, state=Room.State.OPEN, head=1
    )
    Event.objects.create(
        room=line, seq=1, kind=Event.Kind.MESSAGE, member=aino, message_id=uuid4(), body=b"sealed"
    )
    assert f"Alder: {aino.pseudonym} wrote to you on the private line" in text(maija)
    assert f'href="/room/{line.pk}/#newest"' in maija.get("/today/").content.decode()
    assert "private line" not in text(enters(cast.ruben))
    assert maija.get(f"/room/{line.pk}/").status_code == 200
    assert "private line" not in text(maija), "she has opened it"
