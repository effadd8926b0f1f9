"""Something in between: a proxy in front of the site that refuses sockets, swallows them, or is slow."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Literal

from tests.browsing import ServedSite

Manner = Literal["open", "refuses", "swallows"]
UPGRADE = b"upgrade: websocket"
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Between:
    """Ends TLS, reads what asks for a WebSocket, and passes everything else on.

    `manner`: "open" passes sockets too, "refuses" answers 403 to them, "swallows" lets them open and then
    passes nothing. `delay`: seconds that everything waits, each way. `sockets`: how many were passed on.
    """

    def __init__(self, site: ServedSite) -> None:
        self._site = site
        self._key, self._certificate = site.identity
        self.manner: Manner = "open"
        self.delay = 0.0
        self.sockets = 0
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.WriteTransport] = set()
        self._meetings: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listens on a free port."""
        # A thread of its own: the browser keeps a loop on the test's.
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result()

    def stop(self) -> None:
        """Lets go of everybody."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _begin(self) -> None:
        self._own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._own.load_cert_chain(self._certificate, self._key)
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"https://localhost:{self._port}"

    async def _end(self) -> None:
        self._server.close()
        for transport in self._open:
            transport.abort()
        while self._meetings:
            await asyncio.wait(self._meetings)
        await self._server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meeting = asyncio.current_task()
        assert meeting
        self._meetings.add(meeting)
        self._open.add(writer.transport)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await writer.start_tls(self._own)
                await self._introduce(reader, writer)
        finally:
            self._open.discard(writer.transport)
            await _closed(writer)
            self._meetings.discard(meeting)

    async def _introduce(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        is_socket = UPGRADE in head.lower()
        if is_socket and self.manner == "refuses":
            writer.write(REFUSAL)
            await writer.drain()
            return
        there = ssl.create_default_context()
        there.check_hostname, there.verify_mode = False, ssl.CERT_NONE
        site_reader, site_writer = await asyncio.open_connection("127.0.0.1", self._site.port, ssl=there)
        self._open.add(site_writer.transport)
        swallows = is_socket and self.manner == "swallows"
        self.sockets += is_socket and not swallows
        site_writer.write(self._as_sent_there(head))
        up = asyncio.create_task(self._pass(reader, site_writer, swallows=swallows))
        try:
            if swallows:
                writer.write(await site_reader.readuntil(b"\r\n\r\n"))
            await self._pass(site_reader, writer, swallows=swallows)
        finally:
            up.cancel()
            await asyncio.wait([up])
            self._open.discard(site_writer.transport)
            await _closed(site_writer)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, swallows: bool
    ) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65536):
                if swallows:
                    continue
                await asyncio.sleep(self.delay)
                writer.write(self._as_sent_there(chunk))
                await writer.drain()

    def _as_sent_there(self, chunk: bytes) -> bytes:
        # The site knows its own address only; both have ports of five digits.
        return chunk.replace(f"localhost:{self._port}".encode(), f"localhost:{self._site.port}".encode())


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


@contextmanager
def in_between(site: ServedSite) -> Iterator[Between]:
    """A proxy in front of the site, gone afterwards."""
    proxy = Between(site)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
