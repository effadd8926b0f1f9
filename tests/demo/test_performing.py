"""The scripted members play: over real sockets, as anybody else would."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import Settings

from peersupport.chat.models import HeldMessage, Room
from peersupport.demo import arrivals, performing, player, script, staging
from peersupport.demo.cast import PEOPLE
from peersupport.demo.people import account_of
from peersupport.groups.models import SupportGroup
from tests.chat.talking import ORIGIN, Talker, cookie_of, serving, talker

pytestmark = pytest.mark.django_db(transaction=True)


def _cookie(key: str) -> str:
    user = account_of(PEOPLE[key])
    assert user is not None
    return cookie_of(user)


@pytest.fixture
def staged(transactional_db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Room:
    """The demonstration set up, its players quick, the room closed as after a rest."""
    settings.DEMO, settings.DEMO_ORIGINS = True, [ORIGIN]
    monkeypatch.setattr(performing, "TICK", 0.05)
    monkeypatch.setattr(performing, "LEFT_WAITING", 0.0)
    monkeypatch.setattr(player, "PAUSE", 0.05)
    monkeypatch.setattr(player, "WRITES_FOR", (0.0, 0.0))
    staging.set_up(now=timezone.now())
    Room.objects.filter(group__name="Alder").update(state=Room.State.CLOSED)
    return Room.objects.get(group__name="Alder")


@pytest.fixture
def cookies(staged: Room) -> dict[str, str]:
    """Two visitors: a parent, who has come in by the page before the room, and a facilitator."""
    group = SupportGroup.objects.get(rooms=staged)
    arrivals.come(group, [member.user for member in group.memberships.all()], now=timezone.now())
    return {key: _cookie(key) for key in ("aino", "maija")}


@pytest.fixture
async def port(staged: Room, settings: Settings) -> AsyncIterator[int]:
    """The site served, with the cast playing."""
    async with serving() as port:
        settings.PORT = port
        async with performing.performing():
            yield port


def _played(frame: dict[str, object], role: str) -> list[str]:
    present = frame["present"]
    assert isinstance(present, list)
    return [one["name"] for one in present if one["role"] == role and one["name"].endswith(script.LABEL)]


async def test_a_visitor_finds_the_room_open_with_two_facilitators_and_parents_who_say_what_they_are(
    staged: Room, port: int, cookies: dict[str, str]
) -> None:
    async with talker(port, staged.pk, cookies["aino"]) as aino:
        await aino.pushed("presence", lambda one: len(_played(one, "facilitator")) == 2)
        await aino.pushed("presence", lambda one: len(_played(one, "parent")) == 3)
        await _opened_anew(aino)
        assert (await aino.post("Good evening."))["state"] == "published"


async def test_a_visitor_who_writes_is_answered_briefly_and_never_about_what_she_wrote(
    staged: Room, port: int, cookies: dict[str, str]
) -> None:
    async with talker(port, staged.pk, cookies["aino"]) as aino:
        await aino.pushed("presence", lambda one: len(_played(one, "parent")) == 3)
        await _opened_anew(aino)
        await aino.post("Nobody slept again.")
        mine = await aino.hears(body="Nobody slept again.")
        answer = await aino.hears(reply_to=mine["id"])
        assert answer["by"]["name"].endswith(script.LABEL)
        assert answer["body"] in {words.format(name="Willow") for _who, words in script.WELCOMES}


async def test_a_visitors_message_is_released_and_what_waited_before_is_left_for_a_visitor_to_decide(
    staged: Room, port: int, cookies: dict[str, str]
) -> None:
    async with talker(port, staged.pk, cookies["aino"]) as aino:
        await aino.pushed("presence", lambda one: len(_played(one, "facilitator")) == 2)
        await _opened_anew(aino)
        await Room.objects.filter(pk=staged.pk).aupdate(mode=Room.Mode.HOLD_ALL)
        assert (await aino.post("May I ask something?"))["state"] == "held"
        await aino.hears(body="May I ask something?")
    # A played parent may just be saying her next line, which then waits for a moment, too.
    left = [held.member.pseudonym async for held in _waiting(staged)]
    assert [name for name in left if not name.endswith(script.LABEL)] == ["Maple"]


def _waiting(room: Room) -> QuerySet[HeldMessage]:
    return HeldMessage.objects.filter(room=room, decision="waiting").select_related("member")


async def _opened_anew(visitor: Talker) -> None:
    """Waits until the room was opened after it had been closed for the test."""
    before = visitor.hello["room"]["state"] == "open"
    head = 0 if before else visitor.hello["head"]
    await visitor.until(lambda: any(one["kind"] == "opened" and one["seq"] > head for one in visitor.log))
