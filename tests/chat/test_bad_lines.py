"""Bad lines: no sockets, sockets that swallow all, slow ones; two tabs; leaving with words in the box."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from peersupport.chat.models import Event
from tests.browsing import ServedSite, Visitors
from tests.chat.between import Between, Manner, in_between
from tests.chat.conftest import Evening
from tests.chat.saying import says
from tests.chat.screen import Screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def between(site: ServedSite) -> Iterator[Between]:
    """A proxy in front of the site."""
    with in_between(site) as proxy:
        yield proxy


@pytest.fixture
def aino(browser: Browser, between: Between, open_evening_room: Evening) -> Iterator[Screen]:
    """Aino behind the proxy, on her phone; the room is not opened yet."""
    visitors = Visitors(browser, between)
    page = visitors.enter(open_evening_room.cast.aino, phone=True)
    yield Screen(page, between, open_evening_room)
    visitors.leave()
    assert visitors.problems == []


@pytest.mark.parametrize("manner", ["refuses", "swallows"])
def test_without_a_socket_the_talk_goes_on_within_seconds_and_a_socket_takes_it_over_later(
    manner: Manner, between: Between, aino: Screen, open_evening_room: Evening
) -> None:
    between.manner = manner
    aino.opens(within=20)
    aino.writes("Can you hear me?")
    aino.sees("Can you hear me?")
    says(open_evening_room, "berit", "Yes, slowly.")
    aino.sees("Yes, slowly.")
    assert between.sockets == 0
    between.manner = "open"
    aino.until(lambda: between.sockets == 1)
    says(open_evening_room, "berit", "And now?")
    aino.writes("Now at once.")
    aino.sees("And now?")
    aino.sees("Now at once.")
    expect(aino.page.locator(".letter-body")).to_have_count(4)
    assert Event.objects.filter(kind="message").count() == 4


#: What a page finds in a browser without sockets, in one that forbids them, and in one that does so at first.
NO_SOCKETS = {
    "missing": "delete window.WebSocket;",
    "throwing": """
        window.WebSocket = class { constructor() { throw new DOMException("no", "SecurityError"); } };
    """,
    "throwing at first": """
        const Real = window.WebSocket;
        window.refused = 0;
        window.WebSocket = class {
          constructor(...how) {
            if (window.allowed) return new Real(...how);
            window.refused += 1;
            throw new DOMException("no", "SecurityError");
          }
        };
    """,
}


@pytest.mark.parametrize("browser_is", ["missing", "throwing"])
def test_a_browser_without_sockets_talks_both_ways(
    browser_is: str, between: Between, aino: Screen, open_evening_room: Evening
) -> None:
    aino.page.add_init_script(NO_SOCKETS[browser_is])
    aino.opens()
    aino.writes("Can you hear me?")
    aino.sees("Can you hear me?")
    says(open_evening_room, "berit", "Yes, slowly.")
    aino.sees("Yes, slowly.")
    assert between.sockets == 0


def test_a_browser_that_forbids_sockets_at_first_is_asked_again_and_takes_one_when_it_may(
    between: Between, aino: Screen, open_evening_room: Evening
) -> None:
    aino.page.add_init_script(NO_SOCKETS["throwing at first"])
    aino.opens()
    # The second time it was the asking beside the polling, which goes on asking.
    aino.until(lambda: bool(aino.page.evaluate("window.refused > 1")))
    aino.page.evaluate("window.allowed = true")
    aino.until(lambda: between.sockets == 1)
    says(open_evening_room, "berit", "And now?")
    aino.sees("And now?")


def test_on_a_slow_line_each_message_says_how_far_it_is_and_a_double_tap_sends_one(
    between: Between, aino: Screen
) -> None:
    aino.opens()
    between.delay = 0.5
    aino.box.fill("Slowly.")
    aino.page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(aino.sees("Slowly.", "sending").locator(".letter-state")).to_have_text("Sending …")
    expect(aino.page.locator("#composer-problem")).to_be_hidden()
    aino.sees("Slowly.")
    assert Event.objects.filter(kind="message").count() == 1


#: About what is left of a phone's line at the edge of a cell: milliseconds, bytes a second.
EDGE = {"offline": False, "latency": 500, "downloadThroughput": 50_000, "uploadThroughput": 20_000}


@pytest.mark.parametrize("by", ["socket", "polling"])
def test_at_the_edge_of_a_cell_she_loads_sends_and_hears_and_a_tunnel_costs_nothing(
    by: str, site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    page = visitors.enter(open_evening_room.cast.aino, phone=True)
    if by == "polling":
        page.add_init_script(NO_SOCKETS["missing"])
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", EDGE)
    aino = Screen(page, site, open_evening_room).opens(within=60)
    waited = "performance.getEntriesByType('navigation')[0].responseEnd"
    assert page.evaluate(waited) >= EDGE["latency"], "the line must have been slow"
    aino.writes("Slowly.")
    if by == "polling":
        # Chromium lets small frames of a socket through at once, whatever the latency.
        aino.sees("Slowly.", "sending")
    says(open_evening_room, "berit", "I wait for you.")
    aino.sees("Slowly.")
    aino.sees("I wait for you.")
    devtools.send("Network.emulateNetworkConditions", EDGE | {"offline": True})
    aino.writes("From the tunnel.")
    aino.sees("From the tunnel.", "waiting")
    expect(page.locator("[data-part=line]")).to_have_text(re.compile("You are offline"))
    says(open_evening_room, "berit", "Are you there?")
    devtools.send("Network.emulateNetworkConditions", EDGE)
    aino.sees("From the tunnel.")
    aino.sees("Are you there?")
    assert sorted(aino.texts()) == ["Are you there?", "From the tunnel.", "I wait for you.", "Slowly."]
    assert Event.objects.filter(kind="message").count() == 4


def test_a_reload_in_the_middle_of_sending_leaves_one_message_or_none_and_asks_first(
    between: Between, aino: Screen
) -> None:
    aino.opens()
    between.delay = 0.4
    aino.writes("Half way.")
    aino.sees("Half way.", "sending")
    asked = dialogs(aino.page, accept=True)
    aino.opens()
    assert asked == ["beforeunload"]
    aino.until(lambda: aino.texts() == ["Half way."] * Event.objects.filter(kind="message").count())


def test_two_tabs_of_one_person_show_the_same(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    page = visitors.enter(open_evening_room.cast.aino)
    first = Screen(page, site, open_evening_room).opens()
    second = Screen(page.context.new_page(), site, open_evening_room).opens()
    first.writes("From the first.")
    second.sees("From the first.")
    second.writes("From the second.")
    first.sees("From the second.")
    first.takes_back(first.sees("From the second."))
    for tab in (first, second):
        tab.shows("From the first.", "You took this message back.")


def test_words_in_the_box_ask_before_they_are_lost_and_never_when_leaving_quickly(
    site: ServedSite, visitors: Visitors, weather: str, open_evening_room: Evening
) -> None:
    aino = Screen(visitors.enter(open_evening_room.cast.aino), site, open_evening_room).opens()
    aino.box.press_sequentially("Only half a")
    asked = dialogs(aino.page, accept=False)
    # Dismissed, the page stays and the words with it.
    aino.page.evaluate("() => { setTimeout(() => { location.href = '/my/'; }); }")
    aino.until(lambda: asked == ["beforeunload"])
    expect(aino.box).to_have_value("Only half a")
    aino.page.locator(".leave").click()
    aino.page.wait_for_url(re.compile(re.escape(weather)))
    assert asked == ["beforeunload"]
    assert visitors.left_for(weather)


def dialogs(page: Page, *, accept: bool) -> list[str]:
    """The kinds of dialogs that come up from now on, each answered in the same way."""
    seen: list[str] = []

    def answer(dialog: Dialog) -> None:
        seen.append(dialog.type)
        (dialog.accept if accept else dialog.dismiss)()

    page.on("dialog", answer)
    return seen
