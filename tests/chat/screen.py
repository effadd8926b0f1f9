"""The room's page as somebody in front of it sees it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browsing import Addressed
from tests.chat.conftest import Evening
from tests.chromium import PATIENCE_MS


class Screen:
    """A browser in the room of an evening."""

    def __init__(self, page: Page, site: Addressed, evening: Evening) -> None:
        self.page = page
        self.address = f"{site.url}/room/{evening.room.pk}/"

    def opens(self, *, within: float = PATIENCE_MS / 1_000) -> Screen:
        """Opens the room and waits, so many seconds at most, until it is live."""
        self.page.goto(self.address)
        count = self.page.locator(".room-live [data-part=people-count]")
        expect(count).to_have_text(re.compile(r"\d here"), timeout=1_000 * within)
        expect(self.page.locator("[data-part=log]")).to_have_attribute("aria-busy", "false")
        return self

    @property
    def box(self) -> Locator:
        """The writing box."""
        return self.page.get_by_label("Your message")

    def writes(self, text: str) -> None:
        """Types and presses Send."""
        self.box.fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def letter(self, text: str) -> Locator:
        """The letter that holds this text."""
        return self.page.locator(".letter", has=self.page.locator(".letter-body", has_text=text))

    def sees(self, text: str, state: str = "sent") -> Locator:
        """Waits until the text stands there, once, in this state."""
        letter = self.letter(text)
        expect(letter).to_have_count(1)
        expect(letter).to_have_attribute("data-state", state)
        return letter

    def presses(self, letter: Locator, action: str) -> None:
        """Opens what can be done with a letter and chooses."""
        letter.locator(".letter-more summary").click()
        letter.get_by_role("button", name=action, exact=True).click()

    def takes_back(self, letter: Locator) -> None:
        """Takes a letter back, and says so when asked."""
        self.presses(letter, "Take back")
        letter.get_by_role("button", name="Yes, take it back").click()

    def is_in(self, phase: str) -> None:
        """Waits until the room is shown as early, open, paused, ended, signed_out or gone."""
        expect(self.page.locator("[data-room]")).to_have_attribute("data-phase", phase)

    def shows(self, *texts: str) -> None:
        """Waits until exactly these texts stand there, in this order."""
        bodies = self.page.locator(".letter-body")
        if texts:
            expect(bodies).to_have_text(list(texts), use_inner_text=True)
        else:
            expect(bodies).to_have_count(0)

    def texts(self) -> list[str]:
        """Everything written, as it stands there this very moment, in order."""
        return self.page.locator(".letter-body").all_inner_texts()

    def until(self, found: Callable[[], bool]) -> None:
        """Waits for what no locator can see; what the page itself does goes on meanwhile."""
        deadline = time.monotonic() + PATIENCE_MS / 1_000
        while not found():
            assert time.monotonic() < deadline, "waited in vain"
            self.page.wait_for_timeout(50)
