"""One room by three ways at once: a parent's phone, a facilitator's console, a client that asks and posts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from peersupport.chat.models import Event
from tests.browser.walking import InTheRoom
from tests.browsing import ServedSite, Visitors
from tests.chat.coming_in import Enter, enters
from tests.chat.conftest import Evening, open_evening_room, people, settled_evening

__all__ = ["enters", "open_evening_room", "people", "settled_evening"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOKEN = "t" * 32


class Caller:
    """Somebody of the cast without a browser: she posts, and asks again and again what is new."""

    def __init__(self, site: ServedSite, evening: Evening, name: str) -> None:
        # As the page's own forms would be sent.
        self._http = httpx.Client(
            base_url=f"{site.url}/api/v1/rooms/{evening.room.pk}",
            headers={
                "Cookie": f"{evening.cookies[name]}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
                "Origin": site.url,
                "Referer": f"{site.url}/",
                "X-CSRFToken": TOKEN,
            },
            verify=False,
            timeout=40,
        )
        self._beside = ""
        #: The log as she has it, and what stood beside it in the last answer.
        self.log: list[dict[str, Any]] = []
        self.pushes: list[dict[str, Any]] = []

    def leaves(self) -> None:
        """Asks no more."""
        self._http.close()

    def posts(self, body: str) -> dict[str, Any]:
        """Writes a message; gives the reply."""
        answer = self._http.post("/messages/", json={"id": str(uuid4()), "body": body})
        found: dict[str, Any] = answer.json()
        return found

    def asks(self, *, wait: int = 0) -> list[dict[str, Any]]:
        """Asks what is new, and waits so many seconds for it; gives the new events."""
        after = self.log[-1]["seq"] if self.log else 0
        beside = {"beside": self._beside} if self._beside else {}
        answer = self._http.get("/events/", params={"after": after, "wait": wait, **beside})
        assert answer.status_code == 200, answer.text[:300]
        found = answer.json()
        self._beside, self.pushes = found["beside"], found["pushes"]
        self.log += found["events"]
        return list(found["events"])

    def hears(self, found: Callable[[], bool]) -> None:
        """Asks until what she has heard is what was waited for."""
        for _time in range(20):
            self.asks(wait=25)
            if found():
                return
        raise AssertionError("waited in vain")

    @contextmanager
    def listening(self, found: Callable[[], bool]) -> Iterator[None]:
        """Waits on a thread of her own for what is done meanwhile."""
        with ThreadPoolExecutor(max_workers=1) as thread:
            waiting: Future[None] = thread.submit(self.hears, found)
            yield
            waiting.result()

    @property
    def texts(self) -> list[str]:
        """Every message's words, in order."""
        return [event["body"] for event in self.log if event["kind"] == "message"]

    @property
    def ids(self) -> list[str]:
        """Every message's id, in order."""
        return [event["id"] for event in self.log if event["kind"] == "message"]

    def waiting(self) -> list[str]:
        """Her own words that a facilitator has not read yet."""
        (held,) = [push for push in self.pushes if push["push"] == "held"]
        return [item["body"] for item in held["items"]]


@pytest.fixture
def maija(site: ServedSite, visitors: Visitors, open_evening_room: Evening) -> InTheRoom:
    """A facilitator in front of the console of the open room."""
    page = visitors.enter(open_evening_room.cast.maija)
    page.goto(f"{site.url}/today/room/{open_evening_room.room.pk}/")
    return InTheRoom(page)


@pytest.fixture
def berit(site: ServedSite, open_evening_room: Evening) -> Iterator[Caller]:
    """A parent of the group without a browser."""
    caller = Caller(site, open_evening_room, "berit")
    yield caller
    caller.leaves()


def ids_on(page: Page) -> list[str]:
    """The ids of the letters as they stand on a page."""
    return page.locator(".letter").evaluate_all("letters => letters.map((letter) => letter.dataset.id)")


def releases(maija: InTheRoom, words: str) -> None:
    """Presses Release beside these words."""
    waiting = maija.page.get_by_role("region", name="Waiting to be read").get_by_role("article")
    waiting.filter(has_text=words).get_by_role("button", name="Release").click()


def lets_wait(maija: InTheRoom, mode: str) -> None:
    """Chooses which messages wait."""
    maija.page.get_by_label("Which messages wait").select_option(label=mode)
    expect(maija.page.get_by_text(f"From now on: {mode}.")).to_be_visible()


def test_a_phone_a_console_and_a_client_that_asks_and_posts_have_the_same_log(
    enters: Enter, open_evening_room: Evening, maija: InTheRoom, berit: Caller
) -> None:
    aino = enters("aino", phone=True)

    # What is posted stands on both screens.
    assert berit.posts("Good evening from the train.")["state"] == "published"
    for screen in (aino, maija):
        screen.sees("Good evening from the train.")

    # What is written in a browser is heard by who waits for an answer: her waiting is seen by the others.
    berit.asks()
    with berit.listening(lambda: "Good evening, Rowan." in berit.texts):
        aino.page.locator(".room-people summary").click()
        expect(aino.page.locator(".room-person", has_text="Rowan")).to_be_visible()
        aino.page.keyboard.press("Escape")
        aino.writes("Good evening, Rowan.")
        maija.sees("Good evening, Rowan.")

    # A facilitator holds what comes now: its writer alone knows of it.
    with berit.listening(lambda: berit.log[-1]["kind"] == "mode"):
        lets_wait(maija, "every message waits")
    held = berit.posts("It was a long week.")
    assert (held["state"], held["reason"]) == ("held", "hold_all")
    aino.writes("Mine too.")
    aino.sees("Mine too.", "held")
    berit.asks()
    assert berit.waiting() == ["It was a long week."]
    assert aino.letter("It was a long week.").count() == 0
    assert "Mine too." not in berit.texts

    # Released in the other order, they stand in the order in which they were let through.
    with berit.listening(lambda: "Mine too." in berit.texts):
        releases(maija, "Mine too.")
    with berit.listening(lambda: "It was a long week." in berit.texts and not berit.waiting()):
        releases(maija, "It was a long week.")
    with berit.listening(lambda: berit.log[-1]["kind"] == "mode"):
        lets_wait(maija, "everything is shown at once")
    maija.writes("Thank you both.")
    berit.hears(lambda: "Thank you both." in berit.texts)

    said = [
        "Good evening from the train.",
        "Good evening, Rowan.",
        "Mine too.",
        "It was a long week.",
        "Thank you both.",
    ]
    for screen in (aino, maija):
        screen.shows(*said)
        assert ids_on(screen.page) == berit.ids
    assert berit.texts == said
    assert [event["seq"] for event in berit.log] == list(range(1, len(berit.log) + 1))
    kept = Event.objects.filter(room=open_evening_room.room).order_by("seq")
    assert [event["kind"] for event in berit.log] == [event.kind for event in kept]
