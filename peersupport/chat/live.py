"""The hub: the sockets of this process, and what reaches them.

A hint says that a room changed, never what was written. Whoever gets one reads the log after its own
number, once per process, and sends what is new to its sockets in one frame, encoded once. A hint that is
lost is made good by a poll every two seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from django.conf import settings

from peersupport.chat.door import Entry
from peersupport.chat.hub import beside, watching
from peersupport.chat.hub.company import Guest, LiveRoom
from peersupport.chat.hub.connections import Connection
from peersupport.chat.hub.delivering import Delivery, send_log
from peersupport.chat.hub.hinting import Hint, Hints
from peersupport.chat.keeping.committing import Committer
from peersupport.chat.protocol.events import LogLine, encode
from peersupport.chat.protocol.limiting import Allowances, Doors
from peersupport.database import pool
from peersupport.database.together import A, Q, Together

logger = logging.getLogger("peersupport.chat")

POLL_SECONDS = 2.0
SOCKETS_MOST = 20  # of one person in one process

# The hub of each event loop.
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_here() -> Hub | None:
    """The hub that runs in the current event loop, if any."""
    return _hubs.get(asyncio.get_running_loop())


def hint(room_id: UUID) -> None:
    """Says from any thread that a room changed. Where no hub runs, the others' poll notices."""
    for hub in list(_hubs.values()):
        with suppress(RuntimeError):  # its loop has just been closed
            hub.loop.call_soon_threadsafe(hub.touch, room_id)


def check_access(**_signal: Any) -> None:
    """Says from any thread that somebody's access changed: the hubs here look at once."""
    for hub in list(_hubs.values()):
        with suppress(RuntimeError):
            hub.loop.call_soon_threadsafe(hub.check_soon)


