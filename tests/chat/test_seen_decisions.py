"""What was decided about a message is new to its writer until she has seen it, then folded, not gone."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from peersupport.chat import moderation
from peersupport.chat.models import HeldMessage
from peersupport.chat.moderating import reports
from tests.chat.conftest import Evening
from tests.chat.reader import Reader
from tests.chat.test_without_sockets import asking, behind_a_proxy

__all__ = ["behind_a_proxy"]

pytestmark = pytest.mark.django_db
SENDS = pytest.mark.django_db(transaction=True)


def declined(evening: Evening, body: str = "Something for later.") -> UUID:
    """A message of Aino's that a facilitator did not pass on."""
    aino, maija = (
        evening.cast.seat(evening.cast.aino),
        evening.cast.seat(evening.cast.maija, evening.cast.alder),
    )
    held = HeldMessage.objects.create(
        room=evening.room, message_id=uuid4(), member=aino, body=body, body_hash=b"", why="hold_all"
    )
    moderation.decline(held, by=maija, template="names")
    return held.message_id


async def told(evening: Evening, name: str = "aino") -> list[dict[str, Any]]:
    """What somebody who comes now is told was decided."""
    person = await evening.comes(name)
    await person.pushed("held")
    await person.send("ping")
    await person.pushed("course")
    return [frame for frame in person.frames if frame.get("push") == "outcome"]


async def moved(**ago: timedelta) -> None:
    """As if it had been decided or seen so long ago."""
    await HeldMessage.objects.aupdate(**{name: timezone.now() - span for name, span in ago.items()})


@SENDS
@pytest.mark.check(56)
async def test_it_is_told_as_new_until_she_says_that_she_has_seen_it_and_as_seen_for_a_week(
    open_evening: Evening,
) -> None:
    message = await sync_to_async(declined)(open_evening)
    # Nobody was there for days: it is new all the same.
    await moved(decided_at=timedelta(days=5))
    for _coming in range(2):
        (outcome,) = await told(open_evening)
        assert (outcome["target"], outcome["seen"]) == (str(message), False)
        assert outcome["at"]
    aino = await open_evening.comes("aino")
    assert (await aino.send("read", seq=0, told=[str(message)]))["ok"]
    (outcome,) = await told(open_evening)
    assert outcome["seen"] is True
    await moved(told_at=timedelta(days=8))
    assert await told(open_evening) == []


@SENDS
async def test_nobody_else_can_say_it_for_her_and_what_is_no_list_of_messages_is_refused(
    open_evening: Evening,
) -> None:
    message = await sync_to_async(declined)(open_evening)
    for name in ("berit", "maija"):
        other = await open_evening.comes(name)
        assert (await other.send("read", seq=0, told=[str(message)]))["ok"]
    aino = await open_evening.comes("aino")
    for wrong in ("x", [1], ["x"], [str(uuid4())] * 51, {"a": 1}):
        refused = await aino.send("read", seq=0, told=wrong)
        assert refused["error"]["code"] == "invalid", wrong
    (outcome,) = await told(open_evening)
    assert outcome["seen"] is False


@SENDS
async def test_without_a_socket_it_is_the_same(open_evening: Evening) -> None:
    message = await sync_to_async(declined)(open_evening)

    async def seen() -> list[bool]:
        pushes = (await aino.ask())["pushes"]
        return [one["seen"] for one in pushes if one["push"] == "outcome"]

    async with asking(open_evening, "aino") as aino:
        assert await seen() == [False]
        assert (await aino.send(cmd="read", seq=0, told=[str(message)])).json()["ok"]
        assert await seen() == [True]


def test_without_a_script_a_page_that_showed_it_folds_it_the_next_time(evening_in_pages: Evening) -> None:
    message = declined(evening_in_pages)
    aino = Reader(evening_in_pages, evening_in_pages.cast.aino)

    def folded(page: str) -> bool:
        fold = page.split('data-part="settled"')[1].split("</details>\n      <section")[0]
        assert page.split("<template")[0].count(f'id="letter-{message}"') == 1
        return f'id="letter-{message}"' in fold

    # A page that a script may take over says nothing of what she has seen.
    for _opening in range(2):
        assert not folded(aino.reads())
    assert not folded(unescape(aino.presses("refresh").content.decode()))
    page = unescape(aino.presses("refresh").content.decode())
    assert folded(page)
    assert "1 message of yours was not passed on" in page


def test_an_answer_to_her_appeal_brings_it_out_again(evening_in_pages: Evening) -> None:
    evening = evening_in_pages
    message = declined(evening)
    aino = Reader(evening, evening.cast.aino)
    reports.appeal(evening.room, message, by=evening.cast.seat(evening.cast.aino), reason="It is theirs.")
    aino.presses("refresh")
    assert '<details class="fold room-settled" data-part="settled">' in aino.reads()
    report = evening.room.reports.get()
    reports.answer(report, by=evening.cast.oskar, template="", words="We have talked about it.")
    page = aino.reads()
    assert '<details class="fold room-settled" data-part="settled" hidden>' in page
    assert "We have talked about it." in page
    for _press in range(2):
        aino.presses("refresh")
    assert '<details class="fold room-settled" data-part="settled">' in aino.reads()
