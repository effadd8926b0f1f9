"""The socket: authorise, parse, call a verb, reply; nothing else."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.http.cookie import parse_cookie
from django.utils import timezone

from peersupport.accounts import sessions
from peersupport.accounts.addresses import address_of, neighbourhood
from peersupport.chat import acting, entering, live, marking, posting
from peersupport.chat.door import Entry
from peersupport.chat.hub.connections import Connection
from peersupport.chat.hub.conversation import Conversation
from peersupport.chat.hub.replies import Replies, Reply
from peersupport.chat.hub.wire import line_of
from peersupport.chat.keeping.deciding import Outcome, Published
from peersupport.chat.protocol.commands import SEQ_MOST, Command
from peersupport.chat.protocol.errors import Refused
from peersupport.chat.protocol.events import person
from peersupport.chat.protocol.framing import framed
from peersupport.chat.protocol.limiting import Bucket
from peersupport.database import pool

logger = logging.getLogger("peersupport.chat")

SUBPROTOCOL = "peersupport.room.v1"
FIRST_COMMAND_SECONDS = 10.0
# Refused commands of one connection before it is closed: so many a second, so many at once.
FLOOD = (2.0, 400.0)
AWAKE_SECONDS = 60.0
# What a page or a library sends by itself: it does not keep a sign-in from timing out.
BY_ITSELF = {"resume", "ping"}


class RoomConsumer(AsyncConsumer):
    """One socket of one room."""

    # No subscription of its own: the hub delivers.
    channel_layer_alias = "none"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serves one connection: one event after the other. Channels would make and await tasks for each."""
        self.scope, self.base_send = scope, send
        with suppress(StopConsumer):
            while True:
                await self.dispatch(await receive())

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels would hop to a thread here before every event to tidy up ORM connections; nothing on
        # this path uses the ORM, and the hop halves the rate.
        match message["type"]:
            case "websocket.connect":
                await self._connect()
            case "websocket.receive":
                await self._receive(message)
            case "websocket.disconnect":
                await self._conversation.finish()
                self._leave()
                raise StopConsumer

    # Coming and going

    async def _connect(self) -> None:
        self.connection: Connection | None = None
        self._joined, self._closed = False, False
        self._line = line_of(self.scope)
        self._conversation = Conversation(
            Replies(write=self._write, hold=self._hold, send=self._send_text),
            line=self._line,
            carry_out=self._carried_out,
            post=self._post_at_once,
            afterwards=self._afterwards,
        )
        self._refusals = Bucket(per_second=FLOOD[0], most=FLOOD[1], now=time.monotonic())
        self._typing_limit = Bucket(per_second=0.4, most=1, now=time.monotonic())
        self._awake_at = time.monotonic()
        hub = live.hub_here()
        cookie = _session_cookie(self.scope)
        if hub is None or hub.closing or not cookie or SUBPROTOCOL not in self.scope.get("subprotocols", []):
            await self._deny()
            return
        # Only now: whoever has no cookie costs nothing and takes nothing from her neighbours' allowance.
        if hub.doors.wait(neighbourhood(address_of(self.scope))):
            await self._deny()
            return
        self._hub = hub
        try:
            connection = await self._authorised(cookie)
        except Exception as error:
            logger.error("nobody can be let in: %s", type(error).__name__)
            connection = None
        if connection is None:
            await self._deny()
            return
        await self._emit({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        self.connection = connection
        self._allowance = hub.allowances.of(connection.user_id)
        self._timer = hub.loop.call_later(FIRST_COMMAND_SECONDS, self._too_late)
        hub.enter(connection)
        if self._line is not None:
            self._line.read_by(self._take)

    async def _authorised(self, cookie: str) -> Connection | None:
        room_id: UUID = self.scope["url_route"]["kwargs"]["room_id"]
        found = await self._hub.together(entering.all_admitted).asked((cookie, room_id))
        if found is None:
            return None
        person_here, entry = found
        return Connection(
            entry=entry,
            user_id=person_here.user_id,
            session_key=person_here.session,
            access_version=person_here.access_version,
            send=self._send_text,
            write=self._write,
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
        """A text by the server's usual way; the next one is asked for when there is room for it."""
        self._take(message.get("text") or "")
        await self._conversation.ready()

    def _take(self, text: str) -> None:
        if self.connection is None or self.connection.gone:
            return
        wait = self._allowance.frames.take(time.monotonic())
        if wait and self._refusals.take(time.monotonic()):
            self._hub.errand(self.connection.bye(4429, "slow"))
            return
        self._conversation.take(text, wait=wait)

    def _post_at_once(self, command: Command, reply: Reply) -> bool:
        """Has a message committed without a task of its own; False where something has to be awaited."""
        entry = self._here().entry
        drafted = posting.at_once(command, by=entry) if self._joined else None
        if drafted is None:
            return False
        wait = self._allowance.wait("post")
        if wait:
            raise Refused("rate_limited", retry_after=wait)
        draft = drafted()
        if draft is None:
            return False
        self._conversation.begun()
        self._hub.committer.take(draft, partial(self._posted, reply, entry))
        if time.monotonic() - self._awake_at >= AWAKE_SECONDS:
            self._hub.errand(self._stay_awake())
        return True

    def _posted(self, reply: Reply, entry: Entry, outcome: Outcome) -> None:
        self._conversation.ended()
        if posting.calls(outcome):
            self._hub.errand(self._answer_posted(reply, entry, outcome))
            return
        try:
            # What has just been stored goes out to her room in a moment: her answer goes with it.
            fresh = isinstance(outcome, Published) and outcome.line is not None
            self._conversation.settle(reply, posting.answer_now(outcome), hold=fresh)
        except Refused as refused:
            self._conversation.refuse(reply, refused)

    async def _answer_posted(self, reply: Reply, entry: Entry, outcome: Outcome) -> None:
        try:
            self._conversation.settle(reply, await posting.answer(outcome, by=entry))
        except Exception as error:
            self._conversation.failed(reply, "post", error)

    async def _carried_out(self, command: Command) -> dict[str, Any]:
        if self._here().gone:
            # It waited for what was before it, and she was sent away meanwhile.
            raise Refused("not_allowed")
        handler = HANDLERS.get(command.name)
        if handler is None:
            raise Refused("unknown_command")
        if not self._joined and command.name != "resume":
            raise Refused("not_allowed")
        wait = self._allowance.wait(command.name)
        if wait:
            raise Refused("rate_limited", retry_after=wait)
        answer = await handler(self, command)
        if command.name not in BY_ITSELF:
            await self._stay_awake()
        return answer

    async def _stay_awake(self) -> None:
        """She did something: her sign-in is not idle. At most one statement a minute."""
        if time.monotonic() - self._awake_at < AWAKE_SECONDS:
            return
        self._awake_at = time.monotonic()
        async with pool.connection() as database:
            await sessions.keep_awake(database, self._here().session_key, now=timezone.now())

    async def _resume(self, command: Command) -> dict[str, Any]:
        connection = self.connection
        assert connection is not None
        after = command.number("after", most=SEQ_MOST)
        epoch = command.uuid_or_none("epoch")
        returning = entering.Returning(connection.user_id, connection.entry.room_id, self._hub.process)
        back = await self._hub.together(entering.all_back).asked(returning)
        if back is None:
            raise Refused("not_allowed")
        entry, read, rooms = back
        if entry.to_arrive:
            raise Refused("arrive", rooms=rooms)
        self._timer.cancel()
        self._hub.detach(connection)
        connection.entry, connection.resumed = entry, True
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
            "room": entry.room(),
            "rooms": rooms,
            "present": room.present() if room else [],
        }

    async def _afterwards(self, command: Command, answer: dict[str, Any]) -> None:
        if command.name == "resume":
            await self._catch_up(answer["after"])

    async def _catch_up(self, after: int) -> None:
        connection = self._here()
        await self._hub.catch_up(connection, after)
        # Whatever the client knew of what stands beside the log, it is told again.
        connection.side_version = -1
        connection.told.clear()
        self._hub.tell_beside(connection)

    async def _post(self, command: Command) -> dict[str, Any]:
        entry = self._here().entry
        return await posting.post(command, by=entry)

    async def _hand(self, command: Command) -> dict[str, Any]:
        connection = self._here()
        connection.hand_up = command.flag("up")
        self._hub.presence_soon(connection.entry.room_id)
        return {}

    async def _typing(self, command: Command) -> dict[str, Any]:
        if self._typing_limit.take(time.monotonic()) == 0:
            self._hub.typing(self._here())
        return {}

    async def _read(self, command: Command) -> dict[str, Any]:
        told = command.uuids("told", most=marking.TOLD_MOST)
        await marking.mark(self._here().entry, seq=command.number("seq", most=SEQ_MOST), told=told)
        return {}

    async def _ping(self, command: Command) -> dict[str, Any]:
        return {}

    async def _act(self, command: Command) -> dict[str, Any]:
        return await acting.act(command, by=self._here().entry)

    def _here(self) -> Connection:
        assert self.connection is not None
        return self.connection

    # The wire

    def _write(self, frame: bytes) -> bool:
        """Writes a frame without waiting, where the server can and the client is ready."""
        if self._line is None or self._closed:
            return False
        try:
            return self._line.write(frame)
        except (RuntimeError, OSError):
            # Its end breaks at this moment: that is nobody else's matter.
            return False

    def _hold(self, frame: bytes) -> bool:
        """Has a frame go out with the next one that her room is given."""
        room = self._hub.rooms.get(self._here().entry.room_id)
        if room is None or self._line is None or self._closed:
            return self._write(frame)
        room.holding.append(self._line)
        return self._line.hold(frame)

    async def _send_text(self, text: str) -> None:
        if not self._closed and not self._write(framed(text)):
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
        except (RuntimeError, OSError):
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
