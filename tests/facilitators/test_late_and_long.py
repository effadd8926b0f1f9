"""What a facilitator's pages say when parents wait before a closed room."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.chat.models import Room
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
