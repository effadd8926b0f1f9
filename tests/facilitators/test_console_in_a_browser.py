"""The console in a browser: two facilitators run a meeting with keys, undo, and may leave at any time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Page, expect

from peersupport.chat.models import HeldMessage, Room
from peersupport.demo import talking
from peersupport.groups.models import Membership
from tests.browsing import ServedSite, Visitors, assert_accessible, assert_no_sideways_scroll, stored
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Desk:
    """A facilitator in front of the console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.held = page.locator("#held .console-held")
        self.said = page.locator("[data-part=said]")
        self.dialog = page.locator("dialog[open]")

    def presses(self, key: str) -> None:
        """Presses a key with the cursor in no text."""
        self.page.keyboard.press(key)

    def sees(self, words: str) -> None:
        expect(self.page.locator("[data-part=entries]")).to_contain_text(words)


Enter = Callable[..., Desk]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, committed: the server reads over connections of its own."""
    return Cast(timezone.now())


@pytest.fixture
def room(people: Cast) -> Room:
    """Alder's room, closed, with what was said in it, a message that waits and a report."""
    talking.tell("alder", people.alder, now=people.now)
    Room.objects.filter(group=people.alder).update(state=Room.State.CLOSED)
    return people.room(people.alder)


@pytest.fixture
def sits_down(site: ServedSite, visitors: Visitors, people: Cast, room: Room) -> Enter:
    """A facilitator opens the console and is connected."""

    def enter(name: str, **how: object) -> Desk:
        page = visitors.enter(getattr(people, name), **how)  # type: ignore[arg-type]  # passed on
        page.goto(f"{site.url}/today/")
        page.get_by_role("link", name="Open the console").click()
        desk = Desk(page)
        expect(page.locator(".room-live")).to_be_attached()
        expect(page.locator("#people .console-dot").first).to_be_attached()
        return desk

    return enter


def test_two_facilitators_open_the_room_with_a_key_and_the_parent_can_write(
    site: ServedSite, visitors: Visitors, people: Cast, room: Room, sits_down: Enter
) -> None:
    maija = sits_down("maija")
    expect(maija.page.locator(".console-short")).to_contain_text("1 of 2 facilitators here")
    maija.presses("o")
    expect(maija.said).to_contain_text("Two facilitators must be here")
    oskar = sits_down("oskar")
    expect(maija.page.locator(".console-state").first).to_contain_text("2 of 2 facilitators here")
    maija.presses("o")
    expect(maija.said).to_contain_text("The room is open.")
    expect(oskar.page.locator(".console-state .chip").first).to_have_text("open")
    aino = visitors.enter(people.aino, phone=True)
    aino.goto(f"{site.url}/room/{room.pk}/")
    aino.locator("#composer-body").fill("Good evening to you both.")
    aino.locator("[data-part=send]").click()
    maija.sees("Good evening to you both.")
    oskar.sees("Good evening to you both.")
    expect(maija.page.locator("#people")).to_contain_text("1 of 6 parents here")


def test_what_waits_is_released_with_one_key_and_declined_with_a_reason(
    people: Cast, room: Room, sits_down: Enter
) -> None:
    Room.objects.filter(pk=room.pk).update(state=Room.State.OPEN, attended_at=timezone.now())
    first = HeldMessage.objects.get()
    maija = sits_down("maija")
    expect(maija.held).to_have_count(1)
    maija.presses("d")
    expect(maija.dialog).to_contain_text(first.body)
    maija.dialog.get_by_role("button", name="Decline").click()
    expect(maija.dialog).to_contain_text("Choose a reason.")
    maija.page.keyboard.press("Escape")
    expect(maija.dialog).to_have_count(0)
    maija.presses("r")
    expect(maija.held).to_have_count(0)
    maija.sees(first.body)


