"""Where there is little room: the smallest phone, text twice as large, the dark, a keyboard alone."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from peersupport.chat.elsewhere import aside
from peersupport.chat.meeting import checking_in
from peersupport.chat.models import Room, Signal
from peersupport.chat.moderating import quieting, vanishing
from peersupport.groups.models import Membership, Task
from tests.browser.walking import InTheRoom, follows, presses, stands_before, ticks
from tests.browsing import ServedSite, Visitors, apart, assert_accessible, assert_no_sideways_scroll
from tests.chat.coming_in import Enter, enters
from tests.chat.conftest import Evening, open_evening_room, people, settled_evening
from tests.chat.saying import filled, says

__all__ = ["enters", "open_evening_room", "people", "settled_evening"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALLEST = {"width": 320, "height": 640}


def twice_as_large(page: Page) -> None:
    """The text of a page, as somebody sets it who sees badly."""
    page.evaluate("document.documentElement.style.fontSize = '32px'")


def box_of(locator: Locator) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    box = locator.bounding_box()
    assert box, locator
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def assert_apart(*locators: Locator) -> None:
    """None of them lies upon another, and all are within the screen's width."""
    boxes = [box_of(one) for one in locators]
    for at, (left, top, right, bottom) in enumerate(boxes):
        width = locators[at].page.viewport_size
        assert width
        assert left >= 0, locators[at]
        assert right <= width["width"], locators[at]
        for other in boxes[:at]:
            overlap = left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            assert not overlap, (locators[at], boxes)


def assert_can_be_reached(*locators: Locator) -> None:
    """Each comes wholly into sight when it is scrolled to; nothing is cut off from who scrolls by hand."""
    cut = locators[0].page.evaluate("document.body.scrollHeight - document.body.clientHeight")
    assert cut <= 0, f"{cut} px are cut off"
    for one in locators:
        one.scroll_into_view_if_needed()
        expect(one).to_be_in_viewport(ratio=1)


def test_every_language_can_be_read_in_the_menu_of_the_smallest_phone(
    site: ServedSite, visitors: Visitors
) -> None:
    page = visitors.enter(width=SMALLEST["width"], height=SMALLEST["height"])
    page.goto(site.url + "/join/")
    for language, way_out in (("Français", "Quitter vite cette page"), ("Suomi", "Poistu sivulta nopeasti")):
        page.locator(".language-summary").click()
        choices = page.locator(".language-choice")
        expect(choices.first).to_be_visible()
        assert_apart(page.locator(".leave"), *choices.all())
        page.get_by_role("button", name=language).click()
        expect(page.get_by_role("banner").get_by_role("link", name=way_out)).to_be_visible()


def test_with_text_twice_as_large_no_button_of_a_phones_room_lies_upon_another(
    enters: Enter, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 3)
    page = enters("aino", phone=True).page
    twice_as_large(page)
    top, head = page.get_by_role("banner"), page.locator(".room-head")
    assert_apart(top.locator(".top-bar-name"), top.get_by_role("link", name="Leave this page"))
    assert_apart(
        head.locator(".room-back"),
        head.locator(".room-people summary"),
        head.locator(".room-me summary"),
        head.get_by_role("button", name="Raise your hand"),
    )
    count = head.locator("[data-part=people-count]")
    assert count.evaluate("words => words.scrollWidth <= words.clientWidth || !words.clientWidth")
    assert_apart(page.get_by_label("Your message"), page.get_by_role("button", name="Send", exact=True))
    log = page.get_by_role("region", name="Messages")
    assert box_of(log)[3] - box_of(log)[1] >= 150
    for letter in page.locator(".letter").all():
        assert_apart(letter.locator(".letter-sheet"), letter.locator(".letter-more svg"))
    assert_no_sideways_scroll(page)


