"""The socket: authorise, parse, call a verb, reply; nothing else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.http.cookie import parse_cookie
from django.utils import timezone

from peersupport.accounts import sessions
from peersupport.chat import acting, beside, live, log, marking, posting
from peersupport.chat.commands import SEQ_MOST, Command, RefusedWithRef, parse
from peersupport.chat.connections import Connection
from peersupport.chat.errors import Refused
from peersupport.chat.events import encode, events_frame, person
from peersupport.chat.limiting import Bucket
from peersupport.database import pool

logger = logging.getLogger("peersupport.chat")

SUBPROTOCOL = "peersupport.room.v1"
FIRST_COMMAND_SECONDS = 10.0
FLOOD = 400  # refused commands in one connection before it is closed


class RoomConsumer(AsyncConsumer):
    """One socket of one room."""

    # No subscription of its own: the hub delivers.
    channel_layer_alias = "none"

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels would hop to a thread here before every event to tidy up ORM connections; nothing on
        # this path uses the ORM, and the hop halves the rate.
        match message["type"]:
            case "websocket.connect":
                await self._connect()
            case "websocket.receive":
                await self._receive(message)
            case "websocket.disconnect":
                self._leave()
                raise StopConsumer

    # Coming and going

    async def _connect(self) -> None:
        self.connection: Connection | None = None
        self._joined, self._closed, self._refused = False, False, 0
        self._bucket = Bucket(per_second=30, most=60, now=time.monotonic())
        hub = live.hub_here()
        if hub is None or hub.closing or SUBPROTOCOL not in self.scope.get("subprotocols", []):
            await self._deny()
            return
        self._hub = hub
        connection = await self._authorised()
        if connection is None:
            await self._deny()
            return
        self.connection = connection
        await self._emit({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        self._timer = hub.loop.call_later(FIRST_COMMAND_SECONDS, self._too_late)

    async def _authorised(self) -> Connection | None:
        room_id: UUID = self.scope["url_route"]["kwargs"]["room_id"]
        async with pool.connection() as database:
            person_here = await sessions.signed_in_person(
                database, _session_cookie(self.scope), now=timezone.now()
            )
            if person_here is None or not person_here.second_factor_ok:
                return None
            entry = await log.entry(database, user_id=person_here.user_id, room_id=room_id)
        if entry is None:
            return None
        return Connection(
            entry=entry,
            user_id=person_here.user_id,
            session_key=person_here.session,
            access_version=person_here.access_version,
            send=self._send_text,
            close=self._close,
        )

    async def _deny(self) -> None:
        # The same answer for a missing room, a foreign one and a missing sign-in.
        await self._emit({"type": "websocket.close", "code": 4403})
        raise StopConsumer

    def _too_late(self) -> None:
        if not self._joined:
            self._hub.errand(self._close(4408))

    def _leave(self) -> None:
        if self.connection is not None:
            self.connection.gone = True
            self._timer.cancel()
            self._hub.leave(self.connection)

    # Commands

    async def _receive(self, message: dict[str, Any]) -> None:
        if self.connection is None or self.connection.gone:
            return
        wait = self._bucket.take(time.monotonic())
        if wait:
            await self._refuse_flood(message, wait)
            return
        try:
            command = parse(message.get("text") or "")
        except Refused as refused:
            ref = refused.ref if isinstance(refused, RefusedWithRef) else None
            await self._send_text(encode({"re": ref, "ok": False, "error": refused.wire()}))
            return
        await self._reply(command)

    async def _refuse_flood(self, message: dict[str, Any], wait: float) -> None:
        self._refused += 1
        assert self.connection is not None
        if self._refused > FLOOD:
            await self.connection.bye(4429, "slow")
            return
        try:
            ref = parse(message.get("text") or "").ref
        except Refused:
            ref = ""
        refused = Refused("rate_limited", retry_after=round(wait, 2))
        await self._send_text(encode({"re": ref, "ok": False, "error": refused.wire()}))

    async def _reply(self, command: Command) -> None:
        handler = HANDLERS.get(command.name)
        try:
            if handler is None:
                raise Refused("unknown_command")
            if not self._joined and command.name != "resume":
                raise Refused("not_allowed")
            answer = {"re": command.ref, "ok": True, **await handler(self, command)}
        except Refused as refused:
            answer = {"re": command.ref, "ok": False, "error": refused.wire()}
        except Exception as error:
            # Never the frame itself: it may hold what a person wrote.
            logger.error("command %s failed: %s", handler and handler.__name__, type(error).__name__)
            answer = {"re": command.ref, "ok": False, "error": Refused("internal").wire()}
        await self._send_text(encode(answer))
        if command.name == "resume" and answer["ok"] and self.connection is not None:
            await self._catch_up(self.connection, answer["after"])

    async def _resume(self, command: Command) -> dict[str, Any]:
        connection = self.connection
        assert connection is not None
        after = command.number("after", most=SEQ_MOST)
        epoch = command.uuid_or_none("epoch")
        async with pool.connection() as database:
            entry = await log.entry(database, user_id=connection.user_id, room_id=connection.entry.room_id)
            if entry is None:
                raise Refused("not_allowed")
            await beside.arrive(database, self._hub.process, entry)
            read = await marking.read_up_to(database, entry)
        connection.entry = entry
        self._timer.cancel()
        self._hub.detach(connection)
        reset = after > entry.head or (epoch is not None and epoch != entry.epoch)
        self._joined = True
        room = self._hub.rooms.get(entry.room_id)
        return {
            "epoch": str(entry.epoch),
            "head": entry.head,
            "after": 0 if reset else after,
            "reset": reset,
            "read": read,
            "you": person(entry.member_id, entry.name, entry.role),
            "room": {"id": str(entry.room_id), "kind": entry.kind, "state": entry.state, "mode": entry.mode},
            "rooms": [],
            "present": room.present() if room else [],
        }

    async def _catch_up(self, connection: Connection, after: int) -> None:
        """Sends the log from a number on, page by page, until the live room takes over without a gap."""
        room_id = connection.entry.room_id
        while not connection.gone:
            async with pool.connection() as database:
                news = (await log.read_after(database, {room_id: after}))[room_id]
            if news.lines:
                after = news.lines[-1].seq
                await self._send_text(events_frame(news.lines, head=news.head))
            live_room = self._hub.rooms.get(room_id)
            if after >= news.head and (live_room is None or after >= live_room.cursor):
                self._hub.join(connection, cursor=after)
                break
        await beside.push_to(connection)

    async def _post(self, command: Command) -> dict[str, Any]:
        entry = self._here().entry
        return await posting.post(command, by=entry.member_id, room_id=entry.room_id)

    async def _hand(self, command: Command) -> dict[str, Any]:
        connection = self._here()
        connection.hand_up = command.flag("up")
        self._hub.presence_soon(connection.entry.room_id)
        return {}

    async def _typing(self, command: Command) -> dict[str, Any]:
        if self._typing_bucket().take(time.monotonic()) == 0:
            self._hub.typing(self._here())
        return {}

    async def _read(self, command: Command) -> dict[str, Any]:
        connection = self._here()
        seq = command.number("seq", most=SEQ_MOST)
        await marking.mark(connection.entry, seq=seq, session_key=connection.session_key)
        return {}

    async def _ping(self, command: Command) -> dict[str, Any]:
        return {}

    async def _act(self, command: Command) -> dict[str, Any]:
        return await acting.act(command, by=self._here().entry)

    def _here(self) -> Connection:
        assert self.connection is not None
        return self.connection

    def _typing_bucket(self) -> Bucket:
        if not hasattr(self, "_typing_limit"):
            self._typing_limit = Bucket(per_second=0.4, most=1, now=time.monotonic())
        return self._typing_limit

    # The wire

    async def _send_text(self, text: str) -> None:
        if not self._closed:
            await self._emit({"type": "websocket.send", "text": text})

    async def _close(self, code: int) -> None:
        if not self._closed:
            self._closed = True
            if self.connection is not None:
                self.connection.gone = True
                self._hub.leave(self.connection)
            await self._emit({"type": "websocket.close", "code": code})

    async def _emit(self, message: Any) -> None:
        # A client that went away meanwhile is no error.
        try:
            await self.base_send(message)
        except (RuntimeError, OSError, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError):
                raise
            self._closed = True


Handler = Callable[[RoomConsumer, Command], Awaitable[dict[str, Any]]]

HANDLERS: dict[str, Handler] = {
    "resume": RoomConsumer._resume,
    "post": RoomConsumer._post,
    "hand": RoomConsumer._hand,
    "typing": RoomConsumer._typing,
    "read": RoomConsumer._read,
    "ping": RoomConsumer._ping,
    **dict.fromkeys(acting.NAMES, RoomConsumer._act),
}


def _session_cookie(scope: Any) -> str:
    raw = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    return parse_cookie(raw.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
