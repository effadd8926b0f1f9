"""One scripted member: an ordinary client of the room, over a real socket with a real session."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import login
from django.db import DatabaseError
from django.http import HttpRequest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from peersupport.accounts.session_store import SessionStore
from peersupport.chat.consumer import SUBPROTOCOL
from peersupport.demo.cast import PEOPLE
from peersupport.demo.people import account_of

Heard = Callable[["Player", dict[str, Any]], Awaitable[None]]

PAUSE = 2.0
LONGEST_PAUSE = 120.0
#: How long a scripted member seems to write, in seconds.
WRITES_FOR = (3.0, 6.0)


class Player:
    """Keeps connected to the room as `key` of the cast, and passes on every push. `you` once connected."""

    def __init__(self, key: str, room_id: UUID, heard: Heard) -> None:
        self.key, self.you = key, ""
        # What was said before the first connection is history: `began` is its last number.
        self.after = self.began = 0
        self._room_id, self._heard = room_id, heard
        self._socket: ClientConnection | None = None
        self._refs = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def play(self) -> None:
        """Connects, listens, connects again; until cancelled."""
        pause = PAUSE
        while True:
            try:
                await self._once()
                pause = PAUSE
            except (OSError, WebSocketException, TimeoutError, DatabaseError):
                # Not up yet, restarting, or put out by a visitor: it comes back later.
                pause = min(pause * 2, LONGEST_PAUSE)
            self._socket = None
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret hangs on it

    async def command(self, name: str, **given: Any) -> dict[str, Any]:
        """Sends a command and gives its reply; {"ok": False} where there is no connection."""
        if self._socket is None:
            return {"ok": False}
        ref = str(next(self._refs))
        answer = self._waiting[ref] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"cmd": name, "ref": ref, **given}))
            async with asyncio.timeout(10):
                reply: dict[str, Any] = await answer
                return reply
        except (WebSocketException, TimeoutError):
            return {"ok": False}
        finally:
            self._waiting.pop(ref, None)

    async def say(self, words: str, *, reply_to: str | None = None) -> bool:
        """Writes for a moment, then posts. Whether it was taken."""
        await self.command("typing")
        await asyncio.sleep(random.uniform(*WRITES_FOR))  # noqa: S311 - no secret hangs on it
        reply = await self.command("post", id=str(uuid4()), body=words, reply_to=reply_to)
        return bool(reply["ok"])

    async def _once(self) -> None:
        headers = {"Cookie": await sync_to_async(self._cookie)()}
        async with connect(
            f"ws://127.0.0.1:{settings.PORT}/ws/rooms/{self._room_id}/",
            origin=Origin(settings.DEMO_ORIGINS[0]),
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            additional_headers=headers,
            compression=None,
        ) as socket:
            self._socket = socket
            listening = asyncio.create_task(self._listen(socket))
            try:
                hello = await self.command("resume", after=self.after)
                self.you = hello.get("you", {}).get("id", "")
                self.began = self.began or hello.get("head", 0)
                self.after = max(self.after, hello.get("head", 0))
                await listening
            finally:
                listening.cancel()

    async def _listen(self, socket: ClientConnection) -> None:
        async for raw in socket:
            frame = json.loads(raw)
            waiting = self._waiting.get(frame.get("re", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)
            elif "push" in frame:
                await self._heard(self, frame)

    def _cookie(self) -> str:
        user = account_of(PEOPLE[self.key])
        if user is None:
            raise OSError("the cast is not set up")
        request = HttpRequest()
        request.session = SessionStore()
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session.save()
        return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"
