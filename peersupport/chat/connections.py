"""A socket and a room as the hub sees them: bounded queues, numbers that never skip."""

from __future__ import annotations

import asyncio
from asyncio import Future, TimerHandle
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID, uuid4

from peersupport.chat.events import LogLine, encode, events_frame, person
from peersupport.chat.log import Entry

QUEUE_FRAMES = 256
QUEUE_CHARACTERS = 1_000_000


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
        close: Callable[[int], Coroutine[Any, Any, None]],
    ) -> None:
        self.id = uuid4()
        self.entry, self.user_id = entry, user_id
        self.session_key, self.access_version = session_key, access_version
        self.public_id = f"m_{entry.member_id.hex}"
        self.hand_up = False
        self.sent = 0
        self.gone = False
        self._send, self._close = send, close
        self._queue: deque[str] = deque()
        self._queued = 0
        self._sender: asyncio.Task[None] | None = None
        self._closer: asyncio.Task[None] | None = None

    def push(self, frame: str) -> None:
        """Queues a frame. Past the bound the client is told `slow` and closed with 4429."""
        if self.gone:
            return
        if len(self._queue) >= QUEUE_FRAMES or self._queued + len(frame) > QUEUE_CHARACTERS:
            self.drop(4429)
            return
        self._queue.append(frame)
        self._queued += len(frame)
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        while self._queue and not self.gone:
            frame = self._queue.popleft()
            self._queued -= len(frame)
            await self._send(frame)

    def drop(self, code: int) -> None:
        """Lets go of a client that does not read: nothing more is queued, the socket is closed."""
        self.gone = True
        self._queue.clear()
        self._queued = 0
        if self._sender is not None:
            self._sender.cancel()
        self._closer = asyncio.create_task(self._close(code))

    async def bye(self, code: int, why: str) -> None:
        """Says why, then closes; at the latest after a second, also where the client does not read."""
        if self.gone:
            return
        self.gone = True
        self._queue.clear()
        try:
            async with asyncio.timeout(1):
                await self._send(encode({"push": "bye", "code": why}))
        except (TimeoutError, RuntimeError, OSError):
            pass
        await self._close(code)


class LiveRoom:
    """A room in this process: its sockets, how far it has read the log, who else is here."""

    def __init__(self, room_id: UUID, *, cursor: int) -> None:
        self.id = room_id
        self.cursor = cursor
        self.side_version = -1
        self.connections: set[Connection] = set()
        self.waiters: set[Future[None]] = set()
        self.presence_due: TimerHandle | None = None
        self._elsewhere: dict[UUID, dict[str, Any]] = {}

    def advance(self, lines: list[LogLine], *, frame: str) -> None:
        """Sends new events to every socket; one that already has some of them gets only the rest."""
        first, last = lines[0].seq, lines[-1].seq
        self.cursor = last
        for connection in list(self.connections):
            if connection.sent == first - 1:
                connection.push(frame)
            elif connection.sent < last:
                rest = [line for line in lines if line.seq > connection.sent]
                connection.push(events_frame(rest, head=last))
            connection.sent = max(connection.sent, last)
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)

    def push(self, frame: str) -> None:
        """Queues a frame for every socket of the room."""
        for connection in list(self.connections):
            connection.push(frame)

    def has(self, entry: Entry) -> bool:
        """Whether the member has a socket here."""
        return any(connection.entry.member_id == entry.member_id for connection in self.connections)

    def by_id(self, connection_id: UUID) -> list[Connection]:
        """The socket with this id, if it is here."""
        return [connection for connection in self.connections if connection.id == connection_id]

    def facilitated(self) -> bool:
        """Whether a facilitator is connected here."""
        return any(connection.entry.facilitates for connection in self.connections)

    def set_elsewhere(self, people: dict[UUID, dict[str, Any]]) -> bool:
        """Notes who is connected through other processes; True if that changed."""
        if people == self._elsewhere:
            return False
        self._elsewhere = people
        return True

    def present(self) -> list[dict[str, Any]]:
        """Who is here, in any process, each member once, facilitators first, by name."""
        people = dict(self._elsewhere)
        for connection in self.connections:
            entry = connection.entry
            before = people.get(entry.member_id, {}).get("hand", False)
            people[entry.member_id] = {
                **person(entry.member_id, entry.name, entry.role),
                "hand": connection.hand_up or before,
            }
        return sorted(people.values(), key=lambda one: (one["role"] != "facilitator", one["name"] or ""))
