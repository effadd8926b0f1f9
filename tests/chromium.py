"""Chromium, as all tests in a browser have it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

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
