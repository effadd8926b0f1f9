"""Her private line is open whatever stands between her and the group's room: every page leads there."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from peersupport.chat.access import furnish
from peersupport.chat.models import Arrival, Event, Presence, Room
from tests.chat.conftest import Evening
from tests.chat.test_without_sockets import asking, behind_a_proxy
from tests.registries.visitors import browser, staff_browser

__all__ = ["behind_a_proxy"]

pytestmark = pytest.mark.django_db
SENDS = pytest.mark.django_db(transaction=True)

WAY = "Write to the facilitators only"


@pytest.fixture
def aino(evening_in_pages: Evening) -> Client:
    """Aino, who has not come in to tonight's meeting."""
    furnish(evening_in_pages.room.group_id)
    Arrival.objects.filter(member=evening_in_pages.seats["aino"]).delete()
    return browser(evening_in_pages.cast.aino)


def line_of(evening: Evening, name: str = "aino") -> UUID:
    """The id of somebody's private line."""
    return Room.objects.get(kind=Room.Kind.LINE, member=evening.seats[name]).pk


def text(page: bytes) -> str:
    """What a page says."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page.decode())))


@SENDS
def test_before_she_has_come_in_the_page_says_who_is_there_and_leads_to_her_line(
    evening_in_pages: Evening, aino: Client
) -> None:
    evening, line = evening_in_pages, line_of(evening_in_pages)
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
    evening_in_pages: Evening, aino: Client
) -> None:
    line = line_of(evening_in_pages)
    draft = {"act": "post", "id": str(uuid4()), "body": "Half a thought", "note": ""}
    door = aino.post(f"/room/{evening_in_pages.room.pk}/", draft).content.decode()
    assert f'form="arrival" formaction="/room/{line}/#newest"' in door
    kept = aino.post(f"/room/{line}/", {"seen": "", "body": "Half a thought", "note": ""})
    assert "Half a thought</textarea>" in kept.content.decode()
    assert not Event.objects.exists()


def test_the_rooms_page_leads_there_however_it_stands_and_while_it_renews_itself(
    evening_in_pages: Evening, aino: Client
) -> None:
    berit = browser(evening_in_pages.cast.berit)
    way = f'href="/room/{line_of(evening_in_pages, "berit")}/#newest"'
    for state in ("open", "paused", "closed"):
        Room.objects.filter(pk=evening_in_pages.room.pk).update(state=state)
        for query in ("", "?following=5"):
            assert way in berit.get(f"/room/{evening_in_pages.room.pk}/{query}").content.decode()


def test_a_talk_aside_that_has_ended_and_the_groups_own_page_lead_there(
    evening_in_pages: Evening, aino: Client
) -> None:
    group, line = evening_in_pages.room.group, line_of(evening_in_pages)
    side = Room.objects.create(
        group=group, kind=Room.Kind.SIDE, member_id=evening_in_pages.seats["aino"], state=Room.State.CLOSED
    )
    assert f'href="/room/{line}/#newest"' in aino.get(f"/room/{side.pk}/").content.decode()
    page = aino.get(f"/my/{group.slug}/").content.decode()
    (way,) = re.findall(r'href="([^"]+)">Write to them only', page)
    assert aino.get(way)["Location"] == f"/room/{line}/#newest"


@pytest.mark.check(31)
def test_the_way_by_the_groups_name_is_for_its_parents_alone(evening_in_pages: Evening, aino: Client) -> None:
    cast = evening_in_pages.cast
    missing = aino.get("/room/line/no-such-group/")
    foreign = browser(cast.toivo).get(f"/room/line/{cast.alder.slug}/")
    hers = staff_browser(cast.maija).get(f"/room/line/{cast.alder.slug}/")
    assert missing.status_code == foreign.status_code == hers.status_code == 404
    assert missing.content == foreign.content
    assert "/room/line/" not in staff_browser(cast.maija).get(f"/my/{cast.alder.slug}/").content.decode()


@SENDS
async def test_a_client_that_has_not_come_in_is_told_of_her_line_and_writes_there(
    open_evening: Evening,
) -> None:
    await sync_to_async(furnish)(open_evening.room.group_id)
    await Arrival.objects.filter(member=open_evening.seats["aino"]).adelete()
    outside = await open_evening.comes("aino", resumed=False)
    refused = (await outside.send("resume", after=0))["error"]
    assert refused["code"] == "arrive"
    (line,) = [UUID(room["id"]) for room in refused["rooms"] if room["kind"] == "line"]
    async with asking(open_evening, "aino") as phone:
        assert (await phone.http.get(phone.events)).json()["error"]["rooms"] == refused["rooms"]
    on_the_line = await open_evening.comes("aino", room=line)
    assert (await on_the_line.post("I do not dare to come in."))["ok"]
