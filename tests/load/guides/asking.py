"""Asks one server for one page over and over, on several connections that stay open."""

from __future__ import annotations

import asyncio
import socket
import statistics
import time
from functools import partial
from typing import NamedTuple, cast

import uvloop

HEADERS = "Host: localhost\r\nAccept-Encoding: br, gzip\r\nX-Forwarded-Proto: https\r\n"


class Answered(NamedTuple):
    """Answers a second, and the time (ms) within which 95 of 100 answers were there."""

    rate: float
    p95: float


class _Asker(asyncio.Protocol):
    """One connection: asks, takes as many bytes as an answer has, asks again."""

    def __init__(self, request: bytes, size: int) -> None:
        self.request, self.size, self.got = request, size, 0
        self.took: list[float] = []
        self.since = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self.transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self.got += len(data)
        if self.got >= self.size:
            self.took.append(time.perf_counter() - self.since)
            self._ask()

    def _ask(self) -> None:
        assert self.transport is not None
        self.got, self.since = 0, time.perf_counter()
        self.transport.write(self.request)


def ask(port: int, path: str, *, connections: int = 10, seconds: float = 3.0) -> Answered:
    """How fast a page is answered. RuntimeError where it is not answered with 200."""
    request = f"GET {path} HTTP/1.1\r\n{HEADERS}\r\n".encode()
    return uvloop.run(_ask(port, request, _size(port, request), connections, seconds))


def _size(port: int, request: bytes) -> int:
    """The bytes of one whole answer, head and body: they are the same each time."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(request)
        got = line.recv(65536)
        while b"\r\n\r\n" not in got:
            got += line.recv(65536)
    head, _gap, _body = got.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    if " 200 " not in f"{status} ":
        raise RuntimeError(f"{request.split()[1].decode()} answered {status}")
    length = next(field for field in fields if field.lower().startswith("content-length:"))
    return len(head) + 4 + int(length.partition(":")[2])


async def _ask(port: int, request: bytes, size: int, connections: int, seconds: float) -> Answered:
    loop = asyncio.get_running_loop()
    make = partial(_Asker, request, size)
    askers = [(await loop.create_connection(make, "127.0.0.1", port))[1] for _ in range(connections)]
    # What the first answers take is the server's waking up.
    await asyncio.sleep(seconds / 6)
    for asker in askers:
        asker.took.clear()
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    lasted = time.perf_counter() - began
    took = [each for asker in askers for each in asker.took]
    for asker in askers:
        if asker.transport is not None:
            asker.transport.abort()
    return Answered(len(took) / lasted, statistics.quantiles(took, n=20)[-1] * 1000)
