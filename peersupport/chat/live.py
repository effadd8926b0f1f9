"""The hub: the sockets of this process, and hints between processes. Only this file calls the channel layer.

A hint says that a room changed, never what was written. Whoever gets one reads the log after its own
number, once per process, and sends what is new to its sockets in one frame, encoded once. A hint that is
lost is made good by a poll every two seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakSet

from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import timezone

from peersupport.chat import beside, log, watching
from peersupport.chat.committing import Committer
from peersupport.chat.connections import Connection, LiveRoom
from peersupport.chat.events import encode, events_frame, person
from peersupport.database import pool

logger = logging.getLogger("peersupport.chat")

POLL_SECONDS = 2.0
LAYER_GROUP = "rooms"

_hubs: WeakSet[Hub] = WeakSet()


def hub_here() -> Hub | None:
    """The hub that runs in the current event loop, if any."""
    loop = asyncio.get_running_loop()
    return next((hub for hub in _hubs if hub.loop is loop), None)


def hint(room_id: UUID) -> None:
    """Says from any thread that a room changed. Where no hub runs, the others' poll notices."""
    for hub in list(_hubs):
        hub.loop.call_soon_threadsafe(hub.touch, room_id)


def check_access() -> None:
    """Says from any thread that somebody's access changed: the hubs here look at once."""
    for hub in list(_hubs):
        hub.loop.call_soon_threadsafe(hub.check_soon)


