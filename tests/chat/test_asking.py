"""A writer is asked before she sends something that could tell who she is; what she decides is done."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from peersupport.accounts.models import ShortMemory
from peersupport.audit.models import Entry
from peersupport.chat import asking, private_words
from peersupport.chat.forgetting import forget_words_of
from peersupport.chat.models import PrivateWords, Room, Signal
from peersupport.groups.models import Membership, SupportGroup
from tests.cast import Cast
from tests.chat.conftest import Evening
from tests.chat.test_nudges import ACCOUNT
from tests.registries.visitors import browser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def asked_nobody() -> None:
    """An evening on which nobody was asked yet."""
    asking._asked.clear()


def keep(evening: Evening, name: str, *words: str) -> None:
    """Somebody of the cast has kept these words."""
    member = Membership.objects.get(pk=evening.seats[name])
    private_words.keep(member=member, words=list(words), by=member)


def kinds(reply: dict[str, Any]) -> list[str]:
    """What a refused message was asked about."""
    assert reply["error"]["code"] == "confirm", reply
    return [finding["kind"] for finding in reply["error"]["findings"]]


@pytest.mark.check(59)
async def test_her_own_words_are_asked_about_and_nobody_elses(open_evening: Evening) -> None:
    await sync_to_async(keep)(open_evening, "aino", "Kaisla")
    aino, berit, maija = [await open_evening.comes(name) for name in ("aino", "berit", "maija")]
    assert (await berit.post("Kaisla grows by the lake"))["ok"]

    reply = await aino.post("Kaislan koulu soitti")
    assert kinds(reply) == ["private"]
    assert "aisla" not in str(reply)
    assert (await aino.post("Kaislan koulu soitti", confirmed=True))["state"] == "published"
    for other in (berit, maija):
        await other.hears(body="Kaislan koulu soitti")
        assert "private" not in str(other.frames)


async def test_what_was_found_in_waits_in_the_mode_that_says_so(open_evening: Evening) -> None:
    await Room.objects.filter(pk=open_evening.room.pk).aupdate(mode=Room.Mode.HOLD_FLAGGED)
    aino = await open_evening.comes("aino")
    assert kinds(await aino.post("we live at 14 Orchard Lane")) == ["street"]
    assert (await aino.post("we live at 14 Orchard Lane", confirmed=True))["state"] == "held"
    assert (await aino.post("we live by the sea"))["state"] == "published"


@pytest.mark.check(59)
async def test_an_account_is_asked_about_once_an_evening_where_cases_are_open(open_evening: Evening) -> None:
    alder = SupportGroup.objects.filter(pk=open_evening.cast.alder.pk)
    await alder.aupdate(cases_open=False)
    berit = await open_evening.comes("berit")
    assert (await berit.post(ACCOUNT["en"]))["ok"], "no case is open"

    await alder.aupdate(cases_open=True)
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    assert kinds(await aino.post(ACCOUNT["en"])) == ["evidence"]
    assert (await aino.post(ACCOUNT["fi"]))["ok"], "she was asked already"
    assert kinds(await aino.post(ACCOUNT["fi"] + " x@example.org")) == ["email"]
    assert (await maija.post(ACCOUNT["en"]))["ok"], "facilitators are not asked about it"


async def test_an_account_is_asked_about_once_whichever_process_she_writes_through(
    open_evening: Evening,
) -> None:
    await SupportGroup.objects.filter(pk=open_evening.cast.alder.pk).aupdate(cases_open=True)
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    assert (await aino.post("an ordinary evening"))["ok"]
    assert not await ShortMemory.objects.aexists(), "no other message costs a statement"
    assert kinds(await aino.post(ACCOUNT["en"])) == ["evidence"]
    # Another process, or this one after a restart, remembers nothing by itself.
    asking._asked.clear()
    assert (await aino.post(ACCOUNT["fi"]))["ok"], "she was asked already"
    assert kinds(await berit.post(ACCOUNT["en"])) == ["evidence"]


async def test_of_two_processes_at_once_one_asks(open_evening: Evening) -> None:
    her = open_evening.seats["aino"]
    assert not await sync_to_async(asking.was_asked)(her)
    before = await asyncio.gather(asking.asked_before(her), asking.asked_before(her))
    assert sorted(before) == [False, True]
    asking._asked.clear()
    assert await sync_to_async(asking.was_asked)(her)


@pytest.mark.check(59)
async def test_a_sign_of_distress_reaches_the_facilitators_and_changes_nothing_for_its_writer(
    open_evening: Evening,
) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    reply = await aino.post("I can't sleep and I want to die")
    assert {key for key in reply if key != "re"} == {"ok", "seq", "state"}
    alert = await maija.pushed("alert", lambda frame: frame["signals"])
    assert (alert["signals"][0]["kind"], alert["signals"][0]["level"]) == ("own_life", "urgent")
    assert "die" not in str(alert)
    assert (await aino.post("I do not want to die"))["ok"]
    assert await Signal.objects.acount() == 1


# The page


def page_of(evening: Evening, name: str) -> tuple[Client, str]:
    """Her browser, and the page of her words."""
    return browser(getattr(evening.cast, name)), f"/my/{evening.cast.alder.slug}/words/"


def test_she_keeps_changes_and_takes_back_her_words(settled_evening: Evening) -> None:
    aino, path = page_of(settled_evening, "aino")
    assert aino.post(path, {"words": "Kaisla\r\n\r\n  Villa  Rosa \nKaisla"}).status_code == 302
    page = aino.get(path).content.decode()
    assert "Kaisla\nVilla  Rosa</textarea>" in page
    row = Membership.objects.get(pk=settled_evening.seats["aino"])
    stored = private_words.sealed(row)
    assert stored
    assert b"Kaisla" not in stored
    entry = Entry.objects.get(what="private_words.kept")
    assert (entry.facts["words"], "Kaisla" in str(entry.facts)) == (2, False)

    assert aino.post(path, {"words": ""}).status_code == 302
    assert not PrivateWords.objects.exists()


@pytest.mark.parametrize("words", ["\n".join(map(str, range(21))), "x" * 61, "Kaisla\n!?"])
def test_what_cannot_be_kept_comes_back_with_the_reason(words: str, settled_evening: Evening) -> None:
    aino, path = page_of(settled_evening, "aino")
    answer = aino.post(path, {"words": words})
    assert answer.status_code == 400
    assert words.splitlines()[0] in answer.content.decode()
    assert not PrivateWords.objects.exists()


def test_nobody_reads_the_words_of_another(settled_evening: Evening) -> None:
    keep(settled_evening, "aino", "Kaisla")
    for name in ("berit", "toivo"):
        other, path = page_of(settled_evening, name)
        assert b"Kaisla" not in other.get(path).content


@pytest.mark.check(52)
def test_her_words_go_with_her(settled_evening: Evening, people: Cast) -> None:
    keep(settled_evening, "aino", "Kaisla")
    from django.utils import timezone

    forget_words_of(user=people.aino, by=None, now=timezone.now())
    assert not PrivateWords.objects.exists()
