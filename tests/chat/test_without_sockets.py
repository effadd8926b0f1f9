"""The room without WebSocket: the same bodies, the same refusals, and nobody is lost between the two ways."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client
from django.utils import timezone

from peersupport.accounts.models import Session
from peersupport.chat import live
from peersupport.chat.hub import unconnected
from peersupport.chat.models import Event, Presence, Room
from peersupport.groups.models import Membership
from tests.chat.conftest import Evening
from tests.chat.houses import seat
from tests.chat.talking import PATIENCE, Talker, eventually

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "t" * 32


@dataclass
class Asker:
    """Somebody who asks and posts over HTTPS, as a proxy hands it on."""

    http: httpx.AsyncClient
    room: object

    async def ask(self, after: int = 0, **given: Any) -> dict[str, Any]:
        """What is new after a number."""
        answer = await self.http.get(self.events, params={"after": after, **given})
        assert answer.status_code == 200, answer.text[:300]
        found: dict[str, Any] = answer.json()
        return found

    async def send(self, **given: Any) -> httpx.Response:
        """A command, with the form's token."""
        return await self.http.post(self.messages, json=given, headers={"X-CSRFToken": TOKEN})

    async def post(self, body: str, **given: Any) -> dict[str, Any]:
        """A message."""
        found: dict[str, Any] = (await self.send(**{"id": str(uuid4()), "body": body, **given})).json()
        return found

    @property
    def events(self) -> str:
        return f"/api/v1/rooms/{self.room}/events/"

    @property
    def messages(self) -> str:
        return f"/api/v1/rooms/{self.room}/messages/"


@asynccontextmanager
async def asking(evening: Evening, name: str, *, room: object = None) -> AsyncIterator[Asker]:
    """One of the cast without a WebSocket; an empty name is nobody."""
    cookie = f"{evening.cookies.get(name, 'nothing=0')}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    headers = {
        "Cookie": cookie,
        "X-Forwarded-Proto": "https",
        "Host": "localhost",
        "Origin": "https://localhost",
    }
    base = f"http://127.0.0.1:{evening.port}"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=40) as http:
        yield Asker(http, room or evening.room.pk)


@pytest.fixture(autouse=True)
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of these tests speaks http; pages outside the demonstration want https."""
    monkeypatch.setattr(settings, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"))


async def test_both_ways_give_the_same_events_the_same_replies_and_the_same_refusals(
    open_evening: Evening,
) -> None:
    berit = await open_evening.comes("berit")
    async with asking(open_evening, "aino") as aino:
        message = str(uuid4())
        reply = await aino.post("without a socket", id=message)
        assert reply == {"ok": True, "re": "", "seq": 1, "state": "published"}
        assert (await aino.send(id=message, body="without a socket")).json()["seq"] == 1
        heard = await berit.hears(body="without a socket")
        answer = await aino.ask()
        assert answer["events"] == [heard]
        shared = berit.hello.keys() & answer.keys() - {"you", "head", "present", "re", "rooms"}
        assert shared >= {"ok", "epoch", "reset", "room", "after", "read"}
        assert [room["kind"] for room in answer["rooms"]] == [room["kind"] for room in berit.hello["rooms"]]
        assert {key: answer[key] for key in shared} == {key: berit.hello[key] for key in shared}
        for given, status in {
            ('{"id": "1", "body": "x"}', 400),
            (json.dumps({"id": str(uuid4()), "body": " "}), 400),
            (json.dumps({"id": str(uuid4()), "body": "x" * 4_001}), 400),
            (json.dumps({"id": message, "body": "something else"}), 409),
            (json.dumps({"id": str(uuid4()), "body": "call 040 123 4567"}), 409),
            (json.dumps({"cmd": "close"}), 403),
            (json.dumps({"cmd": "fly"}), 400),
            ('{"id": "\\ud800"', 400),
        }:
            answered = await aino.http.post(aino.messages, content=given, headers={"X-CSRFToken": TOKEN})
            await berit.socket.send(
                given.replace("{", '{"ref": "same", ', 1).replace('"id"', '"cmd": "post", "id"')
            )
            same = await berit.one(lambda frame: bool(frame.get("error")))
            berit.frames.clear()
            assert answered.status_code == status, given
            if "fly" not in given and message not in given:
                assert answered.json()["error"] == same["error"], given
        large = json.dumps({"id": str(uuid4()), "body": "x"}).ljust(64 * 1024 + 1)
        answered = await aino.http.post(aino.messages, content=large, headers={"X-CSRFToken": TOKEN})
        assert answered.json()["error"]["code"] == "too_long"
    assert await Event.objects.acount() == 1


@pytest.mark.check(31)
async def test_a_foreign_room_is_the_same_404_as_a_missing_one_and_as_not_being_signed_in(
    open_evening: Evening, toivo_is_there: None
) -> None:
    bodies = set()
    for name, room in (("toivo", None), ("aino", uuid4()), ("", None)):
        async with asking(open_evening, name, room=room) as somebody:
            for answer in (
                await somebody.http.get(somebody.events, params={"after": "nonsense"}),
                await somebody.http.get(somebody.events),
                await somebody.send(body="nonsense"),
                await somebody.send(id=str(uuid4()), body="x"),
            ):
                assert answer.status_code == 404
                bodies.add(re.sub(rb'nonce="[^"]*"', b"", answer.content))
    assert len(bodies) == 1


async def test_a_post_without_the_forms_token_is_refused(open_evening: Evening) -> None:
    async with asking(open_evening, "aino") as aino:
        bare = await aino.http.post(aino.messages, json={"id": str(uuid4()), "body": "x"})
        assert bare.status_code == 403
    assert not await Event.objects.aexists()


async def test_a_long_poll_is_answered_by_news_and_bounded_without(open_evening: Evening) -> None:
    berit = await open_evening.comes("berit")
    loop = asyncio.get_running_loop()
    async with asking(open_evening, "aino") as aino:
        asked = asyncio.create_task(aino.ask(after=0, wait=25))
        await berit.pushed("presence", lambda one: "Willow" in str(one))
        start = loop.time()
        await berit.post("news")
        assert [event["body"] for event in (await asked)["events"]] == ["news"]
        assert loop.time() - start < 20, "answered by the news, not by the end of its waiting"
        start = loop.time()
        quiet = await aino.ask(after=1, wait=1)
        assert (quiet["events"], quiet["head"]) == ([], 1)
        assert 0.9 < loop.time() - start < 20
        over = await aino.http.get(aino.events, params={"after": 1, "wait": 26})
        assert over.json()["error"] == {**over.json()["error"], "code": "invalid", "field": "wait"}


async def test_a_facilitator_who_polls_hears_at_once_of_what_waits_for_her(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    await Room.objects.aupdate(mode="hold_all")
    async with asking(open_evening, "maija") as maija:
        first = await maija.ask()
        asked = asyncio.create_task(maija.ask(after=first["head"], wait=25))
        await eventually(lambda: waits(open_evening))
        assert (await aino.post("please look"))["state"] == "held"
        async with asyncio.timeout(PATIENCE):
            (held,) = [push for push in (await asked)["pushes"] if push["push"] == "held"]
        assert held["items"][0]["body"] == "please look"


def waits(evening: Evening) -> bool:
    """Whether somebody's question waits for news of the room: until then what comes is no news to it."""
    hub = live.hub_here()
    assert hub
    return bool(hub.rooms[evening.room.pk].waiters)


