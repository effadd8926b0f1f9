"""What a browser looks over before anything has left it: a note beside a number, and facilitators' words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from peersupport.chat.models import CheckIn, Event
from peersupport.groups.models import SupportGroup
from tests.browsing import ServedSite, Visitors
from tests.chat.conftest import Evening
from tests.chat.screen import Screen
from tests.chat.test_nudges import ACCOUNT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.check(59)]

NUMBER = "040 123 4567"


@pytest.fixture
def cases_are_open(open_evening_room: Evening) -> None:
    """Criminal cases of families in the group may be open."""
    SupportGroup.objects.filter(pk=open_evening_room.cast.alder.pk).update(cases_open=True)


def what_leaves(page: Page) -> list[str]:
    """Everything that the page sends from now on, by its socket or otherwise."""
    left: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: left.append(str(frame))))
    page.on("request", lambda request: left.append(f"{request.url} {request.post_data or ''}"))
    return left


def test_a_note_beside_her_number_leaves_the_browser_only_when_she_says_so(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening, cases_are_open: None
) -> None:
    page = visitors.enter(open_evening_room.cast.aino, phone=True)
    left = what_leaves(page)
    Screen(page, site, open_evening_room).opens()
    page.locator("[data-part=me] > summary").click()
    page.locator(".scale-step", has_text=re.compile("^4$")).click()
    page.get_by_label("A few words, if you like").fill(f"Ring me: {NUMBER}.")
    page.locator("[data-part=check-in]").click()
    said = page.locator("[data-part=me-said]")
    expect(said).to_contain_text("a phone number. The facilitators alone would see that.")
    assert not any(NUMBER in one for one in left)
    page.locator("[data-part=check-in-anyway]").click()
    expect(said).to_have_text("Thank you. The facilitators have it.")
    assert any(NUMBER in one for one in left), "it must have been there to leave"
    # Against accounts there is nothing: facilitators alone read them.
    page.locator(".scale-step", has_text=re.compile("^3$")).click()
    page.get_by_label("A few words, if you like").fill(ACCOUNT["en"])
    page.locator("[data-part=check-in]").click()
    expect(page.get_by_label("A few words, if you like")).to_have_value("")
    assert [one.note for one in CheckIn.objects.order_by("at")] == [f"Ring me: {NUMBER}.", ACCOUNT["en"]]


def test_a_facilitator_is_asked_before_a_number_leaves_her_console_and_never_about_an_account(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening, cases_are_open: None
) -> None:
    page = visitors.enter(open_evening_room.cast.maija)
    left = what_leaves(page)
    page.goto(f"{site.url}/today/room/{open_evening_room.room.pk}/")
    expect(page.locator("[data-part=log]")).to_have_attribute("aria-busy", "false")
    page.get_by_label("Your message").fill(f"You reach us under {NUMBER}.")
    page.get_by_role("button", name="Send", exact=True).click()
    asked = page.locator("[data-part=asking]")
    expect(asked.locator("mark")).to_have_text(NUMBER)
    assert not any(NUMBER in one for one in left)
    asked.get_by_role("button", name="Send it as it is").click()
    expect(page.locator(".letter-body", has_text=NUMBER)).to_have_count(1)
    assert any(NUMBER in one for one in left), "it must have been there to leave"
    page.get_by_label("Your message").fill(ACCOUNT["en"])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".letter[data-state=sent] .letter-body", has_text=ACCOUNT["en"])).to_have_count(1)
    assert Event.objects.filter(kind="message").count() == 2
