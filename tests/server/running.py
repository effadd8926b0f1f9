"""A server of the site in a process of its own, as an operator would run it."""

from __future__ import annotations

import http.client
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from peersupport.database.embedded import CHECKOUT
from tests.ports import free_port

START_SECONDS = 60


@dataclass
class Running:
    """The process and the port it answers at."""

    process: subprocess.Popen[str]
    port: int
    _complaints: IO[str]

    def complaints(self, *, seconds: float = 60) -> str:
        """What it wrote to its standard error, once it has ended."""
        self.process.wait(seconds)
        self._complaints.seek(0)
        return self._complaints.read()

    def get(self, path: str = "/") -> http.client.HTTPResponse:
        """The answer to one request, its body not yet read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response
        finally:
            connection.close()

    def post(self, path: str, form: bytes) -> tuple[int, str]:
        """Status and page that a form sent whole is answered with."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


@contextmanager
def started(*arguments: str, **environment: str) -> Iterator[Running]:
    """`python -m peersupport.server` with further settings; killed at the end if it still runs.

    At a free port, where PORT is not among the settings.
    """
    port = int(environment.pop("PORT", "0")) or free_port()
    # A file, not a pipe: nobody reads it meanwhile, and a server that fills a pipe stands still.
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            [sys.executable, "-m", "peersupport.server", *arguments],
            cwd=CHECKOUT,
            env={**os.environ, "PORT": str(port), **environment},
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        try:
            yield Running(process, port, complaints)
        finally:
            if process.poll() is None:
                process.kill()


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[Running]:
    """The same, once it said where it is."""
    with started(*arguments, **environment) as running:
        said = _read_until(running.process, f":{running.port}")
        if f":{running.port}" not in said:
            running.process.kill()
            raise AssertionError(f"it did not start: {said}{running.complaints()}")
        yield running


def _read_until(process: subprocess.Popen[str], words: str) -> str:
    """What the process printed, once the words are in it, it ended, or the time is over."""
    assert process.stdout
    deadline = time.monotonic() + START_SECONDS
    said = ""
    while words not in said and (left := deadline - time.monotonic()) > 0:
        # Read from the pipe itself: select knows nothing of what Python has buffered.
        if select.select([process.stdout], [], [], left)[0]:
            part = os.read(process.stdout.fileno(), 4096).decode()
            if not part:
                break
            said += part
    return said