class Hub:
    """The rooms that somebody in this process is in."""

    def __init__(self) -> None:
        self.process = uuid4()
        self.loop = asyncio.get_running_loop()
        self.rooms: dict[UUID, LiveRoom] = {}
        self.sockets: dict[UUID, Connection] = {}
        self._sockets_of: dict[UUID, list[Connection]] = {}  # by user, oldest first
        self.committer = Committer(published=self.published, changed=self.touch)
        self.allowances = Allowances()
        self.doors = Doors()
        self.closing = False
        self._hints = Hints(process=self.process, heard=self._heard) if settings.REDIS_URL else None
        self._delivery = Delivery(self)
        self._together: dict[Any, Together[Any, Any]] = {}
        self._check = asyncio.Event()
        self._errands: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Hub]:
        """Delivers and polls until left; then says goodbye to every socket."""
        tasks = [asyncio.create_task(self._delivery.run()), asyncio.create_task(self._watch())]
        if self._hints is not None:
            tasks.append(asyncio.create_task(self._hints.run()))
        _hubs[self.loop] = self
        try:
            yield self
        finally:
            _hubs.pop(self.loop, None)
            await self._goodbye()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # Rooms and sockets

    def enter(self, connection: Connection) -> None:
        """Takes note of a new socket. Beyond SOCKETS_MOST of one person her oldest one is let go."""
        hers = self._sockets_of.setdefault(connection.user_id, [])
        if len(hers) >= SOCKETS_MOST:
            self.errand(hers[0].bye(4429, "slow"))
        hers.append(connection)
        self.sockets[connection.id] = connection

    def room(self, room_id: UUID, *, head: int) -> LiveRoom:
        """The live room, made when the first of this process comes; `head` is what it has already seen."""
        found = self.rooms.get(room_id)
        if found is None:
            found = self.rooms[room_id] = LiveRoom(room_id, cursor=head)
            # What was committed since that number was read told nobody here.
            self.touch(room_id, tell_others=False)
        return found

    def join(self, connection: Connection, *, cursor: int) -> None:
        """Takes a socket in that has everything up to `cursor`; from here on it gets what is new."""
        room = self.room(connection.entry.room_id, head=cursor)
        connection.sent = cursor
        room.connections.add(connection)
        if room.cursor != cursor or len(room.connections) == 1:
            self.touch(room.id, tell_others=False)
        self._presence_changed(room)

    async def catch_up(self, connection: Connection, after: int) -> None:
        """Sends the log from a number on, page by page, until the live room takes over without a gap.

        Where that fails the client is sent away, to come back and resume.
        """
        try:
            await send_log(self, connection, after)
        except Exception as error:
            logger.warning("catching up failed: %s", type(error).__name__)
            await connection.bye(1012, "restart")

    def tell_beside(self, connection: Connection) -> None:
        """Has a socket that has just caught up told what stands beside the log."""
        room = self.rooms.get(connection.entry.room_id)
        if room is not None and not connection.gone:
            self._delivery.tell_beside(room, connection)

    def together(self, ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]) -> Together[Q, A]:
        """Where questions of one kind wait for one another, so that they are asked in one journey."""
        return self._together.setdefault(ask, Together(ask))

    def detach(self, connection: Connection) -> None:
        """Takes a socket out while it catches up again; the member stays present."""
        connection.forget_queue()
        room = self.rooms.get(connection.entry.room_id)
        if room is not None:
            room.connections.discard(connection)

    def leave(self, connection: Connection) -> None:
        """Lets a socket go; the last one of a room takes the room along."""
        if self.sockets.pop(connection.id, None) is None:
            return
        hers = self._sockets_of[connection.user_id]
        hers.remove(connection)
        if not hers:
            del self._sockets_of[connection.user_id]
        entry, room = connection.entry, self.rooms.get(connection.entry.room_id)
        if connection.resumed and not self._still_here(entry):
            self.errand(self._depart(entry))
        if room is not None:
            room.connections.discard(connection)
            self._presence_changed(room)
            self.forget_if_empty(room)

    async def _depart(self, entry: Entry) -> None:
        await beside.depart(self.process, entry)
        if self._still_here(entry):
            # She came back while her note was taken away: the poll notes her anew.
            self.check_soon()

    def _still_here(self, entry: Entry) -> bool:
        room = self.rooms.get(entry.room_id)
        return (room is not None and entry.member_id in room.guests) or any(
            one.resumed and one.entry.member_id == entry.member_id
            for one in self._sockets_of.get(entry.user_id, ())
        )

    def forget_if_empty(self, room: LiveRoom) -> None:
        """Lets a room go that nobody of this process is in."""
        if room.empty and self.rooms.get(room.id) is room:
            del self.rooms[room.id]

    # Without a socket

    @contextmanager
    def asking(self, entry: Entry) -> Iterator[LiveRoom]:
        """A member asks for news without a socket: she is here while she asks, and a little longer."""
        room = self.room(entry.room_id, head=entry.head)
        guest = room.guests.setdefault(entry.member_id, Guest(entry))
        guest.entry = entry
        guest.asks()
        self._presence_changed(room)
        try:
            yield room
        finally:
            guest.answered()

    async def wait_for(self, room: LiveRoom, *, after: int, beside: int | None, seconds: float) -> None:
        """Returns when the room has news after these numbers, or after so many seconds: the long poll.

        `beside` is what she knows of what stands beside the log; None: what is known here now.
        """
        known = room.side_version if beside is None else beside
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while room.cursor <= after and room.side_version <= known:
                    await room.woken()

    # News

    def published(self, room_id: UUID, lines: list[LogLine]) -> None:
        """Gives out messages that this process has just committed; the others get a hint."""
        try:
            self._delivery.give(room_id, lines)
        finally:
            room = self.rooms.get(room_id)
            if room is not None and room.fresh_due is None:
                room.write_held()
        if self._hints is not None:
            self._hints.say(room_id)

    def touch(self, room_id: UUID, *, tell_others: bool = True) -> None:
        """Marks a room as changed: it is read soon, once, however often it is touched meanwhile."""
        self._delivery.touch(room_id)
        if tell_others and self._hints is not None:
            self._hints.say(room_id)

    def check_soon(self) -> None:
        """Makes the poll run now."""
        self._check.set()

    def typing(self, connection: Connection) -> None:
        """Tells the others here, and in other processes, that a member is writing."""
        entry = connection.entry
        self._show_typing(entry.room_id, entry.member_id)
        if self._hints is not None:
            self._hints.say(entry.room_id, typing=entry.member_id)

    def _show_typing(self, room_id: UUID, member_id: UUID) -> None:
        room = self.rooms.get(room_id)
        by = room and room.named(member_id)
        if room is not None and by:
            frame = encode({"push": "typing", "by": by})
            for connection in list(room.connections):
                told = room.typing_shown or connection.entry.facilitates
                if told and connection.public_id != by["id"]:
                    connection.push(frame)

    def _heard(self, hint: Hint) -> None:
        room_id, typing = hint
        if typing is not None:
            self._show_typing(room_id, typing)
        else:
            self.touch(room_id, tell_others=False)

    # Presence and access

    def presence_soon(self, room_id: UUID) -> None:
        """Sends who is here to everyone in the room, once for all changes of the next moment."""
        room = self.rooms.get(room_id)
        if room is not None:
            self._presence_changed(room)

    def _presence_changed(self, room: LiveRoom) -> None:
        if room.presence_due is None:
            room.presence_due = self.loop.call_later(0.1, self._push_presence, room)

    def _push_presence(self, room: LiveRoom) -> None:
        room.presence_due = None
        room.push(encode({"push": "presence", "present": room.present()}))

    async def _watch(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._check.wait()
            self._check.clear()
            try:
                await self._poll()
            except Exception as error:
                logger.warning("the poll failed: %s", type(error).__name__)

    async def _poll(self) -> None:
        for room in list(self.rooms.values()):
            if len(room.guests) != len(room.guests_here()):
                self._presence_changed(room)
            self.forget_if_empty(room)
        if not self.rooms and not self.sockets:
            return
        asked = [one for one in self.sockets.values() if one.resumed]
        async with pool.connection() as connection:
            seen = await watching.look(connection, self.rooms, self.sockets, process=self.process)
        # Whoever left while that was under way was noted once more, after her note had been taken away.
        for one in asked:
            if one.id not in self.sockets and not self._still_here(one.entry):
                self.errand(self._depart(one.entry))
        for room_id, room in list(self.rooms.items()):
            head, side = seen.heads.get(room_id, (room.cursor, room.side_version))
            if head > room.cursor or side != room.side_version:
                self.touch(room_id, tell_others=False)
            if room.set_elsewhere(seen.elsewhere.get(room_id, {})):
                self._presence_changed(room)
        for connection_id, (code, why) in seen.gone.items():
            socket = self.sockets.get(connection_id)
            if socket is not None:
                self.errand(socket.bye(code, why))

    async def _goodbye(self) -> None:
        self.closing = True
        await self.committer.settle()
        # uvicorn has closed its sockets by now; another server may not have.
        everyone = list(self.sockets.values())
        await asyncio.gather(*(one.bye(1012, "restart") for one in everyone), return_exceptions=True)
        if self._errands:
            await asyncio.wait(self._errands, timeout=2)

    def errand(self, work: Any) -> None:
        """Runs a small task beside; its failure is logged and harms nobody."""
        task = self.loop.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errand_done)

    def _errand_done(self, task: asyncio.Task[Any]) -> None:
        self._errands.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.warning("an errand failed: %s", type(task.exception()).__name__)