async def test_what_waits_for_her_since_her_last_answer_is_told_at_once(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    await Room.objects.filter(pk=open_evening.room.pk).aupdate(mode="hold_all")
    async with asking(open_evening, "maija") as maija:
        first = await maija.ask()
        assert (await aino.post("between two questions"))["state"] == "held"
        async with asyncio.timeout(PATIENCE):
            second = await maija.ask(after=first["head"], beside=first["beside"], wait=25)
    (held,) = [push for push in second["pushes"] if push["push"] == "held"]
    assert held["items"][0]["body"] == "between two questions"


async def test_who_polls_is_present_to_everybody_and_counts_as_a_facilitator_here(
    evening: Evening,
) -> None:
    maija, aino = await evening.comes("maija"), await evening.comes("aino")
    async with asking(evening, "oskar") as oskar:
        answer = await oskar.ask()
        here = {person["name"] for person in answer["present"]}
        assert len(here) == 3
        frame = await aino.pushed("presence", lambda one: len(one["present"]) == 3)
        assert {person["name"] for person in frame["present"]} == here
        assert (await maija.send("open"))["ok"], "two facilitators are here, one of them polls"
        waiting = asyncio.create_task(oskar.ask(after=1, wait=25))
        hub = live.hub_here()
        assert hub
        # Nobody but who polls: she keeps the room attended.
        await maija.socket.close()
        aino.frames.clear()
        await aino.pushed("presence", lambda one: len(one["present"]) == 2)
        long_ago = timezone.now().replace(year=2020)
        await Room.objects.aupdate(attended_at=long_ago)
        hub.check_soon()
        await until_attended(evening.room.pk, after=long_ago)
        assert (await aino.post("anybody here?"))["state"] == "published"
        await asyncio.wait_for(waiting, PATIENCE)
    # After she stopped asking she is gone.
    for room in hub.rooms.values():
        for guest in room.guests.values():
            guest.seen -= 60
    hub.check_soon()
    await aino.pushed("presence", lambda one: len(one["present"]) == 1)


async def until_attended(room: UUID, *, after: datetime) -> None:
    """Reads the room until the poll has noted that a facilitator is here; asking uses up no turn to speak."""
    async with asyncio.timeout(PATIENCE):
        while (await Room.objects.aget(pk=room)).attended_at == after:
            pass


@pytest.mark.check(33)
async def test_who_is_put_out_while_she_waits_gets_nothing_of_what_comes_after(open_evening: Evening) -> None:
    berit = await open_evening.comes("berit")
    async with asking(open_evening, "aino") as aino, asking(open_evening, "elias") as elias:
        waiting = [
            asyncio.create_task(one.http.get(one.events, params={"after": 0, "wait": 25}))
            for one in (aino, elias)
        ]
        await berit.pushed("presence", lambda one: len(one["present"]) == 3)
        seat = Membership.objects.filter(pk=open_evening.seats["aino"])
        await seat.aupdate(state=Membership.State.SUSPENDED)
        await signed_out(open_evening, "elias")
        await berit.post("not for their eyes")
        answers = await asyncio.gather(*waiting)
    assert [answer.status_code for answer in answers] == [404, 404]
    assert b"not for their eyes" not in b"".join(answer.content for answer in answers)


async def signed_out(evening: Evening, name: str) -> None:
    """Her session is gone, as after signing out."""
    await Session.objects.filter(user=getattr(evening.cast, name)).adelete()


async def test_going_over_from_a_socket_to_polling_and_back_loses_nothing(open_evening: Evening) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    for turn in range(3):
        await berit.post(f"socket {turn}")
    await aino.hears(body="socket 2")
    await aino.socket.close()
    seen = [event["seq"] for event in aino.log]
    async with asking(open_evening, "aino") as polling:
        for turn in range(3):
            await berit.post(f"poll {turn}")
            seen += [event["seq"] for event in (await polling.ask(after=seen[-1], wait=5))["events"]]
    await berit.post("between")
    back = await open_evening.comes("aino", resumed=False)
    await back.resume(after=seen[-1])
    await berit.post("after")
    await back.hears(body="after")
    assert seen + [event["seq"] for event in back.log] == list(range(1, 9))


async def test_a_verb_that_fails_is_our_fault_and_says_no_more(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ValueError("canary of an error")

    monkeypatch.setattr("peersupport.chat.moderation.close", broken)
    async with asking(open_evening, "maija") as maija:
        answer = await maija.send(cmd="close")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "canary" not in caplog.text + answer.text


async def test_a_poller_has_a_limit_too(open_evening: Evening) -> None:
    async with asking(open_evening, "aino") as aino:
        answers = await asyncio.gather(*(aino.send(id=str(uuid4()), body="x") for _turn in range(40)))
    codes = [answer.status_code for answer in answers]
    assert set(codes) == {200, 429}
    assert answers[codes.index(429)].json()["error"]["retry_after"] > 0


def test_without_a_hub_a_poll_is_answered_at_once(open_evening_room: Evening) -> None:
    """A command or a test without a running hub: the poll answers at once, with nobody present."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = open_evening_room.cookies["aino"].split("=")[1]
    answer = client.get(f"/api/v1/rooms/{open_evening_room.room.pk}/events/", {"wait": 25}, secure=True)
    assert answer.json()["present"] == []
    assert not Presence.objects.exists()


async def test_a_connection_of_hers_takes_the_place_of_what_her_page_noted(open_evening: Evening) -> None:
    berit = await open_evening.comes("berit")
    aino = await sync_to_async(seat)(open_evening, "aino")
    await sync_to_async(unconnected.note_page)(aino, open_evening.room, now=timezone.now())
    willow = open_evening.public_id("aino")
    await berit.pushed("presence", lambda one: willow in str(one))
    connected = await open_evening.comes("aino")
    await connected.socket.close()
    await berit.until(lambda: willow not in str(of_kind(berit, "presence")[-1]))
    assert not await Presence.objects.filter(member=aino).aexists()


def of_kind(talker: Talker, push: str) -> list[dict[str, Any]]:
    """Every push of a kind that she got, in order."""
    return [frame for frame in talker.frames if frame.get("push") == push]


async def test_a_hand_raised_without_a_socket_is_seen_by_all_and_stays_up_while_she_asks(
    open_evening: Evening,
) -> None:
    berit = await open_evening.comes("berit")

    def hand() -> bool | None:
        present = of_kind(berit, "presence")[-1]["present"]
        return next((one["hand"] for one in present if one["id"] == open_evening.public_id("aino")), None)

    async with asking(open_evening, "aino") as aino:
        await aino.ask()
        assert (await aino.send(cmd="hand", up=True)).json()["ok"]
        await berit.until(lambda: hand() is True)
        # As if her last question were almost forgotten; the next one keeps it up, through whichever process.
        noted = Presence.objects.filter(process=unconnected.UNCONNECTED)
        await noted.aupdate(seen_at=timezone.now())
        (mine,) = [one for one in (await aino.ask())["present"] if one["name"] == "Willow"]
        assert mine["hand"]
        assert (await noted.aget()).seen_at > timezone.now() + timedelta(seconds=15)
        assert (await aino.send(cmd="hand", up=False)).json()["ok"]
        await berit.until(lambda: hand() is False)
        assert (await aino.send(cmd="hand", up=True)).json()["ok"]
    # A socket of hers holds it up itself.
    connected = await open_evening.comes("aino")
    assert not await noted.aexists()
    await connected.socket.close()
