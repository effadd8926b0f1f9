"""Counts from outside what a server asks its database: a socket between the two that reads along.

Only the length of each message and the statements are looked at (PostgreSQL's documentation, chapter
"Frontend/Backend Protocol"); both sides notice nothing.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from peersupport.database.address import SOCKET_NAME, socket_dir

CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Talkative:
    """One connection's statements: those that are prepared, those that are bound, those that are run."""

    def __init__(self, counted: Counter[str]) -> None:
        self._counted = counted
        self._prepared: dict[bytes, bytes] = {}
        self._bound: dict[bytes, bytes] = {}

    def hear(self, kind: bytes, body: bytes) -> None:
        """One message of the client."""
        if kind == b"P":
            name, statement, *_rest = body.split(b"\0", 2)
            self._prepared[name] = statement
        elif kind == b"B":
            portal, name, *_rest = body.split(b"\0", 2)
            self._bound[portal] = self._prepared.get(name, b"")
        elif kind == b"E":
            self._count(self._bound.get(body.split(b"\0", 1)[0], b""))
        elif kind == b"Q":
            self._count(body)

    def _count(self, statement: bytes) -> None:
        word = statement.strip()[:9].upper().decode("ascii", "replace")
        self._counted["control" if word.startswith(CONTROL) else "statements"] += 1


class Overhearing:
    """The socket in between, and what has been counted."""

    def __init__(self, directory: Path, real: Path) -> None:
        self.directory, self._real = directory, real
        self.counted: Counter[str] = Counter()
        self.ready = threading.Event()
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    def run(self) -> None:
        """Until told to stop."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """From another thread; connections that are still open are cut."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_unix_server(self._connected, self.directory / SOCKET_NAME)
        self.ready.set()
        await self._over.wait()
        server.close()
        for writer in self._open:
            writer.close()
        await asyncio.gather(*self._open.values(), return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of its own: streams would swallow what becomes of this one.
        self._open[writer] = asyncio.create_task(self._listen(reader, writer))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back_reader, back_writer = await asyncio.open_unix_connection(self._real / SOCKET_NAME)
        back = asyncio.create_task(_copy(back_reader, writer))
        with suppress(asyncio.IncompleteReadError, OSError):
            await self._forward(reader, back_writer)
        for each in (back_writer, writer):
            with suppress(OSError):
                each.close()
                await each.wait_closed()
        await back

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        one = Talkative(self.counted)
        # The first message has no kind.
        size = await reader.readexactly(4)
        writer.write(size + await reader.readexactly(int.from_bytes(size) - 4))
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
            one.hear(head[:1], body)
            writer.write(head + body)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while part := await reader.read(65536):
            writer.write(part)
    writer.close()


@contextmanager
def overhearing(data: Path) -> Iterator[Overhearing]:
    """A directory to be given as the database's host; what goes through it is counted."""
    directory = Path(tempfile.mkdtemp(prefix="peersupport-heard-"))
    heard = Overhearing(directory, socket_dir(data))
    thread = threading.Thread(target=heard.run, daemon=True)
    thread.start()
    try:
        if not heard.ready.wait(10):
            raise RuntimeError("nobody listens in")
        yield heard
    finally:
        heard.stop()
        thread.join(10)
        shutil.rmtree(directory, ignore_errors=True)
