"""A member says that words are not right: who hears of it, and who may see to it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from peersupport.chat.members import message_in
from peersupport.chat.models import Escalation, Report
from peersupport.chat.moderating import reports
from tests.chat.conftest import Evening
from tests.chat.saying import says
from tests.registries.visitors import staff_browser

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
