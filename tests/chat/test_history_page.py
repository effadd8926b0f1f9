"""A long history: begun at its end or at the first unread line, read back in order, the place kept."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from peersupport.chat import members
from peersupport.chat.models import ReadMark
from tests.browsing import ServedSite, Visitors, assert_accessible
from tests.chat.conftest import Evening
from tests.chat.saying import filled, says
from tests.chat.screen import Screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Where the first letter whose words are given stands on the screen.
TOP_OF = """(words) => Array.from(document.querySelectorAll(".letter-body"))
  .find((body) => body.textContent === words).getBoundingClientRect().top"""


@pytest.fixture
def aino(site: ServedSite, visitors: Visitors, open_evening_room: Evening) -> Screen:
    """Aino with her phone; the room is not opened yet."""
    return Screen(visitors.enter(open_evening_room.cast.aino, phone=True), site, open_evening_room)


def test_a_long_history_comes_by_pages_in_order_and_the_place_is_kept(
    aino: Screen, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 450)
    aino.opens()
    expect(aino.letter("Earlier line 449")).to_be_in_viewport()
    aino.shows(*(f"Earlier line {turn}" for turn in range(390, 450)))
    log = aino.page.locator("[data-part=log]")
    with aino.page.expect_response("**/events/*"):
        log.evaluate("element => { element.scrollTop = 500; }")
        before = aino.page.evaluate(TOP_OF, "Earlier line 399")
    aino.sees("Earlier line 200")
    assert abs(aino.page.evaluate(TOP_OF, "Earlier line 399") - before) <= 1
    aino.shows(*(f"Earlier line {turn}" for turn in range(190, 450)))
    aino.page.locator("[data-part=earlier]").click()
    aino.sees("Earlier line 0")
    expect(aino.letter("Earlier line 189")).to_be_focused()
    aino.shows(*(f"Earlier line {turn}" for turn in range(450)))
    expect(aino.page.locator("[data-part=earlier]")).to_be_hidden()
    expect(aino.page.locator("[data-section]")).to_have_count(1)
    assert_accessible(aino.page)


def test_a_line_taken_back_above_moves_nothing_and_an_unloaded_one_comes_without_its_words(
    aino: Screen, open_evening_room: Evening
) -> None:
    messages = filled(open_evening_room, 90, words="Line {turn}.\nAnd one more.\nAnd a third.")
    aino.opens()
    log = aino.page.locator("[data-part=log]")
    log.evaluate("element => { element.scrollTop = element.scrollHeight / 2; }")
    words = "Line 70.\nAnd one more.\nAnd a third."
    before = aino.page.evaluate(TOP_OF, words)
    for taken in (36, 15):
        members.retract(
            members.message_in(open_evening_room.room, messages[taken]),
            by=open_evening_room.cast.seat(open_evening_room.cast.aino),
        )
    aino.sees("You took this message back.")
    assert abs(aino.page.evaluate(TOP_OF, words) - before) <= 1
    aino.page.locator("[data-part=earlier]").click()
    aino.sees("Line 0.")
    expect(aino.letter("You took this message back.")).to_have_count(2)
    assert "Line 15." not in "".join(aino.texts())


def test_the_page_opens_at_the_first_unread_line_and_a_button_says_how_many_there_are(
    aino: Screen, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 120)
    ReadMark.objects.create(room=open_evening_room.room, member_id=open_evening_room.seats["aino"], seq=30)
    aino.opens()
    line = aino.page.locator("[data-new]")
    expect(line).to_have_text("New from here")
    expect(line).to_be_in_viewport()
    expect(aino.letter("Earlier line 31")).to_be_in_viewport()
    button = aino.page.get_by_role("button", name="60 new messages")
    button.focus()
    aino.page.keyboard.press("Enter")
    expect(aino.letter("Earlier line 119")).to_be_focused()
    expect(button).to_be_hidden()


def test_a_reply_leads_to_what_it_answers_however_long_ago_that_was(
    aino: Screen, open_evening_room: Evening
) -> None:
    asked, *_rest = filled(open_evening_room, 300, words="Line {turn}: how did it go?")
    reply = says(open_evening_room, "berit", "Well, thank you.", reply_to=str(asked))
    aino.opens()
    link = aino.page.locator(f"#letter-{reply}").get_by_role("link")
    expect(link).to_have_text("In reply to an earlier message ")
    link.click()
    expect(aino.letter("Line 0: how did it go?").last).to_be_focused()
    expect(link).to_have_text("In reply to Willow Line 0: how did it go?")


def test_keys_lead_through_the_letters_out_again_and_never_into_nothing(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    messages = filled(open_evening_room, 4, words="Line {turn}.")
    aino = Screen(visitors.enter(open_evening_room.cast.aino), site, open_evening_room).opens()
    page = aino.page
    page.locator("[data-part=log]").focus()
    for key, line in (("ArrowUp", 3), ("ArrowUp", 2), ("ArrowDown", 3), ("Home", 0), ("End", 3)):
        page.keyboard.press(key)
        expect(aino.letter(f"Line {line}.")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(aino.letter("Line 3.").get_by_role("button", name="Take back")).to_be_visible()
    page.keyboard.press("Escape")
    expect(aino.letter("Line 3.").get_by_role("button", name="Take back")).to_be_hidden()
    # While she stands in a letter, its writer takes it back elsewhere.
    page.locator(f"#letter-{messages[3]}").focus()
    aino.presses(aino.letter("Line 3."), "Take back")
    expect(aino.letter("Line 3.").get_by_role("button", name="Yes, take it back")).to_be_focused()
    page.keyboard.press("Enter")
    aino.sees("You took this message back.")
    expect(page.locator(f"#letter-{messages[3]}")).to_be_focused()
    page.keyboard.press("Escape")
    expect(aino.box).to_be_focused()
    # Back past what stands between the box and the letters: never into nothing, in the end to them.
    in_the_letters = "document.activeElement.closest('[data-part=log]') !== null"
    for _step in range(6):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement !== document.body")
        if page.evaluate(in_the_letters):
            break
    assert page.evaluate(in_the_letters)


def test_more_than_a_voice_can_follow_is_counted_and_said_once(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    page = visitors.enter(open_evening_room.cast.aino)
    page.clock.install()
    aino = Screen(page, site, open_evening_room).opens()
    aino.page.evaluate(
        """() => {
          window.heard = [];
          new MutationObserver((changes) => changes.forEach((change) =>
            change.addedNodes.forEach((node) => window.heard.push(node.textContent))))
            .observe(document.querySelector("[data-part=heard]"), { childList: true });
        }"""
    )
    # All within a moment of hers, however long it takes here.
    page.clock.pause_at(timezone.now() + timedelta(minutes=1))

    def stands_there(turn: int) -> bool:
        page.clock.run_for(10)
        return aino.letter(f"Line {turn}.").count() == 1

    for turn in range(7):
        says(open_evening_room, "berit", f"Line {turn}.")
        aino.until(partial(stands_there, turn))
    assert len(page.evaluate("window.heard")) == 4
    page.clock.run_for(3_000)
    assert aino.page.evaluate("window.heard") == [f"Rowan: Line {turn}." for turn in range(4)] + [
        "3 new messages"
    ]
