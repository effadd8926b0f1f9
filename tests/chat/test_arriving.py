"""Before a meeting a parent comes in by one page: nothing of the room lets her past it, and it asks once."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import Client
from django.utils import timezone

from peersupport.chat import posting
from peersupport.chat.meeting import attendance
from peersupport.chat.models import Arrival, Presence, Whereabouts
from peersupport.chat.protocol.commands import Command
from peersupport.chat.protocol.errors import Refused
from peersupport.database import pool
from peersupport.groups import agreement
from peersupport.groups.models import Attendance, Meeting
from tests.chat.conftest import Evening
from tests.chat.saying import at_the_door
from tests.conftest import SecureClient

pytestmark = pytest.mark.django_db(transaction=True)

COMES_IN = {"seen": "no"}
# Of the text that has the version named in the test.
DIGEST = "814f83fac6bed822"


@pytest.fixture
def aino_is_outside(open_evening_room: Evening) -> Evening:
    """The meeting is on, the room open, and Aino has not arrived."""
    cast = open_evening_room.cast
    Arrival.objects.filter(member=cast.seat(cast.aino)).delete()
    return open_evening_room


@pytest.fixture
async def outside(aino_is_outside: Evening, evening: Evening) -> Evening:
    """The same, with the server up."""
    return evening


def browser(evening: Evening, name: str = "aino") -> Client:
    """One of the cast in front of a browser."""
    client = SecureClient()
    client.force_login(evening.cast.person(name))
    return client


def paths(evening: Evening) -> tuple[str, str, str]:
    """The room, the page before it, and the API."""
    room = f"/room/{evening.room.pk}/"
    return room, f"{room}in/", f"/api/v1/rooms/{evening.room.pk}/"


async def test_no_socket_and_no_request_lets_her_past_the_page_and_it_asks_once(outside: Evening) -> None:
    _room, door, api = paths(outside)
    aino = await outside.comes("aino", resumed=False)
    assert (await aino.send("resume", after=0))["error"]["code"] == "arrive"
    assert (await aino.post("Let me in"))["error"]["code"] == "not_allowed"

    def without_socket(client: Client) -> list[str]:
        answers = [
            client.get(f"{api}events/"),
            client.post(f"{api}messages/", json.dumps({"cmd": "checkin", "value": 3}), "application/json"),
        ]
        assert all(answer.status_code == 403 for answer in answers)
        return [answer.json()["error"]["code"] for answer in answers]

    phone = await sync_to_async(browser)(outside)
    assert await sync_to_async(without_socket)(phone) == ["arrive", "arrive"]
    assert (await sync_to_async(phone.post)(door, COMES_IN)).status_code == 302
    assert (await aino.resume())["ok"]
    # Another device, the same meeting.
    assert (await outside.comes("aino")).hello["ok"]


def test_a_message_is_refused_under_the_lock_as_well(aino_is_outside: Evening) -> None:
    evening = aino_is_outside
    command = Command(name="post", ref="", given={"id": str(uuid4()), "body": "Nobody looked at the door."})

    async def post(member: str) -> dict[str, object]:
        async with pool.opened():
            return await posting.post(command, by=await at_the_door(evening, member))

    with pytest.raises(Refused) as refused:
        async_to_sync(post)("aino")
    assert refused.value.code == "arrive"
    assert async_to_sync(post)("maija")["state"] == "published"


async def test_whoever_was_in_the_room_when_the_meeting_began_is_asked_to_come_in(outside: Evening) -> None:
    fourth = await outside.cast.alder.meetings.aget(number=4)
    await moved(fourth, to=timezone.now() + Meeting.ARRIVAL + timedelta(minutes=1))
    aino = await outside.comes("aino")
    berit = await outside.comes("berit")
    assert aino.hello["room"]["state"] == "open", "between meetings she may read"
    await moved(fourth, to=timezone.now() + Meeting.ARRIVAL)
    assert await aino.closed() == 1012
    again = await outside.comes("aino", resumed=False)
    assert (await again.send("resume", after=0))["error"]["code"] == "arrive"
    assert (await berit.post("I had arrived."))["ok"]


async def moved(meeting: Meeting, *, to: datetime) -> None:
    """Puts a meeting to another time."""
    await Meeting.objects.filter(pk=meeting.pk).aupdate(starts_at=to, ends_at=to + timedelta(minutes=90))


def test_the_room_leads_to_the_page_and_the_page_into_the_room(aino_is_outside: Evening) -> None:
    evening = aino_is_outside
    room, door, _api = paths(evening)
    phone = browser(evening)
    assert phone.get(room).headers["Location"] == door
    page = phone.get(door).content.decode()
    title = re.search(r"<title>(.*?)</title>", page, re.S)
    assert title
    assert title.group(1).strip().startswith("Alder")
    assert "Can someone else see this screen?" in page
    undecided = phone.post(door, {})
    assert undecided.status_code == 422
    assert "Choose one of these" in undecided.content.decode()
    assert phone.post(door, {"seen": "yes", "quiet": "on"}).headers["Location"] == room
    arrival = Arrival.objects.get(member=evening.cast.seat(evening.cast.aino))
    assert (arrival.agreement, arrival.quiet) == (agreement.VERSION, True)
    assert phone.get(room).status_code == 200
    assert phone.get(door).headers["Location"] == room
    # Facilitators need no door; to others it does not exist.
    assert browser(evening, "berit").get(room).status_code == 200
    assert browser(evening, "toivo").get(door).status_code == 404


def test_a_text_half_written_comes_along_through_the_door(aino_is_outside: Evening) -> None:
    room, door, _api = paths(aino_is_outside)
    phone = browser(aino_is_outside)
    page = phone.post(room, {"act": "post", "body": "I was writing <b>", "note": "about sleep"})
    assert "What you were writing is kept" in page.content.decode()
    inside = phone.post(
        door, {**COMES_IN, "body": "I was writing <b>", "note": "about sleep"}
    ).content.decode()
    assert "I was writing &lt;b&gt;</textarea>" in inside
    assert f'action="{room}#newest"' in inside


@pytest.mark.check(52)
def test_where_she_is_is_kept_only_as_she_allows(aino_is_outside: Evening) -> None:
    cast, (_room, door, _api) = aino_is_outside.cast, paths(aino_is_outside)
    meeting, phone = cast.meeting(cast.alder, 4), browser(aino_is_outside)
    where = {"place": "In the kitchen", "call": "My brother"}
    assert phone.post(door, COMES_IN | where).status_code == 422
    assert Whereabouts.objects.count() == 0
    assert phone.post(door, COMES_IN | where | {"may_use": "on", "keep": "on"}).status_code == 302
    found = Whereabouts.objects.get()
    assert (found.place, found.call) == ("In the kitchen", "My brother")
    assert "kitchen" not in str(Whereabouts.objects.values_list("place", flat=True)[0])
    # She wants to find it at the next meeting: kept until a day after that one.
    assert found.erase_at == cast.meeting(cast.alder, 5).ends_at + timedelta(hours=24)
    Arrival.objects.all().delete()
    assert "In the kitchen" in phone.get(door).content.decode()
    phone.post(door, COMES_IN | where | {"may_use": "on"})
    assert Whereabouts.objects.get().erase_at == meeting.ends_at + timedelta(hours=24)
    Arrival.objects.all().delete()
    phone.post(door, COMES_IN)
    assert Whereabouts.objects.count() == 0, "she left it out: it is taken back"


def test_between_meetings_reading_stays_as_it_is(aino_is_outside: Evening) -> None:
    cast, (room, door, _api) = aino_is_outside.cast, paths(aino_is_outside)
    aino_is_outside.room.state = "closed"
    aino_is_outside.room.save(update_fields=["state"])
    Meeting.objects.filter(group=cast.alder, number=4).update(
        starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() - timedelta(minutes=1)
    )
    phone = browser(aino_is_outside)
    assert phone.get(room).status_code == 200
    assert phone.get(door).headers["Location"] == room


def test_attendance_grows_while_somebody_is_there_and_not_while_she_is_away(
    open_evening_room: Evening,
) -> None:
    cast, room = open_evening_room.cast, open_evening_room.room
    aino, begun = cast.seat(cast.aino), timezone.now()

    def swept(*, after: int, here: bool) -> None:
        now = begun + timedelta(seconds=after)
        seen = now if here else now - timedelta(minutes=1)
        Presence.objects.update_or_create(room=room, member=aino, process=room.pk, defaults={"seen_at": seen})
        attendance.note_connected(now)

    for after in (0, 60, 120):
        swept(after=after, here=True)
    swept(after=180, here=False)
    for after in (600, 660):
        swept(after=after, here=True)
    attended = Attendance.objects.get(member=aino)
    assert attended.minutes == 3
    assert (attended.first_seen, attended.last_seen) == (begun, begun + timedelta(seconds=660))
    assert attended.meeting == cast.meeting(cast.alder, 4)


def test_a_page_without_script_counts_as_being_there_and_a_closed_door_does_not(
    aino_is_outside: Evening,
) -> None:
    room, door, _api = paths(aino_is_outside)
    phone = browser(aino_is_outside)
    phone.get(room)
    phone.get(door)
    assert not Attendance.objects.exists()
    phone.post(door, COMES_IN | {"quiet": "on"})
    phone.get(f"{room}?following=3")
    assert Attendance.objects.filter(member=aino_is_outside.seats["aino"]).count() == 1


def test_a_changed_agreement_has_a_new_version() -> None:
    text = Path(agreement.__file__).parent / "templates" / "groups" / "_agreement.html"
    digest = hashlib.sha256(text.read_bytes()).hexdigest()[:16]
    assert (agreement.VERSION, digest) == ("2026-11-22", DIGEST), "give a changed text a new version"
