"""The rooms beside a group's: a line, a side room, the facilitators' own. Who gets in, and until when."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from peersupport.accounts.models import StaffRole
from peersupport.accounts.staffing import take_role
from peersupport.chat import acting, posting, tending
from peersupport.chat.forgetting import forget_words_of
from peersupport.chat.models import Event, Room
from peersupport.chat.protocol import limiting
from peersupport.chat.protocol.commands import Command
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.membership import leave
from peersupport.groups.models import Membership
from tests.chat.conftest import Evening
from tests.chat.houses import House, house, seat
from tests.chat.saying import at_the_door
from tests.conftest import SecureClient
from tests.registries.visitors import put_out

__all__ = ["house"]

pytestmark = pytest.mark.django_db(transaction=True)

# Whom the rooms of the house below let in. Strangers (see conftest.py) get into none.
LET_IN = {
    "group": {"aino", "berit", "maija", "oskar"},
    "line": {"aino", "maija", "oskar"},
    "side": {"aino", "maija", "oskar"},
    "team": {"maija", "oskar"},
}
OF_THE_GROUP = ("aino", "berit", "maija", "oskar")


def browser_of(evening: Evening, name: str) -> Client:
    """Her browser, signed in, staff with a second factor."""
    client = SecureClient()
    client.cookies[settings.SESSION_COOKIE_NAME] = evening.cookies[name].partition("=")[2]
    return client


@pytest.mark.check(30, 31)
def test_each_room_opens_to_those_it_is_for_and_is_missing_to_everybody_else(
    settled_evening: Evening, house: House, strangers: tuple[str, ...]
) -> None:
    wrong = []
    for name in (*OF_THE_GROUP, *strangers):
        client = browser_of(settled_evening, name)
        missing = asked(client, uuid4())
        for kind, room in house.items():
            answers = asked(client, room)
            if name in LET_IN[kind]:
                wrong += [f"{name} is kept from {kind}" for one in answers if one[0] != 200]
            elif name == "farah":
                # Her page says why she is let in nowhere; it is the page of the group, whatever the room.
                assert answers == [(302, reverse("groups:mine"), b""), *missing[1:]]
            elif answers != missing:
                wrong.append(f"{name} notices {kind}")
        # Who has not signed in is led to where one does, from whatever page.
        page = 302 if name == "applicant" else 404
        assert [one[0] for one in missing] == [page, 404, 404]
    assert wrong == []


Seen = tuple[int, str, bytes]


def asked(client: Client, room: UUID) -> list[Seen]:
    """The page, the long poll and a command over HTTPS; the address itself is taken out of the answers."""
    sent = [
        client.get(f"/room/{room}/"),
        client.get(f"/api/v1/rooms/{room}/events/"),
        client.post(f"/api/v1/rooms/{room}/messages/", {"cmd": "read", "seq": 0}, "application/json"),
    ]
    return [
        (
            one.status_code,
            one.headers.get("Location", "").replace(str(room), ""),
            bytes(one.content).replace(str(room).encode(), b""),
        )
        for one in sent
    ]


@pytest.mark.check(30, 31)
async def test_sockets_open_to_those_a_room_is_for_and_to_nobody_else(
    house: House, evening: Evening, strangers: tuple[str, ...]
) -> None:
    for kind, room in house.items():
        for name in (*OF_THE_GROUP, *strangers):
            if name in LET_IN[kind]:
                hello = (await evening.comes(name, room=room)).hello
                assert hello["room"]["kind"] == kind
            else:
                with pytest.raises(Exception, match="403"):
                    await evening.comes(name, room=room)


async def test_the_groups_room_names_the_others_that_somebody_may_enter(
    house: House, evening: Evening
) -> None:
    def found(person: Any) -> dict[str, str]:
        return {one["id"]: one["kind"] for one in person.hello["rooms"]}

    aino, maija = await evening.comes("aino"), await evening.comes("maija")
    assert found(aino) == {str(house[kind]): kind for kind in ("line", "side")}
    assert found(maija).items() >= {str(house[kind]): kind for kind in ("line", "side", "team")}.items()
    of = {one["id"]: one.get("member", {}).get("name") for one in maija.hello["rooms"]}
    assert of[str(house["line"])] == aino.hello["you"]["name"]
    assert list(found(maija).values()).count("line") == 6, "one for each parent, also who never came"


async def test_a_room_that_was_never_made_is_made_when_somebody_comes(evening: Evening) -> None:
    aino = await evening.comes("aino")
    (line,) = aino.hello["rooms"]
    assert line["kind"] == "line"
    assert (await (await evening.comes("aino", room=UUID(line["id"]))).post("anybody?"))["ok"]


@pytest.fixture
def line_of_farah(settled_evening: Evening, house: House) -> UUID:
    """Her private line; her place is suspended since."""
    settled_evening.knows("farah")
    line = Room.objects.get(kind=Room.Kind.LINE, member=settled_evening.seats["farah"])
    put_out(settled_evening.cast)
    settled_evening.knows("farah")
    return line.pk


@pytest.mark.check(30)
async def test_who_is_suspended_comes_not_even_to_her_own_line(line_of_farah: UUID, evening: Evening) -> None:
    assert (await evening.comes("maija", room=line_of_farah)).hello["ok"]
    with pytest.raises(Exception, match="403"):
        await evening.comes("farah", room=line_of_farah)


@pytest.mark.check(30)
async def test_nobody_writes_past_the_door_of_a_room(house: House, evening: Evening) -> None:
    berit = await at_the_door(evening, "berit")
    command = {"id": str(uuid4()), "body": "let me in"}
    for kind in ("line", "side", "team"):
        with pytest.raises(Refused, match="not_allowed"):
            await posting.post(Command("post", "", command), by=replace(berit, room_id=house[kind]))
    with pytest.raises(Refused, match="closed"):
        await posting.post(Command("post", "", command), by=berit)


@pytest.mark.check(30)
async def test_what_makes_no_sense_in_a_room_is_not_allowed_there(
    house: House, evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiting, "FRAMES", (1e9, 1e9))
    given = {"target": str(uuid4()), "reason": "so", "member": evening.public_id("berit"), "mode": "live"}
    alone = {"retract", "report", "answer"}
    meaningful = {"line": alone, "team": {"retract"}, "side": alone | {"close"}}
    for kind, possible in meaningful.items():
        maija = await evening.comes("maija", room=house[kind])
        for name in sorted(set(acting.NAMES) - possible):
            reply = await maija.send(name, **given)
            assert (kind, name, reply["error"]["code"]) == (kind, name, "not_allowed")
    states = Room.objects.filter(pk__in=house.values()).exclude(kind="group")
    assert [state async for state in states.values_list("state", flat=True)] == ["open"] * 3


@pytest.mark.check(33)
async def test_who_loses_her_role_or_her_membership_is_out_of_these_rooms_within_five_seconds(
    house: House, evening: Evening
) -> None:
    gone = [await evening.comes("maija", room=house[kind]) for kind in ("line", "side", "team")]
    hers = [await evening.comes("aino", room=house[kind]) for kind in ("line", "side")]
    demoted = await evening.comes("oskar", room=house["team"])

    def end() -> None:
        take_role(of=evening.cast.maija, role=StaffRole.Role.FACILITATOR, by=evening.cast.salla)
        leave(membership=seat(evening, "aino"), by=evening.cast.salla, now=timezone.now())
        Membership.objects.filter(pk=evening.seats["oskar"]).update(role="parent")

    await sync_to_async(end)()
    async with asyncio.timeout(5):
        assert [await one.closed() for one in gone] == [4401] * 3
        assert [await one.closed() for one in hers] == [4403] * 2
        assert await demoted.closed() == 4403
    for name, kind in (("maija", "line"), ("aino", "line"), ("oskar", "team")):
        with pytest.raises(Exception, match="403"):
            await evening.comes(name, room=house[kind])


async def test_her_erasure_takes_her_line_and_her_side_room_with_it(house: House, evening: Evening) -> None:
    oskar = await evening.comes("oskar", room=house["line"])
    assert (await oskar.post("how are you today?"))["ok"]

    def erase() -> None:
        with transaction.atomic():
            forget_words_of(user=evening.cast.aino, by=evening.cast.salla, now=timezone.now())

    await sync_to_async(erase)()
    assert await oskar.closed() == 4403
    left = Room.objects.filter(pk__in=house.values()).values_list("kind", flat=True)
    assert {kind async for kind in left} == {"group", "team"}
    assert not await Event.objects.filter(room=house["line"]).aexists()


def test_all_rooms_of_a_group_are_erased_with_it(settled_evening: Evening, house: House) -> None:
    tending.erase_group(settled_evening.cast.alder)
    assert not Room.objects.filter(pk__in=house.values()).exists()
    assert not Event.objects.filter(room__in=house.values()).exists()
