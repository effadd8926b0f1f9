"""Chromium, as all tests in a browser have it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, expect, sync_playwright

# A busy machine may take its time; what is promised within seconds is measured where that is tried.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

# The same Chromium without windows of its own takes half as much of the processor.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """A browser, closed at the end."""
    browser = playwright.chromium.launch(
        executable_path=next(filter(None, map(shutil.which, PROGRAMS)), None),
        # Chromium's sandbox refuses to run as root.
        args=["--no-sandbox"] if os.geteuid() == 0 else [],
    )
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def alone() -> Iterator[Browser]:
    """The same with a Playwright of its own. While it is there Django refuses queries in this thread."""
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


class Standing:
    """One Chromium for file after file of tests in a browser: to launch one takes longer than many a test."""

    def __init__(self) -> None:
        self._stack: ExitStack | None = None
        self._browser: Browser
        self._of = Path()

    def opened(self, by: Path) -> Browser:
        """The browser, launched unless it stands, for the tests of this file."""
        self._of = by
        if self._stack is None:
            # Playwright keeps an event loop on this thread, which makes Django refuse its own database calls.
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
            self._stack = ExitStack()
            self._browser = self._stack.enter_context(alone())
        return self._browser

    def close_unless_for(self, file: Path) -> None:
        """Makes room for a test without a browser, unless it stands in the file that has this one."""
        if file != self._of:
            self.close()

    def close(self) -> None:
        """Gone, and its event loop with it."""
        if self._stack is not None:
            self._stack.close()
            self._stack = None
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
