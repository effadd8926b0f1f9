"""A real browser on the real site: Chromium against a server of its own process, over https as in production.

    def test_the_door_opens(site: ServedSite, visitors: Visitors, people: Cast) -> None:
        page = visitors.enter(people.aino, phone=True)
        page.goto(site.url + "/my/")

The fixtures are `site` (one server, up while tests ask for it), `letter_box` (the mail server it uses),
`browser` (one Chromium, emptied after each module) and `visitors` (people with cookies of their own; what
goes wrong in their pages fails the test). The database is the tests' own: ask for `transactional_db`, or a
fixture that does, so that the server can read what the test has made.

Keep browser tests and asynchronous tests in modules of their own: each kind brings its own event loop.
"""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from peersupport.accounts.models import User
from peersupport.accounts.second_factor import METHODS, METHODS_OF
from peersupport.server import POOLED_CONNECTIONS
from tests import axe, chromium
from tests.accounts.post_office import PostOffice, post_office
from tests.chromium import PATIENCE_MS
from tests.ports import free_port

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
START_SECONDS = 90.0
T = TypeVar("T")
#: The site of this run, once a test has asked for it.
STANDING = pytest.StashKey["ServedSite"]()
#: And its browser.
BROWSER = pytest.StashKey[chromium.Standing]()


class Addressed(Protocol):
    """What a browser can go to: the site itself, or what stands in front of it."""

    url: str


class ServedSite:
    """The site in a process of its own on a free port; it can be stopped and started again on it."""

    def __init__(
        self, directory: Path, *, application: str = "tests.served:application", **environment: str
    ) -> None:
        self.port = free_port()
        self._application = application
        self.url = f"https://localhost:{self.port}"
        self._environment = environment
        #: Its key and its certificate, as files.
        self.identity = _certificate(directory)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def served(self) -> bool:
        """Whether it runs."""
        return self._process is not None

    def start(self) -> None:
        """Returns when it answers."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", self._application),
                *("--host", "127.0.0.1", "--port", str(self.port)),
                *("--ssl-keyfile", str(self.identity[0]), "--ssl-certfile", str(self.identity[1])),
                *("--http", "h11", "--ws", "websockets-sansio", "--lifespan", "on"),
                *("--ws-max-size", str(64 * 1024), "--ws-per-message-deflate", "false"),
                *("--no-proxy-headers", "--no-access-log", "--log-level", "warning"),
                *("--timeout-graceful-shutdown", "5"),
            ],
            env={
                **os.environ,
                "PORT": str(self.port),
                "PEERSUPPORT_ORIGINS": self.url,
                "PEERSUPPORT_DATABASE_POOL": POOLED_CONNECTIONS,
                **self._environment,
            },
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, "the server ended; its words stand above"
            assert time.monotonic() < deadline, "the server did not answer in time"
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Ends it by a signal; SIGKILL as a crash would."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=60)
            self._process = None

    def _answers(self) -> bool:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with urllib.request.urlopen(f"{self.url}/", context=context, timeout=20):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False


class Visitors:
    """People in front of browsers. Each has her own cookies; what goes wrong in their pages is kept."""

    def __init__(self, browser: Browser, site: Addressed) -> None:
        self._browser, self._site = browser, site
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []
        #: Hosts other than the site's own that any page asked for.
        self.foreign: list[str] = []

    def enter(
        self,
        user: User | None = None,
        *,
        phone: bool = False,
        dark: bool = False,
        javascript: bool = True,
        width: int | None = None,
        height: int | None = None,
        time_zone: str = "Europe/Helsinki",
    ) -> Page:
        """Somebody opens her browser; signed in if an account is given."""
        size = dict(PHONE if phone else DESK)
        context = self._browser.new_context(
            ignore_https_errors=True,
            viewport={"width": width or size["width"], "height": height or size["height"]},
            has_touch=phone,
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id=time_zone,
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        if user is not None:
            context.add_cookies([self.cookie(user)])
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._heard)
        page.on("request", self._asked)
        return page

    def cookie(self, user: User) -> Any:
        """The cookie of somebody who has just signed in, staff with a second factor."""
        client = Client()
        client.force_login(user)
        if user.is_staff:
            session = client.session
            session[METHODS] = [{"method": "mfa", "at": time.time()}]
            session[METHODS_OF] = str(user.pk)
            session.save()
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        return {
            "name": settings.SESSION_COOKIE_NAME,
            "value": value,
            "url": self._site.url,
            "secure": True,
            "httpOnly": True,
        }

    def left_for(self, address: str) -> bool:
        """Whether the one thing asked for elsewhere was this page, to which leaving leads; forgotten then."""
        asked, self.foreign = self.foreign, []
        return asked == [address]

    def leave(self) -> None:
        """Everybody closes her browser."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _heard(self, message: ConsoleMessage) -> None:
        # A network that a test has cut is no fault of the page, nor is a refusal (409) that it says in words.
        expected = ("net::ERR_", "WebSocket", "status of 409")
        if message.type == "error" and not any(words in message.text for words in expected):
            self.problems.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._site.url, "data:", "blob:")):
            self.foreign.append(request.url)


