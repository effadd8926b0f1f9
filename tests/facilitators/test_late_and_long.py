"""What a facilitator's pages say when parents wait before a closed room, and when she was there for long."""

from __future__ import annotations

import html
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.chat.models import Room, Shift
from peersupport.chat.moderating import not_opened
from peersupport.groups.models import Meeting
from tests.cast import Cast
from tests.facilitators.conftest import connects

pytestmark = pytest.mark.django_db


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def pages(client: Client, room: Room) -> dict[str, str]:
    """Today, the console, and what the console's script asks for."""
    console = f"/today/room/{room.pk}/"
    return {path: shown(client, path) for path in ("/today/", console, f"{console}beside/")}


def begins_in(cast: Cast, **until: float) -> None:
    starts_at = timezone.now() + timedelta(**until)
    Meeting.objects.filter(group=cast.alder, number=4).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90)
    )


@pytest.mark.check(58)
def test_her_pages_say_how_many_parents_wait_and_that_everybody_was_told(
    cast: Cast, room: Room, maija: Client
) -> None:
    connects(cast, room, cast.aino, cast.berit, cast.maija)
    begins_in(cast, minutes=1)
    for page in pages(maija, room).values():
        assert "should have begun" not in page
    begins_in(cast, minutes=-5)
    for page in pages(maija, room).values():
        assert "2 parents wait in the room." in page
        assert "the coordinators have been told" not in page
    begins_in(cast, minutes=-11)
    not_opened.tell_who_waits(timezone.now())
    for page in pages(maija, room).values():
        assert "and the coordinators have been told" in page
    Room.objects.filter(pk=room.pk).update(state=Room.State.OPEN)
    for page in pages(maija, room).values():
        assert "should have begun" not in page


def has_been_there(cast: Cast, *, since: timedelta) -> None:
    now: datetime = timezone.now()
    Shift.objects.create(user=cast.maija, since=now - since, seen_at=now)


@pytest.mark.check(60)
def test_after_two_hours_her_pages_ask_her_to_take_a_break_and_name_who_could_take_over(
    cast: Cast, evening: Room, maija: Client
) -> None:
    has_been_there(cast, since=timedelta(hours=1, minutes=59))
    for page in pages(maija, evening).values():
        assert "without a break" not in page
    Shift.objects.update(since=timezone.now() - timedelta(hours=2, minutes=1))
    for path, page in pages(maija, evening).items():
        assert "You have been there for two hours without a break." in page, path
        assert "Oskar and Pirkko are not here just now" in page, path
    connects(cast, evening, cast.oskar)
    for path, page in pages(maija, evening).items():
        assert "Oskar is here and could take over." in page, path
