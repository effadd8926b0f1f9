"""A member says that words are not right: who hears of it, and who may see to it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from peersupport.chat.members import message_in
from peersupport.chat.models import Escalation, Report
from peersupport.chat.moderating import reports
from tests.chat.conftest import Evening
from tests.chat.houses import House, house
from tests.chat.saying import says
from tests.registries.visitors import browser, staff_browser

__all__ = ["house"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_who_wrote_a_reported_message_does_not_see_to_it_herself(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    maija, oskar = await open_evening.comes("maija"), await open_evening.comes("oskar")
    message = uuid4()
    await maija.post("It was not so bad, was it?", message=message)
    await aino.hears(id=str(message))
    assert (await aino.send("report", target=str(message), reason="It hurt."))["ok"]
    alert = await maija.pushed("alert", lambda frame: frame["reports"])
    report = alert["reports"][0]["id"]

    refused = await maija.send("answer", target=report, template="seen")
    assert refused["error"]["code"] == "not_allowed"
    # Nor by taking it out: the report waits for somebody else.
    assert (await maija.send("remove", target=str(message), reason="I see."))["ok"]
    assert not await Report.objects.filter(answered_at__isnull=False).aexists()
    assert (await oskar.send("answer", target=report, template="seen"))["ok"]
    assert (await Report.objects.aget()).answered_by == open_evening.cast.oskar.pk


async def test_a_removed_message_answers_what_was_reported_of_somebody_elses_words(
    open_evening: Evening,
) -> None:
    aino, berit, maija = [await open_evening.comes(name) for name in ("aino", "berit", "maija")]
    message = uuid4()
    await berit.post("You are to blame.", message=message)
    assert (await aino.send("report", target=str(message)))["ok"]
    assert (await maija.send("remove", target=str(message), reason="Unkind."))["ok"]
    assert (await Report.objects.aget()).answered_by == open_evening.cast.maija.pk


async def test_a_report_of_a_facilitators_words_is_told_to_the_coordinators_at_once(
    open_evening: Evening,
) -> None:
    aino, berit, maija = [await open_evening.comes(name) for name in ("aino", "berit", "maija")]
    for person, waits in ((berit, True), (maija, False)):
        message = uuid4()
        await person.post("Not a good word.", message=message)
        assert (await aino.send("report", target=str(message)))["ok"]
        report = await Report.objects.aget(target=message)
        told = await Escalation.objects.aget(about=report.pk)
        assert (told.due_at > report.reported_at) == waits


def test_her_console_says_that_somebody_else_looks_at_what_is_reported_of_her_words(
    open_evening_room: Evening,
) -> None:
    evening, cast = open_evening_room, open_evening_room.cast
    message = says(evening, "maija", "It was not so bad, was it?")
    reports.report(message_in(evening.room, message), by=cast.seat(cast.aino), reason="It hurt.")

    def shown(name: str) -> str:
        page = staff_browser(getattr(cast, name)).get(f"/today/room/{evening.room.pk}/").content.decode()
        return page.split('id="reports-title"')[1].split("</section>")[0]

    assert "Seen to" in shown("oskar")
    assert "Seen to" not in shown("maija")
    assert "You wrote this. Somebody else looks at it" in shown("maija")


@pytest.mark.check(58)
@pytest.mark.parametrize("kind", ["line", "side"])
async def test_where_a_parent_is_alone_with_facilitators_the_coordinators_alone_hear_what_she_reports(
    kind: str, house: House, evening: Evening
) -> None:
    aino, maija = [await evening.comes(name, room=house[kind]) for name in ("aino", "maija")]
    message = uuid4()
    await maija.post("Do not tell the others.", message=message)
    await aino.hears(id=str(message))
    assert (await aino.send("report", target=str(message), reason="It frightens me."))["ok"]
    report = await Report.objects.aget(target=message)
    told = await Escalation.objects.aget(about=report.pk)
    assert told.due_at <= report.reported_at
    # Who comes now is told all that stands beside the log: nothing of this.
    oskar = await evening.comes("oskar", room=house[kind])
    assert (await oskar.pushed("alert"))["reports"] == []
    assert "frightens" not in str([*maija.frames, *oskar.frames])
    refused = await oskar.send("answer", target=str(report.pk), template="seen")
    assert refused["error"]["code"] == "not_allowed"

    def answers() -> None:
        reports.answer(report, by=evening.cast.salla, template="seen")

    await sync_to_async(answers)()
    word = await aino.pushed("outcome", lambda one: one["target"] == str(message))
    assert word["template"] == "seen"


def test_without_a_script_she_tells_the_coordinators_from_her_line_and_reads_that_they_have_it(
    open_evening_room: Evening, house: House
) -> None:
    evening, address = open_evening_room, f"/room/{house['line']}/"
    aino, maija = browser(evening.cast.aino), staff_browser(evening.cast.maija)
    sent = {"act": "post", "id": str(uuid4()), "body": "Do not tell the others.", "note": ""}
    assert maija.post(address, sent).status_code == 302
    offered = f'value="report:{sent["id"]}">Tell the coordinators</button>'
    assert offered in aino.get(address).content.decode()
    assert 'value="report:' not in staff_browser(evening.cast.oskar).get(address).content.decode()
    asked = aino.post(address, {"act": f"report:{sent['id']}", "body": "", "note": ""}).content.decode()
    assert "What would you like the coordinators to know?" in asked
    given = {"act": "send_report", "report": sent["id"], "reason": "It frightens me.", "body": "", "note": ""}
    assert "Thank you. The coordinators have it." in aino.post(address, given).content.decode()
    desk = staff_browser(evening.cast.salla).get("/desk/matters/").content.decode()
    assert "It frightens me." in desk
