"""The room in a browser: saying that something is not right, asking again, and what comes of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from peersupport.chat.models import Event, Report
from peersupport.chat.moderating import kind_words, quieting, reports
from tests.browsing import assert_accessible, assert_no_sideways_scroll
from tests.chat.coming_in import Enter, enters
from tests.chat.conftest import Evening
from tests.chat.houses import seat
from tests.chat.saying import filled

__all__ = ["enters"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_list_of_people_she_tells_about_somebody_and_reads_what_came_of_it(
    enters: Enter, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    filled(evening, 3)
    aino, berit = enters("aino", phone=True), enters("berit")
    page = aino.page
    page.locator(".room-people > summary").click()
    page.get_by_role("button", name="Tell the facilitators about Rowan").click()
    form = page.locator(".room-people-form")
    expect(form).to_contain_text("nobody else here learns of it")
    field = form.get_by_label("What would you like the facilitators to know?")
    expect(field).to_be_focused()
    field.type("She asks me where I live.")
    # The list above goes on changing; what she writes stays, and the keyboard in it.
    elias = enters("elias")
    expect(page.locator("[data-part=people] .room-person")).to_have_count(3)
    expect(field).to_be_focused()
    expect(field).to_have_value("She asks me where I live.")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    form.get_by_role("button", name="Tell the facilitators").click()
    expect(page.locator("[data-part=people-telling]")).to_have_text("Thank you. The facilitators have it.")
    report = Report.objects.get()
    assert (report.kind, report.target) == (Report.Kind.PERSON, evening.seats["berit"])

    reports.answer(report, by=evening.cast.maija, template="seen")
    answer = page.locator("[data-part=came-of-it]")
    expect(answer).to_contain_text(f"You told us about Rowan. {kind_words.sentence('answer', 'seen')}")
    expect(answer).to_be_in_viewport(ratio=1)
    for other in (berit, elias):
        expect(other.page.locator("[data-part=came-of-it]")).to_be_hidden()
    aino.opens()
    expect(answer.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")
    answer.get_by_role("button", name="Put it away").click()
    expect(answer).to_be_hidden()
    aino.opens()
    expect(answer).to_be_hidden()


def test_of_herself_there_is_nothing_to_tell_and_of_a_facilitator_the_coordinators_hear(
    enters: Enter, open_evening_room: Evening
) -> None:
    page = enters("aino").page
    enters("maija")
    page.locator(".room-people > summary").click()
    expect(page.locator("[data-part=tell]:visible")).to_have_count(1)
    page.get_by_role("button", name="Tell the coordinators about Maija").click()
    form = page.locator(".room-people-form")
    expect(form).to_contain_text("the facilitators do not")
    form.get_by_role("button", name="Tell the coordinators").click()
    expect(page.locator("[data-part=people-telling]")).to_have_text("Thank you. The coordinators have it.")
    assert Report.objects.get().coordinators_alone


def test_who_reads_along_asks_for_a_second_look_and_it_is_lifted(
    enters: Enter, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    aino = enters("aino", phone=True)
    maija = seat(evening, "maija")
    quieting.mute(seat(evening, "aino"), by=maija, minutes=10, template="rules", room=evening.room)
    notice = aino.page.locator("[data-part=muted-place]")
    notice.get_by_role("button", name="Ask for a second look").click()
    asking = aino.page.locator("[data-part=muted-panel]")
    asking.get_by_label("What should be thought of when we look at it again?").fill("It was not me.")
    assert_accessible(aino.page)
    asking.get_by_role("button", name="Ask for a second look").click()
    expect(asking).to_contain_text("Somebody else will look at it again")
    report = Report.objects.get()
    assert (report.decision, report.reason) == ("mute", "It was not me.")
    reports.answer(report, by=evening.cast.oskar, template="lifted")
    expect(aino.page.locator("[data-part=came-of-it]")).to_contain_text("It is lifted")
    expect(notice).to_be_hidden()
    aino.writes("Thank you.")
    aino.sees("Thank you.")


def test_whose_messages_are_read_first_asks_for_a_second_look_at_one_of_them(
    enters: Enter, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    quieting.read_first(seat(evening, "aino"), True, by=seat(evening, "maija"), room=evening.room)
    aino = enters("aino")
    aino.writes("Is this read first?")
    letter = aino.sees("Is this read first?", "held")
    letter.get_by_role("button", name="Ask for a second look").click()
    letter.get_by_role("button", name="Ask for a second look").last.click()
    expect(letter.locator(".letter-word")).to_contain_text("Somebody else will look at it again")
    assert Report.objects.get().decision == "hold_member"


def test_a_note_is_set_by_one_tap_and_hers_to_change(enters: Enter, open_evening_room: Evening) -> None:
    aino = enters("aino", phone=True)
    aino.page.get_by_text("Add a note", exact=True).click()
    ready = aino.page.get_by_role("button", name="About sleep and nightmares")
    note = aino.page.locator("#composer-note")
    ready.click()
    expect(note).to_have_value("About sleep and nightmares")
    expect(ready).to_have_attribute("aria-pressed", "true")
    ready.click()
    expect(note).to_have_value("")
    ready.click()
    note.press("End")
    note.type(", again")
    expect(ready).to_have_attribute("aria-pressed", "false")
    assert_accessible(aino.page)
    assert_no_sideways_scroll(aino.page)
    aino.writes("It was four in the morning.")
    letter = aino.sees("It was four in the morning.")
    expect(letter.locator("[data-part=note]")).to_have_text("About sleep and nightmares, again")
    assert Event.objects.filter(kind="message").count() == 1