def test_a_message_is_removed_with_the_keys_alone(room: Room, sits_down: Enter) -> None:
    maija = sits_down("maija")
    maija.sees("We moved the phones to the kitchen")
    maija.presses("j")
    expect(maija.page.locator(".letter:focus")).to_contain_text("We moved the phones")
    maija.presses("x")
    expect(maija.dialog).to_contain_text("We moved the phones")
    maija.dialog.get_by_text("Names a person, a school or a place").click()
    maija.dialog.get_by_role("button", name="Remove").click()
    maija.sees("It named a person, a school or a place.")
    expect(maija.page.locator("[data-part=entries]")).not_to_contain_text("We moved the phones")


def test_what_was_done_by_mistake_is_undone_with_one_key(room: Room, sits_down: Enter) -> None:
    Room.objects.filter(pk=room.pk).update(state=Room.State.OPEN, attended_at=timezone.now())
    maija = sits_down("maija")
    chip = maija.page.locator(".console-state .chip").first
    maija.presses("p")
    expect(chip).to_have_text("paused")
    maija.presses("z")
    expect(chip).to_have_text("open")
    maija.page.locator("#people summary", has_text="Lark").focus()
    maija.presses("u")
    maija.dialog.get_by_text("To let a difficult moment pass").click()
    maija.dialog.get_by_role("button", name="Only read").click()
    lark = maija.page.locator(".console-person", has_text="Lark")
    expect(lark).to_contain_text("only reads until")
    maija.presses("z")
    expect(lark).not_to_contain_text("only reads until")


def test_a_stage_she_chooses_is_seen_by_a_parent_and_its_prompts_stay_unfolded_while_they_change(
    site: ServedSite, visitors: Visitors, people: Cast, room: Room, sits_down: Enter
) -> None:
    Room.objects.filter(pk=room.pk).update(state=Room.State.OPEN, attended_at=timezone.now())
    maija = sits_down("maija")
    aino = visitors.enter(people.aino, phone=True)
    aino.goto(f"{site.url}/room/{room.pk}/")
    prompts = maija.page.locator("#prompts")
    maija.page.locator("#stage").select_option("topic")
    expect(prompts).to_contain_text("For this stage: today's topic")
    prompts.locator("summary").click()
    expect(prompts.locator("li").first).to_be_visible()
    assert_accessible(maija.page)
    expect(aino.locator("[data-part=stage]")).to_contain_text("Today's topic")
    maija.page.locator("#stage").select_option("closing")
    expect(prompts).to_contain_text("For this stage: closing round")
    expect(prompts.locator("li").first).to_be_visible()
    expect(aino.locator("[data-part=stage]")).to_contain_text("Closing round")
    expect(aino.locator("#prompts")).to_have_count(0)


def test_letters_typed_into_a_message_are_no_keys_and_keys_can_be_switched_off(
    room: Room, sits_down: Enter
) -> None:
    Room.objects.filter(pk=room.pk).update(state=Room.State.OPEN, attended_at=timezone.now())
    maija = sits_down("maija")
    maija.presses("w")
    maija.page.keyboard.type("pause or close")
    expect(maija.page.locator("#composer-body")).to_have_value("pause or close")
    expect(maija.page.locator(".console-state .chip").first).to_have_text("open")
    maija.page.locator("#held-title").click()
    maija.presses("?")
    expect(maija.dialog).to_contain_text("Remove the message you are on")
    maija.dialog.get_by_label("Keys are on").uncheck()
    maija.dialog.get_by_role("button", name="Back to the room").click()
    maija.presses("p")
    maija.presses("c")
    expect(maija.dialog).to_have_count(0)
    expect(maija.page.locator(".console-state .chip").first).to_have_text("open")


