"""A long history: begun at its end or at the first unread line, read back in order, the place kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest
from playwright.sync_api import Locator, expect

from peersupport.chat import members
from peersupport.chat.models import ReadMark
from peersupport.groups.models import Membership
from tests.browsing import ServedSite, Visitors, assert_accessible
from tests.chat.conftest import Evening
from tests.chat.saying import filled, says
from tests.chat.screen import Screen
from tests.load.bench_page import EVENTS, LONG_TASK, busy_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# So many letters come at a time, stand there after a leap, and stand there at most (stretch.js).
STEP, FIRST, MOST = 14, 42, 98
# Where the first letter whose words are given stands on the screen.
TOP_OF = """(words) => Array.from(document.querySelectorAll(".letter-body"))
  .find((body) => body.textContent === words).getBoundingClientRect().top"""


def lines(first: int, end: int) -> list[str]:
    """What `filled` wrote, from one line to another."""
    return [f"Earlier line {turn}" for turn in range(first, end)]


def back_to_the_start(screen: Screen, count: int, words: str = "Earlier line {turn}") -> Iterator[int]:
    """Scrolls up until the first of so many lines stands there; gives which one stands first, each time."""
    first = count
    while first:
        screen.page.locator("[data-part=log]").evaluate("element => { element.scrollTop = 0; }")
        screen.until(partial(stands_first_otherwise, screen, words.format(turn=first)))
        stand_first = screen.texts()[:2]
        first = next(turn for turn in range(count) if words.format(turn=turn) in stand_first)
        yield first


def takes_back(evening: Evening, name: str, message: UUID) -> None:
    """Whoever wrote it takes it back, on another device."""
    writer = evening.cast.seat(getattr(evening.cast, name))
    members.retract(members.message_in(evening.room, message), by=writer)


def pressed(button: Locator) -> None:
    """Pressed without scrolling there, which would bring letters by itself."""
    button.evaluate("button => button.click()")


def stands_first_otherwise(screen: Screen, words: str) -> bool:
    """Whether another line is the first on the page."""
    return screen.texts()[0] != words


@pytest.fixture
def aino(site: ServedSite, visitors: Visitors, open_evening_room: Evening) -> Screen:
    """Aino with her phone; the room is not opened yet."""
    return Screen(visitors.enter(open_evening_room.cast.aino, phone=True), site, open_evening_room)


def test_a_long_history_comes_by_pages_in_order_and_the_place_is_kept(
    aino: Screen, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 250)
    aino.opens()
    expect(aino.letter("Earlier line 249")).to_be_in_viewport()
    aino.shows(*lines(220, 250))
    log = aino.page.locator("[data-part=log]")
    with aino.page.expect_response("**/events/*"):
        log.evaluate("element => { element.scrollTop = 500; }")
        before = aino.page.evaluate(TOP_OF, "Earlier line 225")
    aino.sees(f"Earlier line {220 - STEP}")
    assert abs(aino.page.evaluate(TOP_OF, "Earlier line 225") - before) <= 1
    aino.shows(*lines(220 - STEP, 250))
    pressed(aino.page.locator("[data-part=earlier]"))
    aino.sees(f"Earlier line {220 - 2 * STEP}")
    expect(aino.letter(f"Earlier line {220 - STEP - 1}")).to_be_focused()
    aino.shows(*lines(220 - 2 * STEP, 250))
    expect(aino.page.locator("[data-section]")).to_have_count(1)
    assert_accessible(aino.page)


def test_however_far_she_reads_back_and_on_again_the_page_holds_no_more_than_a_phone_carries(
    aino: Screen, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 450)
    aino.opens()
    most = 0
    for _stood_first in back_to_the_start(aino, 450):
        # Read at one moment: while less than a screen is above, the next step follows by itself.
        texts = aino.texts()
        most, first = max(most, len(texts)), int(texts[0].removeprefix("Earlier line "))
        assert texts == lines(first, first + len(texts))
    assert MOST - STEP < most <= MOST + STEP
    expect(aino.page.locator("[data-part=earlier]")).to_be_hidden()
    assert_accessible(aino.page)
    # On again by the button below what stands there: the place is kept as well.
    later = aino.page.locator("[data-part=later]")
    last = len(aino.texts())
    aino.letter(f"Earlier line {last - 1}").last.focus()
    pressed(later)
    expect(aino.letter(f"Earlier line {last}")).to_be_focused()
    aino.shows(*lines(last + STEP - MOST, last + STEP))
    aino.page.get_by_role("button", name="To the newest message").click()
    expect(aino.letter("Earlier line 449")).to_be_focused()
    expect(aino.letter("Earlier line 449")).to_be_in_viewport()
    expect(later).to_be_hidden()
    aino.shows(*lines(450 - FIRST, 450))
    # The end stays in sight when something new comes.
    says(open_evening_room, "berit", "Good morning.")
    expect(aino.sees("Good morning.")).to_be_in_viewport()


def test_what_comes_in_while_she_reads_far_back_is_heard_and_the_button_leads_to_the_first_of_it(
    aino: Screen, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 450)
    aino.opens()
    list(back_to_the_start(aino, 450))
    shown = aino.texts()
    for turn in range(12):
        says(open_evening_room, "berit", f"New {turn}.\n\nAnd more.\n\nAnd more.")
        if turn == 0:
            expect(aino.page.locator("[data-part=heard]")).to_contain_text("Rowan: New 0.")
    button = aino.page.get_by_role("button", name="12 new messages")
    button.focus()
    assert aino.texts() == shown
    aino.page.keyboard.press("Enter")
    expect(aino.letter("New 0.")).to_be_focused()
    expect(aino.page.locator("[data-new]")).to_be_in_viewport()
    expect(aino.page.locator("[data-new] + .letter")).to_contain_text("New 0.")
    button.click()
    expect(aino.letter("New 11.")).to_be_in_viewport()
    expect(button).to_be_hidden()


def test_a_message_that_does_not_stand_on_the_page_is_taken_back_all_the_same(
    aino: Screen, open_evening_room: Evening
) -> None:
    messages = filled(open_evening_room, 450)
    aino.opens()
    expect(aino.letter("Earlier line 447")).to_be_visible()
    list(back_to_the_start(aino, 450))
    expect(aino.letter("Earlier line 447")).to_have_count(0)
    takes_back(open_evening_room, "aino", messages[447])
    # What follows it has been heard: so has the taking back.
    says(open_evening_room, "berit", "After it.")
    aino.page.get_by_role("button", name="1 new message").click()
    aino.sees("After it.")
    expect(aino.page.locator(f"#letter-{messages[447]}")).to_contain_text("You took this message back.")
    assert "Earlier line 447" not in aino.page.content()


def test_words_begun_under_a_letter_are_there_when_she_comes_back_to_it(
    aino: Screen, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 450)
    aino.opens()
    letter = aino.letter("Earlier line 448")
    aino.presses(letter, "Tell the facilitators")
    letter.locator("textarea").fill("It sounded as if")
    list(back_to_the_start(aino, 450))
    expect(letter).to_have_count(0)
    # Whoever was in it is still in the column, not nowhere.
    expect(aino.page.locator("[data-part=log]")).to_be_focused()
    aino.page.get_by_role("button", name="To the newest message").click()
    expect(letter.locator("textarea")).to_have_value("It sounded as if")


def test_a_form_under_a_letter_keeps_no_words_that_were_taken_back_meanwhile(
    aino: Screen, open_evening_room: Evening
) -> None:
    messages = filled(open_evening_room, 450)
    aino.opens()
    letter = aino.page.locator(f"#letter-{messages[448]}")
    aino.presses(letter, "Tell the facilitators")
    list(back_to_the_start(aino, 450))
    takes_back(open_evening_room, "berit", messages[448])
    says(open_evening_room, "elias", "After it.")
    aino.page.get_by_role("button", name="1 new message").click()
    aino.sees("After it.")
    expect(letter).to_contain_text("This message was taken back.")
    assert "Earlier line 448" not in aino.page.content()


def test_the_first_and_the_last_letter_are_one_key_away_wherever_she_is(
    aino: Screen, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 450)
    aino.opens()
    list(back_to_the_start(aino, 450))
    aino.page.locator("[data-part=log]").focus()
    for key, line in (("End", 449), ("ArrowUp", 448), ("Home", 0), ("ArrowDown", 1), ("End", 449)):
        aino.page.keyboard.press(key)
        expect(aino.letter(f"Earlier line {line}").first).to_be_focused()


def test_a_line_taken_back_above_moves_nothing_and_an_unloaded_one_comes_without_its_words(
    aino: Screen, open_evening_room: Evening
) -> None:
    messages = filled(open_evening_room, 90, words="Line {turn}.\nAnd one more.\nAnd a third.")
    aino.opens()
    log = aino.page.locator("[data-part=log]")
    log.evaluate("element => { element.scrollTop = element.scrollHeight / 2; }")
    words = "Line 70.\nAnd one more.\nAnd a third."
    before = aino.page.evaluate(TOP_OF, words)
    for taken in (63, 15):
        takes_back(open_evening_room, "aino", messages[taken])
    aino.sees("You took this message back.")
    assert abs(aino.page.evaluate(TOP_OF, words) - before) <= 1
    list(back_to_the_start(aino, 90, words="Line {turn}.\nAnd one more.\nAnd a third."))
    assert aino.texts().count("You took this message back.") == 2
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
    aino.page.get_by_role("button", name="To the newest message").click()
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
    aino = Screen(visitors.enter(open_evening_room.cast.aino), site, open_evening_room).opens()
    aino.page.evaluate(
        """() => {
          window.heard = [];
          new MutationObserver((changes) => changes.forEach((change) =>
            change.addedNodes.forEach((node) => window.heard.push(node.textContent))))
            .observe(document.querySelector("[data-part=heard]"), { childList: true });
        }"""
    )
    for turn in range(7):
        says(open_evening_room, "berit", f"Line {turn}.")
        aino.sees(f"Line {turn}.")
    aino.until(lambda: aino.page.evaluate("window.heard.length > 4"))
    assert aino.page.evaluate("window.heard") == [f"Rowan: Line {turn}." for turn in range(4)] + [
        "3 new messages"
    ]


def test_nothing_is_drawn_again_once_she_is_no_longer_in_the_room(
    aino: Screen, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 120)
    aino.opens()
    expect(aino.letter("Earlier line 119")).to_be_visible()
    Membership.objects.filter(pk=open_evening_room.seats["aino"]).update(state=Membership.State.LEFT)
    aino.is_in("gone")
    for event in ("scroll", "keydown"):
        aino.page.locator("[data-part=log]").evaluate(
            "(log, kind) => log.dispatchEvent(new KeyboardEvent(kind, { key: 'Home', bubbles: true }))", event
        )
    aino.shows()


#: One of the steps of bench_page.SCROLL; whether there is more to go back through.
SCROLL_ON = """async () => {
  const log = document.querySelector("[data-part=log]");
  log.scrollTop -= 4 * log.clientHeight;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return log.scrollTop > 0 || !document.querySelector("[data-part=earlier]").hidden;
}"""


def test_going_back_through_two_thousand_messages_no_step_takes_long(
    aino: Screen, open_evening_room: Evening
) -> None:
    """In short what `bin/bench page` measures: all that a step takes of the processor, not of the clock."""
    filled(open_evening_room, EVENTS)
    aino.opens()
    devtools = aino.page.context.new_cdp_session(aino.page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    steps, busy = 0, busy_of(devtools)
    longest = 0.0
    while aino.page.evaluate(SCROLL_ON):
        before, busy = busy, busy_of(devtools)
        longest, steps = max(longest, busy - before), steps + 1
    aino.sees("Earlier line 0")
    assert steps > 50, "there must have been a way to go"
    # Several tasks make a step, and a busy machine has slower processors; a page that draws too much at once
    # takes many times as long.
    assert longest < 4 * LONG_TASK
