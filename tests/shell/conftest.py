"""The site with its sample pages on a port of its own, and a browser."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings

from tests.chromium import PATIENCE_MS
from tests.ports import free_port

CHECKOUT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 90


@dataclass(frozen=True)
class Sample:
    """Where the sample site is, and where leaving it leads."""

    url: str
    away: str


@pytest.fixture(autouse=True)
def sample_templates(settings: Settings) -> None:
    """The sample pages' templates, found after the site's own."""
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], Path(__file__).with_name("templates")]}]


@pytest.fixture(scope="session")
def sample(django_db_setup: None, weather: str, static_files: None) -> Iterator[Sample]:
    """The sample site as a process of its own, on the run's database."""
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.shell.sample_settings",
        "PEERSUPPORT_DEMO": "1",
        "PEERSUPPORT_LEAVE_URL": weather,
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "uvicorn", "tests.shell.sample_asgi:application"]
    server = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "error", "--lifespan", "off"],
        cwd=CHECKOUT,
        env=environment,
    )
    url = f"http://localhost:{port}"
    try:
        _wait_until_it_answers(url, server)
        yield Sample(url, weather)
    finally:
        server.terminate()
        server.wait(60)


def _wait_until_it_answers(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert server.poll() is None, "The sample site ended at once."
        try:
            httpx.get(f"{url}/privacy/", timeout=20)
        except httpx.TransportError:
            continue
        return
    raise AssertionError("The sample site did not answer in time.")


@pytest.fixture
def visitor(browser: Browser, sample: Sample) -> Iterator[Page]:
    """A fresh browser on a phone, 390 wide, at the sample site."""
    yield from _page(partial(browser.new_context, viewport={"width": 390, "height": 844}), sample)


@pytest.fixture
def visitor_without_script(browser: Browser, sample: Sample) -> Iterator[Page]:
    """The same on the narrowest phone, 320 wide, with JavaScript switched off."""
    small = partial(browser.new_context, viewport={"width": 320, "height": 568}, java_script_enabled=False)
    yield from _page(small, sample)


def _page(new_context: partial[BrowserContext], sample: Sample) -> Iterator[Page]:
    context = new_context(base_url=sample.url)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()