@pytest.mark.check(60)
@pytest.mark.parametrize("phone", [False, True])
def test_covered_words_are_opened_one_at_a_time_by_hand_or_key_and_stay_open_while_the_page_renews(
    room: Room, sits_down: Enter, phone: bool
) -> None:
    maija = sits_down("maija", phone=phone)
    held, reported = (maija.page.locator(f"#{part} .cover-words") for part in ("held", "reports"))
    unread = maija.page.locator("#held .cover-unread")
    for words in (held, reported):
        expect(words).to_have_count(1)
        expect(words).to_be_hidden()
    expect(unread).to_be_visible()
    assert_accessible(maija.page)
    maija.presses("v")
    expect(held).to_be_visible()
    expect(unread).to_be_hidden()
    assert_accessible(maija.page)
    # Drawn anew by the server, which does not know what she has opened.
    HeldMessage.objects.update(held_at=timezone.now() - timedelta(minutes=7))
    Room.objects.filter(pk=room.pk).update(side_version=F("side_version") + 1)
    expect(maija.page.locator("#held")).to_contain_text("for 7 minutes")
    expect(held).to_be_visible()
    maija.page.locator("#reports .cover summary").focus()
    maija.page.keyboard.press("Enter")
    expect(reported).to_be_visible()
    expect(held).to_be_hidden()
    maija.page.reload()
    expect(maija.page.locator("#held .cover")).to_have_count(1)
    for words in (held, reported):
        expect(words).to_be_hidden()


@pytest.mark.check(46)
@pytest.mark.parametrize("phone", [False, True])
def test_the_way_out_stays_in_reach_while_a_question_is_open(
    room: Room, sits_down: Enter, phone: bool
) -> None:
    maija = sits_down("maija", phone=phone)
    maija.page.locator("[data-ask=decline]").click()
    expect(maija.dialog).to_be_visible()
    leave = maija.page.locator(".top-bar .leave")
    box = leave.bounding_box()
    assert box is not None
    there = "([x, y]) => !!document.elementFromPoint(x, y).closest('.leave')"
    assert maija.page.evaluate(there, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def test_a_facilitator_who_loses_her_place_sees_nothing_of_the_room_any_more(
    visitors: Visitors, people: Cast, room: Room, sits_down: Enter
) -> None:
    maija = sits_down("maija")
    maija.sees("We moved the phones to the kitchen")
    Membership.objects.filter(pk=people.seat(people.maija).pk).update(state=Membership.State.LEFT)
    expect(maija.page.locator("[data-part=gone]")).to_be_visible()
    expect(maija.page.locator("[data-part=entries]")).not_to_contain_text("phones")
    expect(maija.page.locator("#held")).to_have_count(0)
    # The browser notes in its console that what the page asked for a moment ago is not hers any more.
    visitors.problems[:] = [problem for problem in visitors.problems if "404" not in problem]


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (False, True), (True, False), (True, True)])
def test_her_pages_are_accessible_fit_the_screen_and_keep_nothing(
    room: Room, sits_down: Enter, phone: bool, dark: bool
) -> None:
    maija = sits_down("maija", phone=phone, dark=dark)
    assert_accessible(maija.page)
    assert_no_sideways_scroll(maija.page)
    maija.page.locator("[data-ask=decline]").click()
    expect(maija.dialog).to_be_visible()
    assert_accessible(maija.page)
    assert set(stored(maija.page).values()) == {0}
    maija.page.goto(re.sub(r"/today/.*", "/today/", maija.page.url))
    assert_accessible(maija.page)
    assert_no_sideways_scroll(maija.page)


def test_without_a_script_she_opens_releases_and_closes_by_forms(
    site: ServedSite, visitors: Visitors, people: Cast, room: Room, sits_down: Enter
) -> None:
    sits_down("oskar")
    sits_down("pirkko")
    page = visitors.enter(people.maija, javascript=False)
    page.goto(f"{site.url}/today/room/{room.pk}/")
    remove = page.locator(".console-remove a").last
    above, below = page.locator(".letter").last.bounding_box(), remove.bounding_box()
    assert above
    assert below
    assert below["y"] >= above["y"] + above["height"], "it lies upon the letter"
    assert below["height"] >= 44
    page.get_by_role("button", name="Open the room").click()
    expect(page.locator(".notice")).to_have_text(re.compile("The room is open."))
    page.get_by_role("button", name="Release Maple").click()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    page.get_by_role("link", name="Close the room").click()
    page.get_by_role("button", name="Close the room").click()
    expect(page.locator(".notice")).to_have_text(re.compile("The room is closed."))
