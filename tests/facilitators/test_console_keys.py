"""Every key of the console in a browser: pressed with the cursor in no text, it does what the list says."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from facilitators.keys import KEYS
from peersupport.chat.models import Event, HeldMessage, Report, Room, Signal
from peersupport.chat.moderating import kind_words
from peersupport.groups.models import Membership
from tests.cast import Cast
from tests.facilitators.test_console_in_a_browser import Desk, Enter, people, room, sits_down

__all__ = ["people", "room", "sits_down"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(people: Cast, room: Room) -> Room:
    """The room is open; a message waits, one is reported, and in one there are hard words."""
    Room.objects.filter(pk=room.pk).update(state=Room.State.OPEN, attended_at=timezone.now())
    said = Event.objects.filter(room=room, kind=Event.Kind.MESSAGE, member__role="parent").latest("seq")
    assert said.member
    assert said.message_id
    Signal.objects.create(
        room=room,
        member=said.member,
        message_id=said.message_id,
        source=Signal.Source.MESSAGE,
        kind=Signal.Kind.DESPAIR,
        level=Signal.Level.WATCH,
        at=timezone.now(),
    )
    return room


def here(desk: Desk) -> Locator:
    """What the cursor is on."""
    return desk.page.locator(":focus")


def is_(desk: Desk, state: str) -> None:
    """Waits until the room is shown as open, paused or closed."""
    expect(desk.page.locator(".console-state .chip").first).to_have_text(state)


def gives_reason(desk: Desk, act: str, button: str) -> None:
    """Chooses the first reason of the question that stands open, by keyboard, and says yes."""
    _name, words = kind_words.choices(act)[0]
    desk.dialog.get_by_label(words).press("Space")
    desk.dialog.get_by_role("button", name=button).press("Enter")
    expect(desk.dialog).to_have_count(0)


def writes(desk: Desk) -> None:
    expect(here(desk)).to_have_id("composer-body")


def opens(desk: Desk) -> None:
    is_(desk, "open")


def pauses_and_goes_on(desk: Desk) -> None:
    is_(desk, "paused")
    desk.presses("p")
    is_(desk, "open")


def closes(desk: Desk) -> None:
    expect(desk.dialog).to_contain_text("Close the room")
    is_(desk, "open")
    desk.dialog.get_by_role("button", name="Close the room").press("Enter")
    is_(desk, "closed")


def chooses_the_mode(desk: Desk) -> None:
    expect(here(desk)).to_have_id("mode")
    desk.presses("ArrowDown")
    expect(desk.page.locator("[data-room]")).to_have_attribute("data-phase", "open")
    expect(desk.said).not_to_be_empty()
    assert Room.objects.get(kind="group", group__name="Alder").mode != Room.Mode.LIVE


def chooses_the_pace(desk: Desk) -> None:
    expect(here(desk)).to_have_id("slow")
    desk.presses("ArrowDown")
    expect(desk.said).not_to_be_empty()
    assert Room.objects.get(kind="group", group__name="Alder").slow_seconds > 0


def goes_to_the_hard_words(desk: Desk) -> None:
    expect(here(desk)).to_have_id(re.compile("^hard-"))


def goes_to_what_waits(desk: Desk) -> None:
    expect(here(desk)).to_have_id(re.compile("^held-"))


def covers_and_uncovers(desk: Desk) -> None:
    words = desk.page.locator("#held .cover-words")
    expect(words).to_be_visible()
    desk.presses("v")
    expect(words).to_be_hidden()


def releases(desk: Desk) -> None:
    expect(desk.held).to_have_count(0)
    assert HeldMessage.objects.get().decision == HeldMessage.Decision.RELEASED


def declines(desk: Desk) -> None:
    expect(desk.dialog).to_contain_text(HeldMessage.objects.get().body)
    gives_reason(desk, "decline", "Decline")
    expect(desk.held).to_have_count(0)
    assert HeldMessage.objects.get().decision == HeldMessage.Decision.DECLINED


def sees_to_it(desk: Desk) -> None:
    expect(desk.page.locator("#reports [data-item]")).to_have_count(0)
    assert Report.objects.get().answered_at
    # Hard words only with the cursor on them.
    assert Signal.objects.get().answered_at is None
    desk.presses("s")
    desk.presses("a")
    expect(desk.page.locator("#hard")).to_have_count(0)
    assert Signal.objects.get().answered_at


def goes_on_a_message(desk: Desk) -> None:
    newest = desk.page.locator("[data-part=entries] .letter").last
    expect(newest).to_be_focused()
    desk.presses("k")
    expect(newest).not_to_be_focused()
    desk.presses("j")
    expect(newest).to_be_focused()


def goes_a_message_back(desk: Desk) -> None:
    letters = desk.page.locator("[data-part=entries] .letter")
    expect(letters.last).to_be_focused()
    desk.presses("k")
    expect(letters.nth(-2)).to_be_focused()


def removes(desk: Desk) -> None:
    # Nothing is meant yet.
    expect(desk.dialog).to_have_count(0)
    desk.presses("j")
    message = UUID(here(desk).get_attribute("data-id"))
    desk.presses("x")
    expect(desk.dialog).to_be_visible()
    gives_reason(desk, "remove", "Remove")
    expect(desk.page.locator(f"#letter-{message}")).to_have_attribute("data-fate", "removed")
    assert Event.objects.get(message_id=message).body is None


def goes_to_the_people(desk: Desk) -> None:
    expect(here(desk)).to_have_id(re.compile("^summary-"))


def person_of(desk: Desk) -> Membership:
    """Whom the cursor is on, once it is on somebody."""
    desk.presses("l")
    goes_to_the_people(desk)
    return Membership.objects.get(pk=str(here(desk).get_attribute("id")).removeprefix("summary-"))


def lets_only_read(desk: Desk) -> None:
    # Nobody is meant yet.
    expect(desk.dialog).to_have_count(0)
    person = desk.page.locator(".console-person", has_text=person_of(desk).pseudonym)
    desk.presses("u")
    expect(desk.dialog).to_be_visible()
    gives_reason(desk, "mute", "Only read")
    expect(person).to_contain_text("only reads until")
    desk.presses("l")
    desk.presses("u")
    expect(person).not_to_contain_text("only reads until")


def puts_out(desk: Desk) -> None:
    # Nobody is meant yet.
    expect(desk.dialog).to_have_count(0)
    person = person_of(desk)
    desk.presses("e")
    expect(desk.dialog).to_contain_text(person.pseudonym)
    gives_reason(desk, "eject", "Put out")
    person.refresh_from_db()
    assert person.state == Membership.State.SUSPENDED


def undoes(desk: Desk) -> None:
    # There is nothing to undo yet.
    desk.presses("p")
    is_(desk, "paused")
    desk.presses("z")
    is_(desk, "open")


def shows_the_list(desk: Desk) -> None:
    for key in KEYS:
        expect(desk.dialog).to_contain_text(str(key.does))


DOES: dict[str, Callable[[Desk], None]] = {
    "w": writes,
    "o": opens,
    "p": pauses_and_goes_on,
    "c": closes,
    "m": chooses_the_mode,
    "n": chooses_the_pace,
    "s": goes_to_the_hard_words,
    "h": goes_to_what_waits,
    "v": covers_and_uncovers,
    "r": releases,
    "d": declines,
    "a": sees_to_it,
    "j": goes_on_a_message,
    "k": goes_a_message_back,
    "x": removes,
    "l": goes_to_the_people,
    "u": lets_only_read,
    "e": puts_out,
    "z": undoes,
    "?": shows_the_list,
}


# These only lead somewhere: one console for all of them, in an order in which none is in another one's way.
LEADING = "shvkjl"


@pytest.mark.parametrize("keys", [LEADING, *(one.key for one in KEYS if one.key not in LEADING)])
def test_each_key_does_what_the_list_says(keys: str, busy: Room, sits_down: Enter) -> None:
    if keys == "o":
        # It opens with two.
        Room.objects.filter(pk=busy.pk).update(state=Room.State.CLOSED)
        sits_down("oskar")
    maija = sits_down("maija")
    expect(maija.page.locator(".console-state").first).to_contain_text(re.compile("open|2 of 2"))
    expect(maija.page.locator("#hard [data-item]")).to_have_count(1)
    for key in keys:
        maija.presses(key)
        DOES[key](maija)
