"""The room's page gives each thing its time: a decision is new once, a message that comes too soon waits, one
that could not be stored is tried again when she says so.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from peersupport.chat import moderation
from peersupport.chat.models import Event, HeldMessage, Room
from peersupport.chat.moderating import quieting
from tests.browsing import ServedSite, Visitors
from tests.chat.conftest import Evening
from tests.chat.screen import Screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_in_a_browser_it_is_new_once_and_folded_at_the_next_coming(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    Room.objects.filter(pk=evening.room.pk).update(mode="hold_all")
    screen = Screen(visitors.enter(evening.cast.aino), site, evening).opens()
    screen.writes("Something for later.")
    screen.sees("Something for later.", state="held")
    held = HeldMessage.objects.get()
    moderation.decline(held, by=evening.cast.seat(evening.cast.maija, evening.cast.alder), template="names")
    letter = screen.page.locator(f"#letter-{held.message_id}")
    expect(letter).to_contain_text("The facilitators did not pass this on.")
    fold, words = [screen.page.locator(f"[data-part={name}]") for name in ("settled", "settled-words")]
    expect(fold).to_be_hidden()
    screen.until(lambda: HeldMessage.objects.filter(told_at__isnull=False).exists())
    expect(letter).to_be_visible()
    screen.page.reload()
    expect(words).to_have_text("1 message of yours was not passed on")
    expect(letter).to_be_hidden()
    words.click()
    expect(letter).to_contain_text("The facilitators did not pass this on.")
    letter.get_by_role("button", name="Put it away").click()
    expect(fold).to_be_hidden()


def test_in_a_browser_it_waits_in_sight_and_goes_out_by_itself(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    maija = open_evening_room.cast.seat(open_evening_room.cast.maija, open_evening_room.cast.alder)
    quieting.slow_down(open_evening_room.room, 5, by=maija)
    screen = Screen(visitors.enter(open_evening_room.cast.aino), site, open_evening_room).opens()
    following = screen.page.locator("[data-part=next]")
    expect(following).to_contain_text("Each of us writes at most once in 5 seconds just now.")
    screen.writes("First.")
    screen.sees("First.")
    screen.writes("Second.")
    letter = screen.sees("Second.", state="slow")
    expect(letter).to_contain_text("It goes out by itself in a moment")
    expect(letter).to_have_attribute("data-state", "sent", timeout=9_000)
    assert Event.objects.filter(kind="message").count() == 2
    # What waits for its time goes out as soon as everybody writes as usual again.
    quieting.slow_down(open_evening_room.room, 600, by=maija)
    screen.writes("Third.")
    screen.sees("Third.", state="slow")
    quieting.slow_down(open_evening_room.room, 0, by=maija)
    screen.sees("Third.")
    expect(following).to_have_text("Everyone in the group will see this.")
    expect(screen.page.get_by_text("everybody writes as usual again")).to_be_visible()


@pytest.mark.check(12)
def test_in_a_browser_what_could_not_be_stored_says_so_and_keeps_its_words_until_she_tries_again(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    page = visitors.enter(open_evening_room.cast.aino, phone=True)
    sent = failing_once(page)
    screen = Screen(page, site, open_evening_room).opens()
    screen.writes("It was hard to write this.")
    letter = screen.sees("It was hard to write this.", state="failed")
    expect(letter).to_contain_text("Not sent.")
    assert not Event.objects.filter(kind="message").exists()
    letter.get_by_role("button", name="Try again").click()
    screen.sees("It was hard to write this.")
    screen.shows("It was hard to write this.")
    assert len(sent) == 2
    assert sent[0] == sent[1] == str(Event.objects.get(kind="message").message_id)


def failing_once(page: Page) -> list[str]:
    """The first message of a page is answered as by a server whose database is away; the ids of all."""
    sent: list[str] = []

    def meet(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            command = json.loads(frame)
            sent.extend([command["id"]] if command["cmd"] == "post" else [])
            if command["cmd"] == "post" and len(sent) == 1:
                error = {"code": "internal", "message": "Something went wrong."}
                line.send(json.dumps({"re": command["ref"], "ok": False, "error": error}))
            else:
                server.send(frame)

        line.on_message(pass_on)

    page.route_web_socket("**/ws/rooms/**", meet)
    return sent
