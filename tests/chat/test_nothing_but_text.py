"""A room holds text and nothing else: the address of a picture is text, and nothing is uploaded."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from peersupport.chat.access import furnish
from peersupport.chat.models import Arrival, Event, Room
from tests.chat.conftest import Evening
from tests.chat.test_without_sockets import TOKEN, asking, behind_a_proxy
from tests.registries.visitors import browser, staff_browser

__all__ = ["behind_a_proxy"]

pytestmark = pytest.mark.django_db(transaction=True)

PICTURE = {"picture": ("x.png", b"\x89PNG\r\n\x1a\n\xff\xfe", "image/png")}


def test_no_page_of_a_room_takes_a_file(open_evening_room: Evening) -> None:
    evening = open_evening_room
    furnish(evening.cast.alder.pk)
    rooms = Room.objects.filter(group=evening.cast.alder)
    line = rooms.get(kind=Room.Kind.LINE, member=evening.seats["aino"])
    team = rooms.get(kind=Room.Kind.TEAM)
    aino, maija = browser(evening.cast.aino), staff_browser(evening.cast.maija)
    pages = [
        (aino, reverse("chat:room", args=[evening.room.pk])),
        (aino, reverse("chat:room", args=[line.pk])),
        (aino, reverse("chat:words", args=[evening.cast.alder.slug])),
        (maija, reverse("chat:room", args=[team.pk])),
        (maija, reverse("facilitators:room", args=[evening.room.pk])),
    ]
    for client, address in pages:
        takes_no_file(client, address)
    Arrival.objects.filter(member=evening.seats["aino"]).delete()
    takes_no_file(aino, reverse("chat:arrive", args=[evening.room.pk]))


def takes_no_file(client: Client, address: str) -> None:
    """The page is there, has a form, and no way to give a file."""
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200, address
    assert "<form" in page, address
    assert 'type="file"' not in page, address
    assert "multipart" not in page, address


async def test_a_file_that_is_sent_all_the_same_is_refused_and_kept_nowhere(open_evening: Evening) -> None:
    async with asking(open_evening, "aino") as aino:
        given = {"cmd": "post", "id": "7f0f3a52-6d3f-4a0c-9a3b-0d6a0d9a1c11", "body": "with a picture"}
        answer = await aino.http.post(
            aino.messages, data=given, files=PICTURE, headers={"X-CSRFToken": TOKEN}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
    assert not await Event.objects.aexists()
