"""Her private line is open whatever stands between her and the group's room: every page leads there."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.test import Client

from peersupport.chat.access import furnish
from peersupport.chat.models import Arrival, Event, Presence, Room
from tests.chat.conftest import Evening
from tests.chat.test_without_sockets import asking, behind_a_proxy
from tests.registries.visitors import browser, staff_browser

__all__ = ["behind_a_proxy"]

pytestmark = pytest.mark.django_db(transaction=True)

WAY = "Write to the facilitators only"


@pytest.fixture
def aino(open_evening_room: Evening) -> Client:
    """Aino, who has not come in to tonight's meeting."""
    furnish(open_evening_room.room.group_id)
    Arrival.objects.filter(member=open_evening_room.seats["aino"]).delete()
    return browser(open_evening_room.cast.aino)


def line_of(evening: Evening, name: str = "aino") -> UUID:
    """The id of somebody's private line."""
    return Room.objects.get(kind=Room.Kind.LINE, member=evening.seats[name]).pk


def text(page: bytes) -> str:
    """What a page says."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page.decode())))


def test_before_she_has_come_in_the_page_says_who_is_there_and_leads_to_her_line(
    open_evening_room: Evening, aino: Client
) -> None:
    evening, line = open_evening_room, line_of(open_evening_room)
    door = f"/room/{evening.room.pk}/in/"
    page = aino.get(door).content
    assert f'href="/room/{line}/#newest"' in page.decode()
    assert WAY in text(page)
    assert "No facilitator is here just now." in text(page)
    Presence.objects.create(room=evening.room, member_id=evening.seats["oskar"], process=uuid4())
    assert "Oskar is here now and sees what you write in a moment." in text(aino.get(door).content)
    said = {"act": "post", "id": str(uuid4()), "body": "I do not dare to come in.", "note": ""}
    assert aino.post(f"/room/{line}/", said).status_code == 302
    assert Event.objects.get(kind="message").room_id == line
    assert not Arrival.objects.filter(member=evening.seats["aino"]).exists()


def test_what_she_was_writing_when_the_meeting_began_can_go_there_instead(
    open_evening_room: Evening, aino: Client
) -> None:
    line = line_of(open_evening_room)
    draft = {"act": "post", "id": str(uuid4()), "body": "Half a thought", "note": ""}
    door = aino.post(f"/room/{open_evening_room.room.pk}/", draft).content.decode()
    assert f'form="arrival" formaction="/room/{line}/#newest"' in door
    kept = aino.post(f"/room/{line}/", {"seen": "", "body": "Half a thought", "note": ""})
    assert "Half a thought</textarea>" in kept.content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize("state", ["open", "paused", "closed"])
@pytest.mark.parametrize("query", ["", "?following=5"])
def test_the_rooms_page_leads_there_however_it_stands_and_while_it_renews_itself(
    state: str, query: str, open_evening_room: Evening, aino: Client
) -> None:
    Room.objects.filter(pk=open_evening_room.room.pk).update(state=state)
    berit = browser(open_evening_room.cast.berit)
    page = berit.get(f"/room/{open_evening_room.room.pk}/{query}").content.decode()
    assert f'href="/room/{line_of(open_evening_room, "berit")}/#newest"' in page


def test_a_talk_aside_that_has_ended_and_the_groups_own_page_lead_there(
    open_evening_room: Evening, aino: Client
) -> None:
    group, line = open_evening_room.room.group, line_of(open_evening_room)
    side = Room.objects.create(
        group=group, kind=Room.Kind.SIDE, member_id=open_evening_room.seats["aino"], state=Room.State.CLOSED
    )
    assert f'href="/room/{line}/#newest"' in aino.get(f"/room/{side.pk}/").content.decode()
    page = aino.get(f"/my/{group.slug}/").content.decode()
    (way,) = re.findall(r'href="([^"]+)">Write to them only', page)
    assert aino.get(way)["Location"] == f"/room/{line}/#newest"


@pytest.mark.check(31)
def test_the_way_by_the_groups_name_is_for_its_parents_alone(
    open_evening_room: Evening, aino: Client
) -> None:
    cast = open_evening_room.cast
    missing = aino.get("/room/line/no-such-group/")
    foreign = browser(cast.toivo).get(f"/room/line/{cast.alder.slug}/")
    hers = staff_browser(cast.maija).get(f"/room/line/{cast.alder.slug}/")
    assert missing.status_code == foreign.status_code == hers.status_code == 404
    assert missing.content == foreign.content
    assert "/room/line/" not in staff_browser(cast.maija).get(f"/my/{cast.alder.slug}/").content.decode()


async def test_a_client_that_has_not_come_in_is_told_of_her_line_and_writes_there(
    aino: Client, evening: Evening
) -> None:
    outside = await evening.comes("aino", resumed=False)
    refused = (await outside.send("resume", after=0))["error"]
    assert refused["code"] == "arrive"
    (line,) = [UUID(room["id"]) for room in refused["rooms"] if room["kind"] == "line"]
    async with asking(evening, "aino") as phone:
        assert (await phone.http.get(phone.events)).json()["error"]["rooms"] == refused["rooms"]
    on_the_line = await evening.comes("aino", room=line)
    assert (await on_the_line.post("I do not dare to come in."))["ok"]
