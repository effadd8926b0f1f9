"""People in a room over real sockets: a server on a free port, and clients that wait for what they name."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

import uvicorn
from django.conf import settings
from django.test import Client
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from peersupport.accounts.models import User
from peersupport.accounts.second_factor import METHODS, METHODS_OF
from peersupport.chat.consumer import SUBPROTOCOL
from peersupport.server import SPEAKING
from peersupport.shell.asgi_types import ASGI

ORIGIN = "https://localhost"
# For what must come: a busy machine may take its time. What is promised within seconds is timed as such.
PATIENCE = 30.0
T = TypeVar("T")


def cookie_of(user: User) -> str:
    """A Cookie header of somebody who has just signed in, staff with a second factor."""
    client = Client()
    client.force_login(user)
    if user.is_staff:
        session = client.session
        session[METHODS] = [{"method": "mfa", "at": time.time()}]
        session[METHODS_OF] = str(user.pk)
        session.save()
    return header_of(client)


def header_of(client: Client) -> str:
    """A Cookie header with the session of a browser."""
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """The site's sockets and pages on a free port of the loopback address; gives the port."""
    # Only now: the pages read where the static files are as soon as they are imported.
    from peersupport.asgi import Site, guides, pages
    from peersupport.chat.hub import sockets

    site = Site(
        pages=pages, sockets=cast(ASGI, sockets.application), while_serving=[guides.watching, sockets.serving]
    )
    config = uvicorn.Config(
        site,
        host="127.0.0.1",
        port=0,
        **SPEAKING,
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]  # they stay with the test run
    running = asyncio.create_task(server.serve())
    while not server.started:
        if running.done():
            await running
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def eventually(found: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """Asks what cannot tell of itself, a process or a file, until it says yes."""
    async with asyncio.timeout(seconds):
        while not (value := found()):  # noqa: ASYNC110 - nobody there could set an event
            await asyncio.sleep(0.02)
        return value


class Talker:
    """One person's client. Frames are kept as they come; a wait looks at all that has not been used."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []
        self.log: list[dict[str, Any]] = []
        self.hello: dict[str, Any] = {}
        self._refs = itertools.count(1)
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for raw in self.socket:
                await self._take(json.loads(raw))
        async with self._news:
            self._news.notify_all()

    async def _take(self, frame: dict[str, Any]) -> None:
        async with self._news:
            if frame.get("ok") and "epoch" in frame:
                # Before the events that follow it: they go on from where it says.
                self.hello = frame
            if frame.get("push") == "events":
                assert frame["events"][0]["seq"] == frame["from"] == self.seq + 1, "a gap"
                self.log.extend(frame["events"])
            self.frames.append(frame)
            self._news.notify_all()

    @property
    def seq(self) -> int:
        """The last event this client has."""
        return int(self.log[-1]["seq"] if self.log else self.hello.get("after", 0))

    async def until(self, found: Callable[[], T]) -> T:
        """Waits for something to become true; AssertionError with what came instead."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                while not (value := found()):
                    if self._reader.done():
                        raise AssertionError(f"closed with {self.socket.close_code}: {self.frames[-3:]}")
                    await self._news.wait()
                return value
        except TimeoutError:
            raise AssertionError(f"waited in vain; the last frames: {self.frames[-4:]}") from None

    async def _one(self, found: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
        one = await self.until(found)
        assert one is not None
        return one

    async def one(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Waits for a frame of any kind."""
        return await self._one(lambda: next(filter(wanted, self.frames), None))

    async def send(self, cmd: str, **given: Any) -> dict[str, Any]:
        """Sends a command and gives its reply."""
        ref = str(next(self._refs))
        await self.socket.send(json.dumps({"cmd": cmd, "ref": ref, **given}))
        return await self._one(lambda: next((one for one in self.frames if one.get("re") == ref), None))

    async def resume(self, after: int = 0, **given: Any) -> dict[str, Any]:
        """The first command; everything up to the head has come when this returns."""
        reply = await self.send("resume", after=after, **given)
        if reply["ok"]:
            await self.until(lambda: self.seq >= reply["head"])
            # Seeing herself among those present, she knows that the live room has her.
            mine = reply["you"]["id"]
            await self.pushed("presence", lambda one: mine in str(one["present"]))
        return reply

    async def post(self, body: str, *, message: UUID | None = None, **given: Any) -> dict[str, Any]:
        """Writes a message."""
        return await self.send("post", id=str(message or uuid4()), body=body, **given)

    async def hears(self, **wanted: Any) -> dict[str, Any]:
        """Waits for an event with these values."""
        return await self._one(
            lambda: next((event for event in self.log if wanted.items() <= event.items()), None)
        )

    async def pushed(self, push: str, found: Callable[[dict[str, Any]], Any] = lambda _frame: True) -> Any:
        """Waits for a push of this kind that satisfies `found`."""
        return await self.until(
            lambda: next((one for one in self.frames if one.get("push") == push and found(one)), None)
        )

    async def closed(self) -> int:
        """Waits until the server has closed the socket; gives the code."""
        async with asyncio.timeout(PATIENCE):
            await self._reader
        assert self.socket.close_code is not None
        return self.socket.close_code

    @property
    def bodies(self) -> list[str | None]:
        """The texts of the messages, in order."""
        return [event["body"] for event in self.log if event["kind"] == "message"]


@asynccontextmanager
async def talker(
    port: int, room_id: UUID, cookie: str, *, origin: str | None = ORIGIN, resumed: bool = True
) -> AsyncIterator[Talker]:
    """Somebody's open socket to a room."""
    async with connect(
        f"ws://127.0.0.1:{port}/ws/rooms/{room_id}/",
        origin=origin,  # type: ignore[arg-type]  # the library's NewType for a str
        subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # likewise
        additional_headers={"Cookie": cookie},
        compression=None,
        max_size=None,
    ) as socket:
        person = Talker(socket)
        if resumed:
            await person.resume()
        yield person