def test_what_is_asked_about_a_message_leaves_every_button_of_the_smallest_phone_in_reach(
    enters: Enter, open_evening_room: Evening
) -> None:
    aino = enters("aino", phone=True, **SMALLEST)
    evening = open_evening_room
    seat, maija = (Membership.objects.get(pk=evening.seats[name]) for name in ("aino", "maija"))
    quieting.mute(seat, by=maija, minutes=10, template="pause", room=evening.room)
    expect(aino.page.locator("[data-part=muted]")).to_be_visible()
    aino.writes(
        "Call me: 040 123 4567, or write to me: aino@example.org. I am at home in the evening, always."
    )
    asking = aino.page.locator("[data-part=asking]")
    expect(asking).to_contain_text("It seems to hold a phone number and an e-mail address.")
    assert_can_be_reached(
        asking.get_by_role("button", name="Change it"),
        asking.get_by_role("button", name="Send it as it is"),
        aino.page.get_by_role("button", name="Send", exact=True),
        aino.page.get_by_text("Add a note", exact=True),
    )


def test_how_she_is_can_be_told_on_the_smallest_phone_without_scrolling(
    enters: Enter, open_evening_room: Evening
) -> None:
    aino = enters("aino", phone=True, **SMALLEST)
    maija = Membership.objects.get(pk=open_evening_room.seats["maija"])
    checking_in.ask(open_evening_room.room, by=maija, now=timezone.now())
    presses(aino.page, "Say how I am")
    expect(aino.page.get_by_role("button", name="Tell the facilitators")).to_be_in_viewport(ratio=1)


def test_what_opens_from_the_rooms_head_closes_by_escape_by_a_tap_beside_it_and_for_the_next(
    enters: Enter,
) -> None:
    page = enters("aino").page
    who, how = page.locator(".room-people"), page.locator(".room-me")
    for panel in (who, how):
        panel.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(panel).to_have_attribute("open", "")
        page.keyboard.press("Escape")
        expect(panel).not_to_have_attribute("open", "")
        expect(panel.locator("summary")).to_be_focused()
    who.locator("summary").click()
    how.locator("summary").click()
    expect(who).not_to_have_attribute("open", "")
    expect(how).to_have_attribute("open", "")
    page.get_by_role("region", name="Messages").click(position={"x": 20, "y": 200})
    expect(how).not_to_have_attribute("open", "")


