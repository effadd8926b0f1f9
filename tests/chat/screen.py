"""The room's page as somebody in front of it sees it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browsing import ServedSite
from tests.chat.conftest import Evening


class Screen:
    """A browser in the room of an evening."""

    def __init__(self, page: Page, site: ServedSite, evening: Evening) -> None:
        self.page = page
        self.address = f"{site.url}/room/{evening.room.pk}/"

    def opens(self) -> Screen:
        """Opens the room and waits until it is live."""
        self.page.goto(self.address)
        expect(self.page.locator(".room-live [data-part=people-count]")).to_have_text(re.compile(r"\d here"))
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

    def is_in(self, phase: str) -> None:
        """Waits until the room is shown as early, open, paused, ended, signed_out or gone."""
        expect(self.page.locator("[data-room]")).to_have_attribute("data-phase", phase)

    def texts(self) -> list[str]:
        """Everything written, as it stands there, in order."""
        return self.page.locator(".letter-body").all_inner_texts()
