"""A guide page and a PDF from the real server, against a bare ASGI callable that sends the same bytes;
how fast and how soon on a phone, and how long papers take to make.

Parts: `papers`, `served`, `rate`, `pages`, `shown`."""

from __future__ import annotations

import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peersupport.database.embedded import CHECKOUT
from tests.load.figures import Asked, Figure
from tests.load.guides.asking import ask
from tests.load.guides.showing import show
from tests.load.paper_builds import builds
from tests.ports import free_port
from tests.server.running import started

FILES = {
    "a guide page": "/en/guides/next-steps/first-hours/",
    "a guide as PDF": "/en/guides/next-steps/next-steps-a4.pdf",
}
PUBLIC = {"home": "/", "joining a group": "/join/", "help lines": "/help/"}
CHAPTERS = {code: f"/{code}/guides/next-steps/first-hours/" for code in ("en", "fi", "sv", "fr")}
REQUESTS, ROUNDS = 300, 3
PATIENCE_SECONDS = 240
# As a phone's browser asks, through the proxy that ends TLS.
HEADERS = {"Accept-Encoding": "br, gzip", "X-Forwarded-Proto": "https", "Host": "localhost"}


def run(asked: Asked) -> Iterator[Figure]:
    """The parts that are asked for."""
    if asked.wants("papers"):
        yield from builds()
    if any(map(asked.wants, ("served", "rate", "pages"))):
        yield from _of_a_site(asked)
    if asked.wants("shown"):
        yield from _shown()


def _of_a_site(asked: Asked) -> Iterator[Figure]:
    with _site() as (port, data):
        if asked.wants("served"):
            for name, path in FILES.items():
                _wait_for_page(port, path)
                yield from _measured(name, path, port=port, data=data)
        # What papers are made beside it would be measured, too.
        _wait_for_quiet(port)
        if asked.wants("rate"):
            yield from _rates(port, data)
        if asked.wants("pages"):
            for name, path in PUBLIC.items():
                slow = statistics.median(ask(port, path).p95 for _ in range(ROUNDS))
                yield Figure(f"{name}: 95 of 100 within, 10 connections", slow, "ms", must=50, aim=15)


def _rates(port: int, data: Path) -> Iterator[Figure]:
    """A guide page and the bare callable in turn, so that both have the same machine."""
    path = FILES["a guide page"]
    body, _took = _ask(port, path)
    with _bare(data, body) as bare:
        pairs = [(ask(port, path).rate, ask(bare, path).rate) for _ in range(ROUNDS)]
    ours, floor = sorted(pairs, key=lambda pair: pair[0] / pair[1])[len(pairs) // 2]
    yield Figure(
        "a guide page: answers a second, 10 connections", ours, "/s", floor, 0.5, 0.8, "ratio", "large"
    )


def _shown() -> Iterator[Figure]:
    """The first view of a chapter on a mid-range phone with a slow line."""
    from playwright.sync_api import sync_playwright

    from tests import chromium

    with (
        _site(PEERSUPPORT_DEMO="1") as (port, _data),
        sync_playwright() as playwright,
        chromium.launched(playwright) as browser,
    ):
        for language, path in CHAPTERS.items():
            shown = show(browser, f"http://localhost:{port}{path}")
            name = f"first view of a chapter ({language})"
            yield Figure(f"{name}: bytes over the line", shown.encoded / 1024, "KiB", must=60, aim=35)
            yield Figure(f"{name}: largest paint", shown.largest_paint, "ms", must=1800, aim=1000)


@contextmanager
def _site(**environment: str) -> Iterator[tuple[int, Path]]:
    """A site of its own: its port, and where it keeps its data."""
    data = Path(tempfile.mkdtemp(prefix="peersupport-bench-")).resolve()
    data.chmod(0o711)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
    try:
        prepared = {"PEERSUPPORT_DATA_DIR": str(data), "PEERSUPPORT_TRUSTED_PROXIES": "1", **environment}
        with started("--prepare", **prepared) as site:
            _wait_for(site.port)
            yield site.port, data
            # Asked kindly, the server stops its database too.
            site.process.terminate()
            site.process.wait(30)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _measured(name: str, path: str, *, port: int, data: Path) -> Iterator[Figure]:
    body, ours = _ask(port, path)
    with _bare(data, body) as bare:
        _same, floor = _ask(bare, path)
    yield Figure(f"{name}: time to first byte", ours, "ms", baseline=floor)
    yield Figure(f"{name}: body over the line", len(body) / 1024, "KiB")


def _ask(port: int, path: str) -> tuple[bytes, float]:
    """The body as it came, and the median of the milliseconds until its first byte."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    took, body = [], b""
    for _ in range(REQUESTS):
        started = time.perf_counter()
        connection.request("GET", path, headers=HEADERS)
        response = connection.getresponse()
        first = response.read(1)
        took.append((time.perf_counter() - started) * 1000)
        body = first + response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
    connection.close()
    return body, statistics.median(took)


@contextmanager
def _bare(data: Path, body: bytes) -> Iterator[int]:
    """The port of the bare callable, on the same server software with the same switches."""
    file, port = data / "bare", free_port()
    file.write_bytes(body)
    switches = [
        "--loop",
        "uvloop",
        "--http",
        "h11",
        "--no-access-log",
        "--log-level",
        "error",
        "--lifespan",
        "off",
    ]
    command = [sys.executable, "-m", "uvicorn", "tests.load.bare:application", "--port", str(port), *switches]
    with subprocess.Popen(command, cwd=CHECKOUT, env={**os.environ, "BARE_FILE": str(file)}) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for_quiet(port: int) -> None:
    """Until the last paper of the last guide is there."""
    for language in CHAPTERS:
        for guide in ("next-steps", "online-safety-skills", "waiting-for-answers"):
            _wait_for_page(port, f"/{language}/guides/{guide}/{guide}-large.pdf")


def _wait_for_page(port: int, path: str) -> None:
    """Papers are made beside the server: until this one is there."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        connection.request("HEAD", path, headers=HEADERS)
        if connection.getresponse().status == 200:
            return
        time.sleep(0.5)
    raise RuntimeError(f"{path} was not made")


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            # A server still preparing holds its port already and answers once it is up.
            connection.request("HEAD", "/en/guides/", headers=HEADERS)
            connection.getresponse()
        except (ConnectionRefusedError, ConnectionResetError):
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError("the server did not come up")
