"""A member says that something is not right with somebody: who hears of it, and what she reads."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from peersupport.audit.models import Entry
from peersupport.chat.models import Escalation, Report
from peersupport.chat.moderating import kind_words, reports
from peersupport.groups.models import Membership
from tests.chat.conftest import Evening
from tests.chat.houses import House, house, seat
from tests.chat.reader import Reader
from tests.chat.test_without_sockets import asking, behind_a_proxy
from tests.registries.visitors import browser, staff_browser

__all__ = ["behind_a_proxy", "house"]

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "She asks me where I live."


def alerts(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everything that facilitators were told was reported."""
    return [report for one in frames if one.get("push") == "alert" for report in one["reports"]]


@pytest.mark.check(58, 59)
async def test_who_reports_a_parent_is_heard_by_the_facilitators_in_seconds_and_by_nobody_else(
    open_evening: Evening,
) -> None:
    aino, berit, elias = [await open_evening.comes(name) for name in ("aino", "berit", "elias")]
    maija = await open_evening.comes("maija")
    meant = open_evening.public_id("berit")
    assert (await aino.send("report", member=meant, reason=WORDS))["ok"]
    (told,) = (await maija.pushed("alert", lambda one: one["reports"]))["reports"]
    assert (told["kind"], told["reason"], told["by"]["name"]) == ("person", WORDS, "Willow")
    assert told["whom"] == {"id": meant, "name": "Rowan", "role": "parent"}
    report = await Report.objects.aget()
    waits = await Escalation.objects.aget(about=report.pk)
    assert waits.due_at > report.reported_at
    for other in (berit, elias):
        await other.send("ping")
        assert WORDS not in str(other.frames)
        assert not [one for one in other.frames if one.get("push") == "alert"]

    assert (await maija.send("answer", target=told["id"], template="seen"))["ok"]
    word = await aino.pushed("outcome")
    assert (word["target"], word["whom"]["name"]) == (told["id"], "Rowan")
    assert word["reason"] == kind_words.sentence("answer", "seen")
    await berit.send("ping")
    assert not [one for one in berit.frames if one.get("push") == "outcome"]
    audited = {entry.what: entry async for entry in Entry.objects.all()}
    assert {"report.person", "report.answered"} <= audited.keys()
    assert WORDS not in str([(entry.about, entry.facts) for entry in audited.values()])


@pytest.mark.check(58)
async def test_of_a_facilitator_the_coordinators_alone_hear_and_at_once(open_evening: Evening) -> None:
    aino, maija, oskar = [await open_evening.comes(name) for name in ("aino", "maija", "oskar")]
    assert (await aino.send("report", member=open_evening.public_id("maija"), reason=WORDS))["ok"]
    report = await Report.objects.aget()
    told = await Escalation.objects.aget(about=report.pk)
    assert told.due_at <= report.reported_at
    # A report of a parent comes after it: what facilitators are told from then on is without the first.
    assert (await aino.send("report", member=open_evening.public_id("berit")))["ok"]
    for facilitator in (maija, oskar):
        await facilitator.pushed("alert", lambda one: one["reports"])
        assert {one["whom"]["name"] for one in alerts(facilitator.frames)} == {"Rowan"}
        assert WORDS not in str(facilitator.frames)
        refused = await facilitator.send("answer", target=str(report.pk), template="seen")
        assert refused["error"]["code"] == "not_allowed"

    def answers() -> None:
        reports.answer(report, by=open_evening.cast.salla, template="seen")

    await sync_to_async(answers)()
    word = await aino.pushed("outcome", lambda one: one["target"] == str(report.pk))
    assert word["whom"]["name"] == "Maija"


def test_no_page_of_a_facilitator_says_that_one_of_them_is_reported_and_the_desk_does(
    open_evening_room: Evening,
) -> None:
    evening, cast = open_evening_room, open_evening_room.cast
    aino = seat(evening, "aino")
    reports.report_person(seat(evening, "maija"), by=aino, room=evening.room, reason=WORDS)
    for name in ("maija", "oskar"):
        client = staff_browser(getattr(cast, name))
        console = client.get(f"/today/room/{evening.room.pk}/").content.decode()
        assert "None is open." in console.split('id="reports-title"')[1].split("</section>")[0]
        assert WORDS not in console
        assert "not answered" not in client.get("/today/").content.decode()
    desk = staff_browser(cast.salla)
    report = Report.objects.get()
    for page in ("/desk/matters/", f"/desk/matters/words/{report.pk}/"):
        shown = desk.get(page).content.decode()
        assert "A report about Maija" in shown
        assert WORDS in shown
        assert "No facilitator sees it" in shown


def test_a_console_says_about_whom_a_report_is(open_evening_room: Evening) -> None:
    evening = open_evening_room
    reports.report_person(seat(evening, "berit"), by=seat(evening, "aino"), room=evening.room, reason=WORDS)
    page = staff_browser(evening.cast.oskar).get(f"/today/room/{evening.room.pk}/").content.decode()
    section = page.split('id="reports-title"')[1].split("</section>")[0]
    assert "about Rowan" in section
    assert WORDS in section
    assert "Seen to" in section