def test_aside_on_the_smallest_phone_the_newest_words_are_in_sight(
    site: ServedSite, visitors: Visitors, enters: Enter, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    maija, seat = (Membership.objects.get(pk=evening.seats[name]) for name in ("maija", "aino"))
    side = apart(lambda: aside.step_aside(seat, by=maija, room=evening.room, now=timezone.now()))
    page = enters("aino", phone=True, **SMALLEST).page
    page.get_by_role("link", name="Step aside").click()
    expect(page.get_by_role("heading", name="Aside, for a moment")).to_be_in_viewport()
    aino = InTheRoom(page)
    for line in ("I am here.", "It was the letter this morning.", "I read it three times."):
        aino.writes(line)
        expect(aino.sees(line)).to_be_in_viewport(ratio=1)
    # Here they are alone with the facilitators already; afterwards her own line is what stays.
    way = page.get_by_role("link", name="Write to the facilitators only")
    expect(way).to_be_hidden()
    assert_accessible(page)
    Room.objects.filter(pk=side.pk).update(attended_at=timezone.now())
    apart(lambda: aside.come_back(seat, by=maija, room=evening.room))
    aino.is_in("ended")
    expect(way).to_be_visible()


def hard_words(evening: Evening, name: str, *, minutes: int = 0) -> Signal:
    """Hard words of somebody, so many minutes ago, that nobody has answered."""
    return Signal.objects.create(
        room=evening.room,
        member_id=evening.seats[name],
        message_id=uuid4(),
        kind=Signal.Kind.DESPAIR,
        level=Signal.Level.URGENT,
        at=timezone.now() - timedelta(minutes=minutes),
    )


def test_every_part_of_the_console_is_named_within_the_width_of_a_phone(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    hard_words(open_evening_room, "aino")
    page = visitors.enter(open_evening_room.cast.maija, phone=True, width=320, height=640)
    page.goto(f"{site.url}/today/room/{open_evening_room.room.pk}/")
    parts = page.get_by_role("navigation", name="Parts of this page").get_by_role("link")
    expect(parts).to_have_count(5)
    assert_apart(*parts.all())
    parts.filter(has_text="People").click()
    heading = page.get_by_role("heading", name=re.compile("^People"))
    expect(heading).to_be_in_viewport(ratio=1)
    assert_apart(page.get_by_role("navigation", name="Parts of this page"), heading)


def test_with_text_twice_as_large_the_console_keeps_its_three_columns_side_by_side(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    page = visitors.enter(open_evening_room.cast.maija)
    page.goto(f"{site.url}/today/room/{open_evening_room.room.pk}/")
    twice_as_large(page)
    assert_apart(*(page.locator(f".console-{column}") for column in ("left", "room", "right")))
    assert_no_sideways_scroll(page)


def test_from_words_that_nobody_answered_a_facilitator_goes_straight_to_the_private_line(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    hard_words(open_evening_room, "aino", minutes=5)
    vanishing.look_for(timezone.now())
    page = visitors.enter(open_evening_room.cast.maija, phone=True)
    page.goto(f"{site.url}/today/task/{Task.objects.get().pk}/")
    expect(page.get_by_role("link", name="Write on the private line")).to_have_count(0)
    presses(page, "Open it")
    follows(page, "Write on the private line")
    stands_before(page, "Willow and the facilitators")


def test_in_the_dark_what_is_not_chosen_has_the_ground_and_the_line_of_any_other_field(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    seat = open_evening_room.seats["aino"]
    page = visitors.enter(open_evening_room.cast.maija, dark=True)
    page.goto(f"{site.url}/today/room/{open_evening_room.room.pk}/ask/mute/?target={seat}")
    looks = """one => { const look = getComputedStyle(one);
        return [look.appearance, look.backgroundColor, look.borderTopColor]; }"""
    words = page.get_by_label("In your own words").evaluate(looks)
    choice = page.get_by_role("radio").first
    assert choice.evaluate(looks) == ["none", *words[1:]]
    ticks(page, "To give the others room to speak")
    assert choice.evaluate(looks)[0] == "auto"


def test_with_the_keyboard_alone_a_facilitator_goes_through_the_whole_console_and_always_sees_where_she_is(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    filled(evening, 3)
    hard_words(evening, "aino")
    Room.objects.update(mode=Room.Mode.HOLD_ALL)
    says(evening, "berit", "It was a long week.")
    page = visitors.enter(evening.cast.maija)
    page.goto(f"{site.url}/today/room/{evening.room.pk}/")
    InTheRoom(page)
    passed: list[str] = []
    for _stop in range(120):
        page.keyboard.press("Tab")
        where = page.evaluate(WHERE)
        if where is None:
            break
        assert where["seen"], where
        passed.append(where["part"])
    # Out at the top, then the meeting, the room, what stands beside it; each once.
    parts = [part for at, part in enumerate(passed) if at == 0 or part != passed[at - 1]]
    assert parts == ["top", "left", "room", "right"], passed


#: Where the focus is: in which part of the console, and whether it is shown by a ring that is in sight.
WHERE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const look = getComputedStyle(at), box = at.getBoundingClientRect();
  const ringed = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  const middle = [box.left + Math.min(box.width, 40) / 2, box.top + Math.min(box.height, 40) / 2];
  const found = box.width > 0 && document.elementFromPoint(...middle);
  const named = ["left", "room", "right"].find((name) => at.closest(`.console-${name}`));
  return {
    part: named || "top",
    seen: ringed && Boolean(found) && (at.contains(found) || found.contains(at)),
    what: at.outerHTML.slice(0, 160),
  };
}"""