def apart(do: Callable[[], T]) -> T:
    """Does something on a thread of its own and gives its result.

    Playwright's event loop runs on this one, so that nothing asynchronous can be awaited here.
    """

    def done() -> T:
        try:
            return do()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(done).result()


def assert_accessible(page: Page) -> None:
    """No finding of axe at WCAG 2.2 AA on the page as it is now."""
    with all_in_sight(page):
        found = axe.findings(page, runOnly=axe.WCAG_22_AA)
    assert not found, found


@contextmanager
def all_in_sight(page: Page) -> Iterator[None]:
    """The screen is as tall as the page meanwhile: axe takes for covered what could be scrolled free."""
    page.wait_for_load_state()
    size, tall = page.viewport_size, page.evaluate("document.documentElement.scrollHeight")
    assert size
    if tall > size["height"]:
        page.set_viewport_size({"width": size["width"], "height": tall + 200})
    yield
    page.set_viewport_size(size)


def assert_no_sideways_scroll(page: Page) -> None:
    """Nothing is wider than the screen, once what scripts and a new size of it move has settled."""
    found = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    with suppress(PlaywrightTimeout):
        page.wait_for_function(f"{found} <= 0", timeout=5_000)
    wide = page.evaluate(found)
    assert wide <= 0, f"{wide} px too wide"


def stored(page: Page) -> dict[str, int]:
    """How much the page keeps in each of the browser's stores; all nought is what we promise."""
    return page.evaluate(
        """async () => ({
          local: localStorage.length,
          session: sessionStorage.length,
          databases: (await indexedDB.databases()).length,
          caches: (await caches.keys()).length,
          workers: (await navigator.serviceWorker.getRegistrations()).length,
        })"""
    )


@pytest.fixture(scope="session")
def letter_box() -> Iterator[PostOffice]:
    """The mail server that the site hands its mails to. One for the run: ask it by address."""
    with post_office() as office:
        yield office


@pytest.fixture(scope="session")
def standing_site(
    django_db_setup: None,
    static_files: None,
    weather: str,
    letter_box: PostOffice,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Iterator[ServedSite]:
    """Where the site is to be, served or not."""
    served = pytestconfig.stash[STANDING] = ServedSite(
        tmp_path_factory.mktemp("site"),
        EMAIL_URL=f"smtp://127.0.0.1:{letter_box.port}",
        PEERSUPPORT_LEAVE_URL=weather,
    )
    yield served
    served.stop()


@pytest.fixture
def site(standing_site: ServedSite) -> ServedSite:
    """The site, served, until a test comes that has no need of it: its loops look into the same database."""
    if not standing_site.served:
        standing_site.start()
    return standing_site


@pytest.fixture(scope="session")
def standing_browser(pytestconfig: pytest.Config) -> Iterator[chromium.Standing]:
    """Where the browser is to be, launched or not."""
    standing = pytestconfig.stash[BROWSER] = chromium.Standing()
    yield standing
    standing.close()


@pytest.fixture(scope="module")
def browser(standing_browser: chromium.Standing, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Chromium for the tests of a module, without anything that those of another left open in it."""
    opened = standing_browser.opened(request.path)
    yield opened
    for context in opened.contexts:
        context.close()


@pytest.fixture
def visitors(browser: Browser, site: ServedSite, transactional_db: None) -> Iterator[Visitors]:
    """People with browsers. Script errors and requests to other hosts fail the test."""
    everybody = Visitors(browser, site)
    yield everybody
    everybody.leave()
    assert everybody.problems == []
    assert everybody.foreign == []


def _certificate(directory: Path) -> tuple[Path, Path]:
    """A key and a self-signed certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_path, certificate_path = directory / "key.pem", directory / "certificate.pem"
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_path, certificate_path
