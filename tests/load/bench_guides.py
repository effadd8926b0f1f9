"""A guide page and a PDF from the real server, against a bare ASGI callable that sends the same bytes;
and how long papers take to make (`--only papers`, `--only served`)."""

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
from tests.load.paper_builds import builds
from tests.ports import free_port
from tests.server.running import started

FILES = {
    "a guide page": "/en/guides/next-steps/first-hours/",
    "a guide as PDF": "/en/guides/next-steps/next-steps-a4.pdf",
}
REQUESTS = 300
PATIENCE_SECONDS = 240
# As a phone's browser asks, through the proxy that ends TLS.
HEADERS = {"Accept-Encoding": "br, gzip", "X-Forwarded-Proto": "https", "Host": "localhost"}


def run(asked: Asked) -> Iterator[Figure]:
    """The parts that are asked for."""
    if asked.wants("papers"):
        yield from builds()
    if asked.wants("served"):
        yield from _served()


def _served() -> Iterator[Figure]:
    """Median time to the first byte on a connection that is kept, and bytes over the line."""
    data = Path(tempfile.mkdtemp(prefix="peersupport-bench-")).resolve()
    data.chmod(0o711)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
    try:
        with started("--prepare", PEERSUPPORT_DATA_DIR=str(data), PEERSUPPORT_TRUSTED_PROXIES="1") as site:
            _wait_for(site.port)
            for name, path in FILES.items():
                _wait_for_page(site.port, path)
                yield from _measured(name, path, port=site.port, data=data)
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