class Hub:
    """The rooms that somebody in this process is in."""

    def __init__(self) -> None:
        self.process = uuid4()
        self.loop = asyncio.get_running_loop()
        self.rooms: dict[UUID, LiveRoom] = {}
        self.committer = Committer(changed=self.touch)
        self.closing = False
        self._dirty: set[UUID] = set()
        self._wake = asyncio.Event()
        self._check = asyncio.Event()
        self._errands: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Hub]:
        """Delivers and polls until left; then says goodbye to every socket."""
        tasks = [asyncio.create_task(self._deliver()), asyncio.create_task(self._watch())]
        if settings.REDIS_URL:
            tasks.append(asyncio.create_task(self._listen()))
        _hubs.add(self)
        try:
            yield self
        finally:
            _hubs.discard(self)
            await self._goodbye()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # Rooms and sockets

    def room(self, room_id: UUID, *, head: int) -> LiveRoom:
        """The live room, made when the first of this process comes; `head` is what it has already seen."""
        found = self.rooms.get(room_id)
        if found is None:
            found = self.rooms[room_id] = LiveRoom(room_id, cursor=head)
        return found

    def join(self, connection: Connection, *, cursor: int) -> None:
        """Takes a socket in that has everything up to `cursor`; from here on it gets what is new."""
        room = self.room(connection.entry.room_id, head=cursor)
        connection.sent = cursor
        room.connections.add(connection)
        if room.cursor != cursor:
            self.touch(room.id, tell_others=False)
        self._presence_changed(room)

    def detach(self, connection: Connection) -> None:
        """Takes a socket out while it catches up again; the member stays present."""
        room = self.rooms.get(connection.entry.room_id)
        if room is not None:
            room.connections.discard(connection)

    def leave(self, connection: Connection) -> None:
        """Lets a socket go; the last one of a room takes the room along."""
        room = self.rooms.get(connection.entry.room_id)
        if room is None or connection not in room.connections:
            return
        room.connections.discard(connection)
        self.errand(beside.depart(self.process, connection.entry, still_here=room.has(connection.entry)))
        self._presence_changed(room)
        self._forget_if_empty(room)

    def _forget_if_empty(self, room: LiveRoom) -> None:
        if not room.connections and not room.waiters:
            self.rooms.pop(room.id, None)

    async def wait_for(self, room_id: UUID, *, after: int, seconds: float) -> None:
        """Returns when the room has an event after the number, or after so many seconds: the long poll."""
        room = self.room(room_id, head=after)
        if room.cursor > after:
            return
        waiter = self.loop.create_future()
        room.waiters.add(waiter)
        self.touch(room_id, tell_others=False)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            pass
        finally:
            room.waiters.discard(waiter)
            self._forget_if_empty(room)

    # News

    def touch(self, room_id: UUID, *, tell_others: bool = True) -> None:
        """Marks a room as changed: it is read soon, once, however often it is touched meanwhile."""
        if room_id in self.rooms:
            self._dirty.add(room_id)
            self._wake.set()
        if tell_others and settings.REDIS_URL:
            self.errand(self._send({"room": str(room_id)}))

    def check_soon(self) -> None:
        """Makes the poll run now."""
        self._check.set()

    def typing(self, connection: Connection) -> None:
        """Tells the others here, and in other processes, that a member is writing."""
        entry = connection.entry
        self._typing(entry.room_id, person(entry.member_id, entry.name, entry.role))
        if settings.REDIS_URL:
            self.errand(
                self._send(
                    {"room": str(entry.room_id), "typing": person(entry.member_id, entry.name, entry.role)}
                )
            )

    def _typing(self, room_id: UUID, by: dict[str, Any]) -> None:
        room = self.rooms.get(room_id)
        if room is not None:
            frame = encode({"push": "typing", "by": by})
            for connection in room.connections:
                if connection.public_id != by["id"]:
                    connection.push(frame)

    async def _deliver(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            rooms = {room_id: self.rooms[room_id].cursor for room_id in self._dirty if room_id in self.rooms}
            self._dirty.clear()
            try:
                await self._read(rooms)
            except Exception as error:
                # The next hint or poll reads again: a database that is away costs time, not messages.
                logger.warning("reading the log failed: %s", type(error).__name__)

    async def _read(self, cursors: dict[UUID, int]) -> None:
        if not cursors:
            return
        async with pool.connection() as connection:
            found = await log.read_after(connection, cursors)
        for room_id, news in found.items():
            room = self.rooms.get(room_id)
            if room is not None:
                self._take(room, news)

    def _take(self, room: LiveRoom, news: log.News) -> None:
        if news.lines and news.lines[0].seq == room.cursor + 1:
            room.advance(news.lines, frame=events_frame(news.lines, head=news.head))
        if room.cursor < news.head:
            self.touch(room.id, tell_others=False)
        if room.side_version != news.side_version:
            room.side_version = news.side_version
            self.errand(beside.push_all(room))

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
        if not self.rooms:
            return
        rooms = list(self.rooms.values())
        async with pool.connection() as connection:
            seen = await watching.look(connection, rooms, process=self.process, now=timezone.now())
        for room_id, (head, side) in seen.heads.items():
            room = self.rooms.get(room_id)
            if room is not None and (head > room.cursor or side != room.side_version):
                self.touch(room_id, tell_others=False)
        for room in rooms:
            if room.set_elsewhere(seen.elsewhere.get(room.id, {})):
                self._presence_changed(room)
        for connection_id, (code, why) in seen.gone.items():
            for room in rooms:
                for socket in room.by_id(connection_id):
                    self.errand(socket.bye(code, why))

    async def _goodbye(self) -> None:
        self.closing = True
        await self.committer.settle()
        everyone = [connection for room in self.rooms.values() for connection in room.connections]
        await asyncio.gather(*(one.bye(1012, "restart") for one in everyone), return_exceptions=True)
        if self._errands:
            await asyncio.wait(self._errands, timeout=2)

    # Other processes

    async def _send(self, message: dict[str, Any]) -> None:
        layer = get_channel_layer()
        if layer is not None:
            with suppress(Exception):  # a hint may be lost: the poll makes it good
                await layer.group_send(LAYER_GROUP, {"type": "hint", "from": str(self.process), **message})

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except Exception as error:
                logger.warning("no hints from other processes: %s", type(error).__name__)
                await asyncio.sleep(POLL_SECONDS)

    async def _hear(self) -> None:
        layer = get_channel_layer()
        assert layer is not None
        channel = await layer.new_channel()
        await layer.group_add(LAYER_GROUP, channel)
        while True:
            message = await layer.receive(channel)
            if message.get("from") == str(self.process):
                continue
            if "typing" in message:
                self._typing(UUID(message["room"]), message["typing"])
            else:
                self.touch(UUID(message["room"]), tell_others=False)

    def errand(self, work: Any) -> None:
        """Runs a small task beside; its failure is logged and harms nobody."""
        task = self.loop.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errand_done)

    def _errand_done(self, task: asyncio.Task[Any]) -> None:
        self._errands.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.warning("an errand failed: %s", type(task.exception()).__name__)
