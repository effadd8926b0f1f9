"""What is decided about somebody's words is said kindly to her, by one person, and may be looked at again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat.models import HeldMessage, Mute, ReadFirst, Report, Signal
from peersupport.chat.moderating import kind_words
from tests.chat.conftest import Evening
from tests.chat.talking import Talker
from tests.chat.test_signals import URGENT, WATCH, says

pytestmark = pytest.mark.django_db(transaction=True)


async def held(evening: Evening, name: str, facilitator: Talker, body: str = "words that wait") -> str:
    """A message that waits for a facilitator; gives its id."""
    assert (await facilitator.send("mode", mode="hold_all"))["ok"]
    message, person = uuid4(), await evening.comes(name)
    assert (await person.post(body, message=message))["state"] == "held"
    return str(message)


@pytest.mark.check(56)
async def test_a_template_tells_the_writer_kindly_why_and_the_audit_only_which(open_evening: Evening) -> None:
    maija = await open_evening.comes("maija")
    message = await held(open_evening, "aino", maija)
    assert (await maija.send("decline", target=message, template="names"))["ok"]
    aino = await open_evening.comes("aino")
    word = await aino.pushed("outcome")
    assert word["template"] == "names"
    assert word["reason"] == kind_words.sentence("decline", "names")
    entry = await Entry.objects.aget(what="message.declined")
    assert entry.facts == {"why": "names"}


async def test_a_reason_is_a_known_template_or_words_and_never_nothing(open_evening: Evening) -> None:
    maija = await open_evening.comes("maija")
    message = await held(open_evening, "aino", maija)
    unknown = await maija.send("decline", target=message, template="because")
    assert (unknown["error"]["code"], unknown["error"]["field"]) == ("invalid", "template")
    assert (await maija.send("decline", target=message))["error"]["code"] == "empty"
    member = open_evening.public_id("aino")
    for command in ("mute", "eject"):
        assert (await maija.send(command, member=member))["error"]["code"] == "empty"
    assert (await maija.send("decline", target=message, template="names", reason="Please, no school."))["ok"]
    word = await (await open_evening.comes("aino")).pushed("outcome")
    assert (word["reason"], "template" in word) == ("Please, no school.", False)


async def test_a_template_of_a_removal_is_read_by_everybody_also_later(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    message = uuid4()
    await aino.post("too much", message=message)
    assert (await maija.send("remove", target=str(message), template="details"))["ok"]
    late = await open_evening.comes("berit")
    heard = await late.hears(kind="removed")
    assert heard["template"] == "details"
    assert heard["reason"] == kind_words.sentence("remove", "details")


@pytest.mark.check(56)
async def test_of_two_who_decide_at_once_the_other_is_told_by_whom(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    maija, oskar = await open_evening.comes("maija"), await open_evening.comes("oskar")
    waiting = await held(open_evening, "berit", maija)
    assert (await maija.send("mode", mode="live"))["ok"]
    published = uuid4()
    await aino.post("shown to all", message=published)
    member = open_evening.public_id("elias")
    assert (await maija.send("eject", member=member, template="danger"))["ok"]
    await says(open_evening, "aino", URGENT)
    signal = await Signal.objects.aget()
    pairs = (
        ("decline", {"target": waiting, "template": "hurts"}),
        ("remove", {"target": str(published), "template": "names"}),
        ("undo_eject", {"member": member}),
        ("mute", {"member": open_evening.public_id("aino"), "template": "pause"}),
        ("answer", {"target": str(signal.pk)}),
        ("eject", {"member": open_evening.public_id("berit"), "template": "danger"}),
    )
    for command, given in pairs:
        replies = await asyncio.gather(maija.send(command, **given), oskar.send(command, **given))
        assert sorted(reply["ok"] for reply in replies) == [False, True], command
        (lost,) = [reply["error"] for reply in replies if not reply["ok"]]
        winner = "Maija" if replies[0]["ok"] else "Oskar"
        assert (lost["code"], lost["decided_by"]) == ("conflict", winner), command
        assert winner in lost["message"]
    assert await Mute.objects.acount() == 1
    assert await Entry.objects.filter(what="signal.answered").acount() == 1


async def test_who_muted_somebody_says_anew_for_how_long_and_a_colleague_after_it_was_lifted(
    open_evening: Evening,
) -> None:
    maija, oskar = await open_evening.comes("maija"), await open_evening.comes("oskar")
    aino = await open_evening.comes("aino")
    member = {"member": open_evening.public_id("aino"), "template": "pause"}
    for minutes in (10, 1):
        assert (await maija.send("mute", minutes=minutes, **member))["ok"]
    (bites,) = [mute async for mute in Mute.objects.all() if mute.bites(timezone.now())]
    assert bites.until < timezone.now() + timedelta(minutes=2)
    assert (await aino.post("not now"))["error"]["code"] == "muted"
    refused = (await oskar.send("mute", **member))["error"]
    assert (refused["decision"], refused["decided_by"]) == ("muted", "Maija")
    assert (await oskar.send("unmute", member=member["member"]))["ok"]
    assert (await oskar.send("mute", **member))["ok"]


async def test_her_appeal_reaches_the_facilitators_and_somebody_else_answers_it(
    open_evening: Evening,
) -> None:
    maija, oskar = await open_evening.comes("maija"), await open_evening.comes("oskar")
    message = await held(open_evening, "aino", maija)
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    assert (await aino.send("appeal", target=message))["error"]["code"] == "not_allowed", "still waiting"
    assert (await maija.send("decline", target=message, template="hurts"))["ok"]
    assert (await berit.send("appeal", target=message))["error"]["code"] == "not_allowed", "not hers"
    for _turn in range(2):
        assert (await aino.send("appeal", target=message, reason="I did not mean her."))["ok"]
    alert = await oskar.pushed("alert", lambda one: one["reports"])
    (asked,) = alert["reports"]
    assert (asked["kind"], asked["reason"]) == ("appeal", "I did not mean her.")
    own = await maija.send("answer", target=asked["id"], template="stands")
    assert own["error"]["code"] == "not_allowed"
    assert (await oskar.send("answer", target=asked["id"], template="again"))["ok"]
    word = await aino.pushed("outcome", lambda one: one["decision"] == "answered")
    assert (word["target"], word["template"]) == (message, "again")
    late = await maija.send("answer", target=asked["id"])
    assert (late["error"]["code"], late["error"]["decided_by"]) == ("conflict", "Oskar")
    assert await Report.objects.acount() == 1
    assert "I did not mean" not in str([entry.facts async for entry in Entry.objects.all()])
    assert not [one for one in berit.frames if one.get("push") in {"alert", "outcome"}]


async def test_a_removed_message_can_be_asked_about_too_and_a_retracted_one_not(
    open_evening: Evening,
) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    removed, retracted = str(uuid4()), str(uuid4())
    for message in (removed, retracted):
        assert (await aino.send("post", id=message, body="words"))["ok"]
    assert (await maija.send("remove", target=removed, template="names"))["ok"]
    assert (await aino.send("retract", target=retracted))["ok"]
    assert (await aino.send("appeal", target=removed))["ok"]
    assert (await aino.send("appeal", target=retracted))["error"]["code"] == "not_allowed"
    assert (await aino.send("appeal", target=str(uuid4())))["error"]["code"] == "not_allowed"


async def test_one_members_messages_wait_until_that_is_lifted_or_the_room_closes(
    open_evening: Evening,
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    maija = await open_evening.comes("maija")
    await open_evening.comes("oskar")
    member = open_evening.public_id("aino")
    for _time in range(2):
        assert (await maija.send("hold_member", member=member, on=True))["ok"]
    reply = await aino.post("is this read first?")
    assert (reply["state"], reply["reason"]) == ("held", "hold_member")
    assert (await berit.post("not mine"))["state"] == "published"
    alert = await maija.pushed("alert", lambda one: one["read_first"])
    assert [one["name"] for one in alert["read_first"]] == ["Willow"]
    assert (await maija.send("hold_member", member=member, on=False))["ok"]
    assert (await aino.post("now for all"))["state"] == "published"
    assert (await maija.send("hold_member", member=member, on=True))["ok"]
    assert (await maija.send("close"))["ok"]
    assert (await maija.send("open"))["ok"]
    assert (await aino.post("a new beginning"))["state"] == "published"
    assert await ReadFirst.objects.acount() == 2
    audited = [entry.facts["on"] async for entry in Entry.objects.filter(what="member.read_first")]
    assert sorted(audited) == [False, True, True]
    refused = await aino.send("hold_member", member=open_evening.public_id("berit"), on=True)
    assert refused["error"]["code"] == "not_allowed"


async def test_distress_comes_first_in_the_queue_then_the_longest_wait(open_evening: Evening) -> None:
    oskar, aino = await open_evening.comes("oskar"), await open_evening.comes("aino")
    assert (await oskar.send("mode", mode="hold_all"))["ok"]
    quiet, calm, urgent = uuid4(), uuid4(), uuid4()
    for message, signal in ((quiet, None), (calm, WATCH), (urgent, URGENT)):
        await says(open_evening, "aino", signal, message=message)

    def in_this_order(*wanted: UUID) -> Callable[[dict[str, Any]], bool]:
        return lambda one: [item["id"] for item in one["items"]] == [str(message) for message in wanted]

    frame = await oskar.pushed("held", in_this_order(urgent, calm, quiet))
    assert frame["items"][0]["level"] == "urgent"
    own = await aino.pushed("held", in_this_order(quiet, calm, urgent))
    assert not any("level" in item or "signal" in item for item in own["items"])


@pytest.mark.check(57)
async def test_a_muted_parent_sees_until_when_and_why_and_the_others_do_not(open_evening: Evening) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    maija = await open_evening.comes("maija")
    member = open_evening.public_id("aino")
    assert (await maija.send("mute", member=member, minutes=5, template="calm"))["ok"]
    told = await aino.pushed("muted", lambda one: one["members"])
    assert told["members"][0]["reason"] == kind_words.sentence("mute", "calm")
    assert told["members"][0]["template"] == "calm"
    # What she had sent off before she knew is refused like the rest.
    replies = await asyncio.gather(*(aino.post(f"queued {turn}") for turn in range(5)))
    assert {reply["error"]["code"] for reply in replies} == {"muted"}
    await berit.send("ping")
    assert not [one for one in berit.frames if one.get("push") == "muted" and one["members"]]
    assert not await HeldMessage.objects.aexists()
