"""Reads what is new in rooms that changed, and gives it to their sockets."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from uuid import UUID

from peersupport.chat import log
from peersupport.chat.hub import beside
from peersupport.chat.hub.company import LiveRoom
from peersupport.chat.hub.connections import Connection
from peersupport.chat.protocol.events import LogLine, events_frame
from peersupport.database import pool

if TYPE_CHECKING:
    from peersupport.chat.live import Hub

logger = logging.getLogger("peersupport.chat")

# What is written in a room within this time after a frame went out goes out in one: only a room in which
# dozens write in a second ever waits, and each frame costs as much as it takes to store a message.
APART_SECONDS = 0.03
# The same after a frame that carried so much at once: two hundred messages a second in one room, which nobody
# reads; the server has better to do than to cut them small.
MUCH_LINES, MUCH_APART_SECONDS = 8, 0.08
# People of a room come together: what stands beside its log is read once for all who come within this time.
NEWCOMERS_SECONDS = 0.02


class Delivery:
    """Rooms that were touched are read together, with one statement, as soon as the last reading is done."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._touched: set[UUID] = set()
        self._wake = asyncio.Event()

    def touch(self, room_id: UUID) -> None:
        """Has a room read soon, if anybody here is in it."""
        room = self._hub.rooms.get(room_id)
        if room is not None:
            # It is read with the rest, as it is by then: some of it may just have been taken back.
            room.fresh.clear()
            self._touched.add(room_id)
            self._wake.set()

    def give(self, room_id: UUID, lines: list[LogLine]) -> None:
        """Sends what was committed here a moment ago as it is: nobody has to read it back."""
        room = self._hub.rooms.get(room_id)
        if room is None or lines[-1].seq <= room.cursor:
            return
        last = room.fresh[-1].seq if room.fresh else room.cursor
        if lines[0].seq != last + 1:
            self.touch(room_id)
            return
        room.fresh += lines
        if room.fresh_due is None:
            wait = room.given_next - self._hub.loop.time()
            if wait <= 0:
                self._give_fresh(room)
            else:
                room.fresh_due = self._hub.loop.call_later(wait, self._give_fresh, room)

    def _give_fresh(self, room: LiveRoom) -> None:
        room.fresh_due = None
        lines, room.fresh = room.fresh, []
        try:
            # Where it was read meanwhile, everybody has it.
            if lines and lines[0].seq == room.cursor + 1:
                apart = MUCH_APART_SECONDS if len(lines) >= MUCH_LINES else APART_SECONDS
                room.given_next = self._hub.loop.time() + apart
                self._advance(room, lines, head=lines[-1].seq)
        finally:
            room.write_held()

    async def run(self) -> None:
        """Reads and delivers until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            rooms = self._hub.rooms
            cursors = {room_id: rooms[room_id].cursor for room_id in self._touched if room_id in rooms}
            self._touched.clear()
            try:
                await self._read(cursors)
            except Exception as error:
                # The next hint or poll reads again: a database that is away costs time, not messages.
                logger.warning("reading the log failed: %s", type(error).__name__)

    async def _read(self, cursors: dict[UUID, int]) -> None:
        if not cursors:
            return
        async with pool.connection() as connection:
            found = await log.read_after(connection, cursors)
        for room_id, news in found.items():
            room = self._hub.rooms.get(room_id)
            if room is not None:
                self._take(room, news)

    def _take(self, room: LiveRoom, news: log.News) -> None:
        if news.lines and news.lines[0].seq == room.cursor + 1:
            self._advance(room, news.lines, head=news.head)
            room.fresh = [line for line in room.fresh if line.seq > room.cursor]
        if room.cursor < news.head and news.lines:
            self.touch(room.id)
        if room.side_version != news.side_version:
            room.side_version = news.side_version
            room.wake()
            self._side_changed(room)

    def _advance(self, room: LiveRoom, lines: list[LogLine], *, head: int) -> None:
        behind = room.advance(lines, frame=events_frame(lines, head=head))
        for connection, after in behind:
            self._hub.errand(self._hub.catch_up(connection, after))

    def tell_beside(self, room: LiveRoom, newcomer: Connection) -> None:
        """Has a socket told what stands beside the log, together with all who come at this moment."""
        room.newcomers.add(newcomer)
        self._push_side_soon(room)

    def _side_changed(self, room: LiveRoom) -> None:
        room.side_stale = True
        self._push_side_soon(room)

    def _push_side_soon(self, room: LiveRoom) -> None:
        if not room.side_reading:
            room.side_reading = True
            self._hub.errand(self._push_side(room))

    async def _push_side(self, room: LiveRoom) -> None:
        # One reading at a time, and one more for all that changed, and for all who came, meanwhile.
        try:
            while room.side_stale or room.newcomers:
                if not room.side_stale:
                    await asyncio.sleep(NEWCOMERS_SECONDS)
                everyone, room.side_stale = room.side_stale, False
                newcomers, room.newcomers = room.newcomers, set()
                try:
                    changed = await beside.push(room, newcomers, everyone=everyone)
                except Exception as error:
                    logger.warning("what stands beside the log was not read: %s", type(error).__name__)
                    # They come again and resume; the others are told after the next poll.
                    room.side_version = -1
                    for one in newcomers:
                        self._hub.errand(one.bye(1012, "restart"))
                    continue
                if changed:
                    self._hub.presence_soon(room.id)
        finally:
            room.side_reading = False


async def send_log(hub: Hub, connection: Connection, after: int) -> None:
    """Sends one socket the log from a number on, page by page, until it has what its room's others have."""
    room = hub.room(connection.entry.room_id, head=connection.entry.head)
    room.catching_up.add(connection)
    try:
        # She has what everybody here has: there is nothing to read.
        if after == room.cursor and not connection.gone:
            hub.join(connection, cursor=after)
            return
        while not connection.gone:
            before = room.taken_back
            async with pool.connection() as database:
                news = (await log.read_after(database, {room.id: after})).get(room.id)
            if news is None:
                await connection.bye(4403, "ejected")
                return
            # What was taken back since it was read must not be sent: it is read again.
            if room.taken_back != before:
                continue
            if news.lines and not await connection.page(events_frame(news.lines, head=news.head)):
                continue
            after = news.lines[-1].seq if news.lines else news.head
            if after >= max(news.head, room.cursor) and not connection.gone:
                hub.join(connection, cursor=after)
                return
    finally:
        room.catching_up.discard(connection)
        hub.forget_if_empty(room)
