"""The room in a browser: readable by all, on every screen, whatever was written; leaving nothing behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from peersupport.chat import members, moderation
from peersupport.chat.models import Room
from tests.browsing import (
    ServedSite,
    Visitors,
    assert_accessible,
    assert_no_sideways_scroll,
    stored,
)
from tests.chat.coming_in import Enter, enters
from tests.chat.conftest import Evening
from tests.chat.saying import nobody_here_for, says
from tests.chat.screen import Screen

__all__ = ["enters"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CONNECTING = "Connecting. You can write already; nothing is lost."
HOSTILE = [
    "<script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    "<svg/onload=window.broken=1>",
    "\"><iframe srcdoc='<script>parent.broken=1</script>'>",
    "javascript:window.broken=1",
    "{{ 7 * 7 }} ${7 * 7} <%= 7 * 7 %>",
    "</template><b>bold</b>&lt;i&gt;",
    "\u202egnidaer sdrawkcab\u202c",
]


@pytest.mark.parametrize("phase", ["early", "late", "open", "alone", "paused", "ended", "unattended"])
def test_every_phase_is_accessible_on_the_smallest_phone(
    phase: str, site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    says(open_evening_room, "maija", "Welcome. Take your time to arrive.")
    says(open_evening_room, "berit", "Wordwithoutend" * 12)
    says(open_evening_room, "aino", "Good evening.", note="a note")
    _bring_to(phase, open_evening_room)
    for dark in (False, True):
        page = visitors.enter(open_evening_room.cast.aino, phone=True, width=320, height=640, dark=dark)
        screen = Screen(page, site, open_evening_room).opens()
        screen.is_in("open" if phase == "alone" else phase)
        expect(page.locator("[data-part=alone]")).to_be_visible(visible=phase == "alone")
        lines = page.locator("[data-phase-section] .help-lines:visible")
        expect(lines).to_have_count(int(phase in {"late", "unattended"}))
        screen.sees("Good evening.")
        page.locator(".letter-more summary").last.click()
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_nothing_sticks_out_while_the_room_has_not_answered_yet(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    page = visitors.enter(open_evening_room.cast.aino, phone=True, width=320, height=640)
    page.route_web_socket("**", lambda never_answers: None)
    page.goto(f"{site.url}/room/{open_evening_room.room.pk}/")
    expect(page.locator(".room-live .room-name")).to_have_text(open_evening_room.cast.alder.name)
    expect(page.locator("[data-part=next]")).to_have_text(CONNECTING)
    assert_no_sideways_scroll(page)
    for part in (".room-name", ".room-back", ".room-people > summary", ".room-me > summary"):
        box = page.locator(part).bounding_box()
        assert box, part
        assert box["width"] >= 44, part


@pytest.mark.check(46)
@pytest.mark.parametrize("height", [640, 320, 256])
def test_the_way_out_is_never_covered(
    height: int, site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    for turn in range(12):
        says(open_evening_room, "berit", f"Line {turn}.\nAnd one more.")
    page = visitors.enter(open_evening_room.cast.aino, phone=True, width=320, height=height)
    screen = Screen(page, site, open_evening_room).opens()
    screen.sees("Line 11.")
    screen.box.fill("long\n" * 30)
    leave = page.locator(".leave")
    page.mouse.wheel(0, 4000)
    box = leave.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    on_top = "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('.leave'))"
    assert page.evaluate(on_top, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def test_reading_further_up_is_not_disturbed_by_new_messages(
    enters: Enter, open_evening_room: Evening
) -> None:
    for turn in range(25):
        says(open_evening_room, "berit", f"Earlier line {turn}")
    aino = enters("aino", phone=True)
    aino.sees("Earlier line 24")
    log = aino.page.locator("[data-part=log]")
    log.evaluate("element => { element.scrollTop = 300; }")
    says(open_evening_room, "elias", "Something new")
    newer = aino.page.get_by_role("button", name="1 new message")
    expect(newer).to_be_visible()
    assert log.evaluate("element => element.scrollTop") == 300
    expect(aino.page.locator("[data-new]")).to_have_text("New from here")
    newer.click()
    expect(aino.sees("Something new")).to_be_in_viewport()


def test_a_new_message_is_read_out_once_and_whole(enters: Enter, open_evening_room: Evening) -> None:
    says(open_evening_room, "berit", "Said before she came.")
    aino = enters("aino")
    aino.page.evaluate(
        """() => {
          window.heard = [];
          new MutationObserver((changes) => changes.forEach((change) =>
            change.addedNodes.forEach((node) => window.heard.push(node.textContent))))
            .observe(document.querySelector("[data-part=heard]"), { childList: true, subtree: true });
        }"""
    )
    message = says(open_evening_room, "berit", "Good evening, Willow.")
    aino.sees("Good evening, Willow.")
    aino.writes("Good evening.")
    aino.sees("Good evening.")
    members.retract(
        members.message_in(open_evening_room.room, message),
        by=open_evening_room.cast.seat(open_evening_room.cast.berit),
    )
    aino.sees("This message was taken back.")
    aino.until(lambda: aino.page.evaluate("window.heard.length > 0"))
    assert aino.page.evaluate("window.heard") == ["Rowan: Good evening, Willow."]


@pytest.mark.check(24)
def test_hostile_text_is_shown_as_the_text_it_is(enters: Enter, open_evening_room: Evening) -> None:
    aino, berit = enters("aino"), enters("berit")
    for text in HOSTILE:
        says(open_evening_room, "elias", text, confirmed=True, note=text[:100])
    for screen in (aino, berit):
        for text in HOSTILE:
            screen.sees(text)
    berit.opens()
    for screen in (aino, berit):
        assert screen.page.evaluate("window.broken") is None
        inside = screen.page.locator(".letter-body *, [data-part=note] *, [data-part=heard] p *")
        expect(inside).to_have_count(0)


def test_an_address_of_a_picture_stays_text_and_nobody_asks_for_it(
    enters: Enter, visitors: Visitors, open_evening_room: Evening
) -> None:
    picture = "Look: https://example.org/x.png"
    says(open_evening_room, "berit", picture, confirmed=True)
    aino = enters("aino", phone=True)
    says(open_evening_room, "elias", f"{picture} again", confirmed=True, note="https://example.org/y.png")
    aino.sees(f"{picture} again")
    for letter in aino.page.locator(".letter").all():
        expect(
            letter.locator("img, picture, video, iframe, object, embed, .letter-body a, [data-part=note] a")
        ).to_have_count(0)
        expect(letter.locator("[href*='example.org'], [src*='example.org']")).to_have_count(0)
    assert "example.org/x.png" in aino.page.content(), "it must have been there to ask for"
    aino.page.wait_for_load_state("networkidle")
    assert visitors.foreign == []


@pytest.mark.check(50)
def test_a_talk_leaves_nothing_in_the_browser(enters: Enter) -> None:
    aino = enters("aino", phone=True)
    aino.writes("Only here.")
    aino.sees("Only here.")
    aino.box.fill("A draft.")
    assert stored(aino.page) == {"local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0}


def test_without_a_script_the_same_page_talks_and_enter_in_the_note_sends(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    says(open_evening_room, "aino", "Said before.")
    page = visitors.enter(open_evening_room.cast.aino, phone=True, javascript=False)
    page.goto(f"{site.url}/room/{open_evening_room.room.pk}/")
    page.get_by_label("Your message").fill("Without a script.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".letter", has_text="Without a script.")).to_be_in_viewport()
    page.get_by_label("Your message").fill("And folded.")
    page.get_by_text("Add a note").click()
    page.get_by_label("What it touches, in a few words").press_sequentially("about court")
    page.keyboard.press("Enter")
    expect(page.locator(".letter", has_text="about court")).to_be_visible()
    expect(page.locator(".letter", has_text="Said before.")).to_be_attached()
    page.get_by_label("Your message").fill("A draft")
    page.get_by_role("button", name="Show new messages").click()
    expect(page.get_by_label("Your message")).to_have_value("A draft")


def _bring_to(phase: str, evening: Evening) -> None:
    maija = evening.cast.seat(evening.cast.maija, evening.cast.alder)
    if phase == "alone":
        nobody_here_for(61, evening)
    elif phase == "unattended":
        nobody_here_for(301, evening)
    if phase in {"early", "late"}:
        minutes = 5 if phase == "early" else 12
        begun = timezone.now() - timedelta(minutes=minutes)
        # Before the room closes: a server that looks in between would note that they are late.
        evening.cast.alder.meetings.filter(number=4).update(starts_at=begun)
        Room.objects.filter(kind=Room.Kind.GROUP).update(state=Room.State.CLOSED)
    elif phase == "paused":
        moderation.pause(evening.room, by=maija)
    elif phase == "ended":
        moderation.close(evening.room, by=maija)
