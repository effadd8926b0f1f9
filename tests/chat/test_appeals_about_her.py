"""Who was quieted, or whose messages are read first, can ask that somebody else looks at it again."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from peersupport.audit.models import Entry
from peersupport.chat.models import Escalation, Mute, Report, Room
from peersupport.chat.moderating import kind_words, quieting, reports
from tests.chat.conftest import Evening
from tests.chat.houses import seat
from tests.chat.reader import Reader
from tests.chat.talking import Talker
from tests.registries.visitors import staff_browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(59)]
ASKED: dict[str, dict[str, Any]] = {
    "mute": {"minutes": 10, "template": "rules"},
    "hold_member": {"on": True},
}


async def decided(decision: str, evening: Evening, *, by: Talker) -> None:
    """Something is decided about Aino."""
    assert (await by.send(decision, member=evening.public_id("aino"), **ASKED[decision]))["ok"]


async def asked(facilitator: Talker) -> dict[str, Any]:
    """The appeal that she is told of."""
    (found,) = (await facilitator.pushed("alert", lambda one: one["reports"]))["reports"]
    return dict(found)


@pytest.mark.parametrize("decision", ["mute", "hold_member"])
async def test_somebody_else_lifts_what_was_decided_about_her_and_she_reads_that(
    decision: str, open_evening: Evening
) -> None:
    aino, maija, oskar = [await open_evening.comes(name) for name in ("aino", "maija", "oskar")]
    assert (await aino.send("appeal", decision=decision))["error"]["code"] == "not_allowed", "nothing yet"
    await decided(decision, open_evening, by=maija)
    for _turn in range(2):
        assert (await aino.send("appeal", decision=decision, reason="I had not finished."))["ok"]
    told = await asked(oskar)
    assert (told["kind"], told["about"], told["reason"]) == ("appeal", decision, "I had not finished.")
    own = await maija.send("answer", target=told["id"], template="lifted")
    assert own["error"]["code"] == "not_allowed"
    unfit = await oskar.send("answer", target=told["id"], template="again")
    assert unfit["error"]["code"] == "invalid"
    before = await aino.post("Is this for all?")
    assert before.get("state") != "published"

    assert (await oskar.send("answer", target=told["id"], template="lifted"))["ok"]
    word = await aino.pushed("outcome")
    assert (word["target"], word["about"]) == (told["id"], decision)
    assert word["reason"] == kind_words.sentence("answer", "lifted")
    assert (await aino.post("This is for all."))["state"] == "published"
    acts = {entry.what async for entry in Entry.objects.filter(actor=open_evening.cast.oskar.pk)}
    assert {"report.answered", "member.unmuted" if decision == "mute" else "member.read_first"} <= acts
    assert await Report.objects.acount() == 1


@pytest.mark.parametrize("decision", ["mute", "hold_member"])
async def test_what_stays_stays_and_she_reads_that_too(decision: str, open_evening: Evening) -> None:
    aino, maija, oskar = [await open_evening.comes(name) for name in ("aino", "maija", "oskar")]
    await decided(decision, open_evening, by=maija)
    assert (await aino.send("appeal", decision=decision))["ok"]
    assert (await oskar.send("answer", target=(await asked(oskar))["id"], template="stays"))["ok"]
    assert (await aino.pushed("outcome"))["template"] == "stays"
    assert (await aino.post("Not yet.")).get("state") != "published"


async def test_nobody_asks_about_what_was_decided_about_somebody_else(open_evening: Evening) -> None:
    aino, berit, maija = [await open_evening.comes(name) for name in ("aino", "berit", "maija")]
    for decision in ASKED:
        await decided(decision, open_evening, by=maija)
        assert (await berit.send("appeal", decision=decision))["error"]["code"] == "not_allowed"
    unknown = await aino.send("appeal", decision="eject")
    assert (unknown["error"]["code"], unknown["error"]["field"]) == ("invalid", "decision")


async def test_where_only_who_decided_is_here_the_coordinators_are_told_at_once(
    open_evening: Evening,
) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    await decided("mute", open_evening, by=maija)
    assert (await aino.send("appeal", decision="mute"))["ok"]
    report = await Report.objects.aget()
    assert (await Escalation.objects.aget(about=report.pk)).due_at <= report.reported_at

    await decided("hold_member", open_evening, by=maija)
    await open_evening.comes("oskar")
    assert (await aino.send("appeal", decision="hold_member"))["ok"]
    second = await Report.objects.aget(decision="hold_member")
    assert (await Escalation.objects.aget(about=second.pk)).due_at > second.reported_at


async def test_a_coordinator_can_lift_it_too(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    await decided("mute", open_evening, by=maija)
    assert (await aino.send("appeal", decision="mute"))["ok"]

    def answers() -> None:
        reports.answer(Report.objects.get(), by=open_evening.cast.salla, template="lifted")

    await sync_to_async(answers)()
    await aino.pushed("outcome")
    assert (await aino.post("Thank you."))["ok"]


def test_without_a_script_she_asks_and_reads_what_came_of_it(
    aino: Reader, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    quieting.mute(
        seat(evening, "aino"), by=seat(evening, "maija"), minutes=10, room=evening.room, template="rules"
    )
    assert 'value="appeal:mute"' in aino.reads()
    form = aino.presses("appeal:mute", body="half a word").content.decode()
    assert "What should be thought of" in form
    assert "half a word</textarea>" in form
    assert "The text itself is not kept" not in form.split("<template")[0]
    done = aino.presses("send_appeal", appeal="mute", reason="It was not me.").content.decode()
    assert "Somebody else will look at it again" in done
    assert 'data-part="muted-way" hidden' in aino.reads()

    console = staff_browser(evening.cast.oskar).get(f"/today/room/{evening.room.pk}/").content.decode()
    section = console.split('id="reports-title"')[1].split("</section>")[0]
    for words in ("asks for a second look", "Only reading for a while.", "Lift it", "It stays"):
        assert words in section
    own = staff_browser(evening.cast.maija).get(f"/today/room/{evening.room.pk}/").content.decode()
    assert "You decided this. Somebody else looks at it." in own

    report = Report.objects.get()
    acts = {"act": "answer_lifted", "target": str(report.pk)}
    staff_browser(evening.cast.oskar).post(f"/today/room/{evening.room.pk}/act/", acts)
    assert Mute.objects.get().lifted_at is not None
    assert kind_words.sentence("answer", "lifted") in aino.reads()
    aino.presses(f"told:{report.pk}")
    assert kind_words.sentence("answer", "lifted") not in aino.reads()


def test_without_a_script_a_message_that_waits_says_how_to_ask_about_that(
    aino: Reader, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    Room.objects.filter(pk=evening.room.pk).update(mode="hold_all")
    aino.presses("post", body="held as everybody's")
    assert 'value="appeal:hold_member"' not in aino.reads()
    Room.objects.filter(pk=evening.room.pk).update(mode="live")
    quieting.read_first(seat(evening, "aino"), True, by=seat(evening, "maija"), room=evening.room)
    aino.id = str(uuid4())
    aino.presses("post", body="held because it is hers")
    assert aino.reads().count('value="appeal:hold_member"') == 1
    aino.presses("send_appeal", appeal="hold_member", reason="")
    assert Report.objects.get().decision == "hold_member"
    assert 'value="appeal:hold_member"' not in aino.reads()