async def test_nobody_reports_herself_nor_anybody_who_is_not_here(
    toivo_is_there: None, open_evening: Evening
) -> None:
    aino = await open_evening.comes("aino")
    outsider = open_evening.public_id("toivo")
    for member in (open_evening.public_id("aino"), outsider, f"m_{uuid4().hex}"):
        refused = await aino.send("report", member=member)
        assert refused["error"]["code"] == "not_allowed", member
    assert (await aino.send("report", member="Rowan"))["error"]["code"] == "invalid"
    assert not await Report.objects.aexists()


async def test_said_twice_it_is_one_report_until_it_is_answered(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    meant = open_evening.public_id("berit")
    for _turn in range(2):
        assert (await aino.send("report", member=meant))["ok"]
    report = await Report.objects.aget()
    assert (await maija.send("answer", target=str(report.pk), template="seen"))["ok"]
    assert (await aino.send("report", member=meant))["ok"]
    assert await Report.objects.acount() == 2


async def test_without_a_socket_it_is_the_same(open_evening: Evening) -> None:
    maija = await open_evening.comes("maija")
    async with asking(open_evening, "aino") as aino:
        sent = await aino.send(cmd="report", member=open_evening.public_id("berit"), reason=WORDS)
        assert sent.json()["ok"]
        (told,) = (await maija.pushed("alert", lambda one: one["reports"]))["reports"]
        assert told["whom"]["name"] == "Rowan"
        refused = await aino.send(cmd="report", member=open_evening.public_id("aino"))
        assert refused.json()["error"]["code"] == "not_allowed"


@pytest.mark.parametrize("kind", ["line", "side"])
async def test_where_she_is_alone_with_them_she_tells_of_them_and_of_nobody_who_is_not_there(
    kind: str, house: House, evening: Evening
) -> None:
    aino, maija = [await evening.comes(name, room=house[kind]) for name in ("aino", "maija")]
    refused = await aino.send("report", member=evening.public_id("berit"))
    assert refused["error"]["code"] == "not_allowed"
    assert (await aino.send("report", member=evening.public_id("maija"), reason=WORDS))["ok"]
    await maija.send("ping")
    assert WORDS not in str(maija.frames)
    report = await Report.objects.aget()
    assert (await Escalation.objects.aget(about=report.pk)).due_at <= report.reported_at


def test_without_a_script_she_tells_from_the_list_and_reads_what_came_of_it_until_she_puts_it_away(
    aino: Reader, berit: Reader, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    meant, herself = evening.public_id("berit"), evening.public_id("aino")
    page = aino.reads()
    assert f'value="report:{meant}"' in page
    assert f'data-person="{herself}"' in page
    assert f'value="report:{herself}"' not in page
    asked = aino.presses(f"report:{meant}", body="A draft").content.decode()
    assert "Tell the facilitators about Rowan</p>" in asked
    assert "A draft</textarea>" in asked
    done = aino.presses("send_report", report=meant, reason=WORDS, body="A draft").content.decode()
    assert "Thank you. The facilitators have it." in done
    report = Report.objects.get()
    assert (report.kind, report.target, report.reason) == ("person", evening.seats["berit"], WORDS)

    reports.answer(report, by=evening.cast.maija, template="seen")
    sentence = kind_words.sentence("answer", "seen")
    assert f"You told us about Rowan. {sentence}" in aino.reads()
    assert sentence not in berit.reads()
    assert sentence not in berit.presses(f"told:{report.pk}").content.decode().split('id="room-config"')[0]
    assert sentence in aino.reads(), "nobody else puts it away"
    aino.presses(f"told:{report.pk}")
    assert sentence not in aino.reads()


def test_without_a_script_the_page_says_that_of_a_facilitator_the_coordinators_hear(
    aino: Reader, open_evening_room: Evening
) -> None:
    meant = open_evening_room.public_id("maija")
    asked = aino.presses(f"report:{meant}").content.decode()
    assert "What would you like the coordinators to know?" in asked
    assert "the facilitators do not." in asked
    done = aino.presses("send_report", report=meant, reason=WORDS).content.decode()
    assert "Thank you. The coordinators have it." in done


@pytest.mark.parametrize("whom", ["aino", "toivo"])
def test_without_a_script_about_nobody_else_is_asked_nor_told(
    whom: str, toivo_is_there: None, aino: Reader, open_evening_room: Evening
) -> None:
    meant = open_evening_room.public_id(whom)
    asked = aino.presses(f"report:{meant}").content.decode()
    assert 'name="reason"' not in asked.split("<template")[0]
    assert aino.presses("send_report", report=meant).status_code == 400
    assert not Report.objects.exists()


def test_who_was_reported_and_left_is_still_named_to_who_answers(open_evening_room: Evening) -> None:
    evening = open_evening_room
    reports.report_person(seat(evening, "berit"), by=seat(evening, "aino"), room=evening.room, reason=WORDS)
    Membership.objects.filter(pk=evening.seats["berit"]).update(state=Membership.State.LEFT)
    page = staff_browser(evening.cast.oskar).get(f"/today/room/{evening.room.pk}/").content.decode()
    assert "about Rowan" in page
    assert f'href="#person-{evening.seats["berit"]}"' not in page
    assert browser(evening.cast.aino).get(f"/room/{evening.room.pk}/").status_code == 200
