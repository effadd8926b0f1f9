"""A socket as the hub sees it: bounded queues, numbers that never skip."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID, uuid4

from peersupport.chat.door import Entry
from peersupport.chat.protocol.events import LogLine, encode, events_frame
from peersupport.chat.protocol.framing import framed

QUEUE_FRAMES = 256
# More than the largest push can be (a page of the longest messages, in characters that JSON doubles).
QUEUE_CHARACTERS = 4_000_000

# A frame, and the number of the first event in it; 0 where it carries none.
Queued = tuple[str, int]


class Connection:
    """One client of one room. `push` never waits: a client that does not read is let go and resumes later."""

    def __init__(
        self,
        *,
        entry: Entry,
        user_id: UUID,
        session_key: str,
        access_version: int,
        send: Callable[[str], Coroutine[Any, Any, None]],
        write: Callable[[bytes], bool],
        close: Callable[[int], Coroutine[Any, Any, None]],
    ) -> None:
        self.id = uuid4()
        self.entry, self.user_id = entry, user_id
        self.session_key, self.access_version = session_key, access_version
        self.public_id = f"m_{entry.member_id.hex}"
        self.hand_up = False
        self.resumed = False
        self.sent = 0
        self.side_version = -1
        self.told: set[str] = set()  # declined messages of which this client knows
        self.gone = False
        self.send, self._write, self._close = send, write, close
        self._queue: deque[Queued] = deque()
        self._queued = 0
        self._sending: Queued | None = None
        self._sender: asyncio.Task[None] | None = None
        self._closer: asyncio.Task[None] | None = None
        self._page: asyncio.Task[None] | None = None

    def push(self, frame: str, *, first: int = 0, on_the_line: bytes | None = None) -> None:
        """Writes a frame where the client is ready for it, or queues it. Past the bound: let go with 4429.

        `on_the_line` is the same frame as bytes, where that was made once for many.
        """
        if self.gone:
            return
        if not self._waits and self._write(on_the_line or framed(frame)):
            return
        if len(self._queue) >= QUEUE_FRAMES or self._queued + len(frame) > QUEUE_CHARACTERS:
            self.drop(4429)
            return
        self._queue.append((frame, first))
        self._queued += len(frame)
        self._send_on()

    @property
    def _waits(self) -> bool:
        """Whether frames are queued, or one is under way, that must stay in front."""
        return bool(self._queue) or (self._sender is not None and not self._sender.done())

    def push_lines(self, lines: list[LogLine], *, frame: str, on_the_line: bytes) -> None:
        """Sends new events; of those it already has, only the rest."""
        first, last = lines[0].seq, lines[-1].seq
        if self.sent == first - 1:
            self.push(frame, first=first, on_the_line=on_the_line)
        elif self.sent < last:
            rest = [line for line in lines if line.seq > self.sent]
            self.push(events_frame(rest, head=last), first=rest[0].seq)
        self.sent = max(self.sent, last)

    def _send_on(self) -> None:
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        while self._queue and not self.gone:
            self._sending = self._queue.popleft()
            self._queued -= len(self._sending[0])
            await self.send(self._sending[0])
            self._sending = None

    def take_back(self) -> int | None:
        """Takes the events that are still unsent off the queue; gives the number after which to read again.

        None where nothing waits. A sender that waits for the client has not written its frame yet, and a
        task that is cancelled while it waits never will.
        """
        if self._sender is not None and not self._sender.done() and self._sending is not None:
            self._sender.cancel()
            self._queue.appendleft(self._sending)
            self._queued += len(self._sending[0])
            self._sending = self._sender = None
        firsts = [first for _frame, first in self._queue if first]
        if not firsts:
            return None
        self._queue = deque(queued for queued in self._queue if not queued[1])
        self._queued = sum(len(frame) for frame, _first in self._queue)
        self._send_on()
        return firsts[0] - 1

    async def page(self, frame: str) -> bool:
        """Sends a page of the log; False where it was taken back while it waited for the client to read."""
        page = self._page = asyncio.create_task(self.send(frame))
        try:
            await asyncio.wait({page})
        finally:
            self._page = None
            page.cancel()
        if page.cancelled():
            return False
        page.result()
        return True

    def take_back_page(self) -> None:
        """Stops a page that waits to be sent: it may hold words that have just been taken back."""
        if self._page is not None:
            self._page.cancel()

    def forget_queue(self) -> None:
        """Drops what is queued: the client asked to have everything from a number on."""
        self._queue.clear()
        self._queued = 0

    def drop(self, code: int) -> None:
        """Lets go of a client that does not read: nothing more is queued, the socket is closed."""
        self.gone = True
        self.forget_queue()
        if self._sender is not None:
            self._sender.cancel()
        self._closer = asyncio.create_task(self._close(code))

    async def bye(self, code: int, why: str) -> None:
        """Says why, then closes; at the latest after a second, also where the client does not read."""
        if self.gone:
            return
        self.gone = True
        self.forget_queue()
        try:
            async with asyncio.timeout(1):
                await self.send(encode({"push": "bye", "code": why}))
        except (TimeoutError, RuntimeError, OSError):
            pass
        await self._close(code)
