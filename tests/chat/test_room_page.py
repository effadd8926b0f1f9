"""The room in a browser: talking, coming back, waiting, losing nothing."""

from __future__ import annotations

import re
import signal

import pytest
from playwright.sync_api import expect

from peersupport.chat.models import Event
from tests.browsing import (
    ServedSite,
    Visitors,
)
from tests.chat.coming_in import Enter, enters
from tests.chat.conftest import Evening
from tests.chat.saying import says
from tests.chat.screen import Screen

__all__ = ["enters"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_parents_talk_and_each_sees_both_in_the_same_order(enters: Enter) -> None:
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("Good evening.")
    berit.sees("Good evening.")
    berit.writes("Good evening to you.")
    aino.sees("Good evening to you.")
    expect(aino.sees("Good evening.").locator(".letter-state")).to_have_text("Sent")
    for screen in (aino, berit):
        screen.shows("Good evening.", "Good evening to you.")
    expect(berit.letter("Good evening.").first.locator(".letter-name")).to_have_text("Willow")


def test_a_reload_shows_everything_once(enters: Enter) -> None:
    aino = enters("aino", phone=True)
    for line in ("one", "two", "three"):
        aino.writes(line)
        aino.sees(line)
    aino.opens()
    aino.shows("one", "two", "three")


def test_what_is_written_without_a_network_arrives_once_and_nothing_was_missed(
    enters: Enter, open_evening_room: Evening
) -> None:
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("before")
    berit.sees("before")
    aino.page.context.set_offline(True)
    aino.writes("written in the lift")
    aino.sees("written in the lift", "waiting")
    expect(aino.page.locator("[data-part=line]")).to_have_text(re.compile("You are offline"))
    berit.writes("said meanwhile")
    berit.sees("said meanwhile")
    aino.page.context.set_offline(False)
    berit.sees("written in the lift")
    aino.sees("written in the lift")
    for screen in (aino, berit):
        screen.shows("before", "said meanwhile", "written in the lift")
    assert Event.objects.filter(room=open_evening_room.room, kind="message").count() == 3


def test_a_handshake_that_hangs_is_given_up_when_the_network_comes_back(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    page = visitors.enter(open_evening_room.cast.aino, phone=True)
    # The first socket was begun in a tunnel and never opens nor ends.
    page.add_init_script(
        """const Real = window.WebSocket; let first = true;
           window.WebSocket = class { constructor(...how) {
             if (!first) return new Real(...how);
             first = false; this.close = () => {}; } };"""
    )
    page.goto(f"{site.url}/room/{open_evening_room.room.pk}/")
    expect(page.locator(".room-live")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-part=people-count]")).to_have_text(re.compile(r"\d here"))


@pytest.mark.check(12)
def test_what_is_written_while_the_server_is_killed_arrives_once_when_it_is_back(
    enters: Enter, site: ServedSite, open_evening_room: Evening
) -> None:
    aino = enters("aino")
    aino.writes("before")
    aino.sees("before")
    site.stop(signal.SIGKILL)
    try:
        aino.writes("into the dark")
        aino.sees("into the dark", "waiting")
    finally:
        site.start()
    aino.page.evaluate("window.dispatchEvent(new Event('online'))")
    aino.sees("into the dark")
    aino.shows("before", "into the dark")
    assert Event.objects.filter(room=open_evening_room.room, kind="message").count() == 2


def test_where_websockets_are_blocked_the_talk_goes_on_by_polling(
    site: ServedSite, visitors: Visitors, enters: Enter, open_evening_room: Evening
) -> None:
    berit = enters("berit")
    page = visitors.enter(open_evening_room.cast.aino, phone=True)
    # As behind a proxy that lets no WebSocket through.
    page.add_init_script(
        """window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006 }), 5); }
           close() {} };"""
    )
    aino = Screen(page, site, open_evening_room).opens()
    berit.writes("Can you hear me?")
    aino.sees("Can you hear me?")
    aino.writes("Yes, slowly.")
    berit.sees("Yes, slowly.")
    aino.sees("Yes, slowly.")
    aino.takes_back(aino.letter("Yes, slowly."))
    berit.sees("This message was taken back.")
    aino.page.get_by_role("button", name="Raise your hand").click()
    expect(aino.page.get_by_role("button", name="Your hand is up")).to_be_visible()
    berit.page.get_by_text("2 here").click()
    expect(berit.page.locator(".room-person", has_text="Willow").get_by_text("hand up")).to_be_visible()


def test_a_message_taken_back_is_gone_for_everyone(enters: Enter) -> None:
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("I wish I had not said this.")
    berit.sees("I wish I had not said this.")
    aino.takes_back(aino.letter("I wish I had not"))
    berit.shows("This message was taken back.")
    aino.shows("You took this message back.")
    for screen in (aino, berit):
        assert "wish" not in screen.page.content()


def test_a_reply_names_whom_it_answers_and_leads_there(enters: Enter, open_evening_room: Evening) -> None:
    says(open_evening_room, "berit", "What do you do when the school rings?")
    aino = enters("aino", phone=True)
    aino.presses(aino.sees("What do you do"), "Reply")
    aino.writes("I let it ring once.")
    link = aino.sees("I let it ring once.").get_by_role("link", name="In reply to Rowan")
    link.click()
    expect(aino.letter("What do you do")).to_be_focused()


def test_a_message_under_a_note_stays_folded_until_it_is_opened(enters: Enter) -> None:
    aino, berit = enters("aino"), enters("berit")
    aino.page.get_by_text("Add a note").click()
    aino.page.get_by_label("What it touches, in a few words").fill("about court")
    aino.writes("The hearing is on Thursday.")
    letter = berit.sees("The hearing is on Thursday.")
    expect(letter.locator(".letter-body")).to_be_hidden()
    letter.get_by_text("about court").click()
    expect(letter.locator(".letter-body")).to_be_visible()
    heard = berit.page.locator("[data-part=heard]")
    assert "Thursday" not in heard.inner_text()


def test_enter_makes_a_line_and_control_enter_sends(enters: Enter) -> None:
    aino = enters("aino")
    aino.box.press_sequentially("one")
    aino.box.press("Enter")
    aino.box.press_sequentially("two")
    aino.box.press("Control+Enter")
    aino.sees("one\ntwo")
    aino.page.get_by_label("Enter sends").check()
    aino.box.press_sequentially("three")
    aino.box.press("Enter")
    aino.sees("three")


def test_too_long_a_text_is_counted_and_stays_in_the_box(enters: Enter) -> None:
    aino = enters("aino")
    # Code points, as the server counts: each of these is two halves in JavaScript.
    aino.box.fill("😀" * 4001)
    expect(aino.page.locator(".composer-count")).to_have_text("1 characters too many")
    aino.page.get_by_role("button", name="Send", exact=True).click()
    expect(aino.page.locator("#composer-problem")).to_contain_text("too long")
    aino.box.fill("😀" * 4000)
    aino.page.get_by_role("button", name="Send", exact=True).click()
    aino.sees("😀😀😀")


def test_a_raised_hand_is_seen_by_the_others(enters: Enter) -> None:
    aino, berit = enters("aino"), enters("berit")
    aino.page.get_by_role("button", name="Raise your hand").click()
    expect(aino.page.get_by_role("button", name="Your hand is up")).to_have_attribute("aria-pressed", "true")
    berit.page.get_by_text("2 here").click()
    willow = berit.page.locator(".room-person", has_text="Willow")
    expect(willow.get_by_text("hand up")).to_be_visible()
