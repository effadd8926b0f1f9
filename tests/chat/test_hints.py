"""Hints over a Redis that does not fail but falls silent: the way is noticed to be dead, and made anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from channels.layers import get_channel_layer
from pytest_django import Settings

from peersupport.chat.hub import hinting
from peersupport.chat.hub.hinting import Hint, Hints
from tests.chat.processes import Redis, redis_server
from tests.chat.talking import eventually

CHANNEL = f"asgi__group__{hinting.LAYER_GROUP}"


class Way:
    """Something between a process and its Redis that forgets connections without closing them."""

    def __init__(self, port: int) -> None:
        self._port, self._age = port, 0
        self._passing: set[asyncio.Task[None]] = set()

    def forget(self) -> None:
        """Of the connections there are nothing comes through any more, either way; new ones work."""
        self._age += 1

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """Gives the port to connect to."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in self._passing:
                task.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        for one, other in ((reader, back), (there, writer)):
            self._passing.add(asyncio.create_task(self._pass(one, other, self._age)))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, age: int) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65_536):
                if age == self._age:
                    writer.write(chunk)
        writer.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is noticed soon."""
    for name, seconds in (("PULSE_SECONDS", 0.1), ("SILENT_SECONDS", 1.0), ("AGAIN_SECONDS", 0.1)):
        monkeypatch.setattr(hinting, name, seconds)


@pytest.fixture
def server() -> Iterator[Redis]:
    """A Redis."""
    with redis_server() as running:
        yield running


@asynccontextmanager
async def hearing(port: int, settings: Settings) -> AsyncIterator[list[Hint]]:
    """A process that listens for hints; gives what it hears."""
    backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
    address = f"redis://127.0.0.1:{port}/0"
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": backend, "CONFIG": {"hosts": [address]}}}
    heard: list[Hint] = []
    running = asyncio.create_task(Hints(process=uuid4(), heard=heard.append).run())
    try:
        yield heard
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def hint_of_another(room: UUID) -> Any:
    """What another process says to all."""
    layer: Any = get_channel_layer()
    return layer.serialize({"type": "hint", "from": str(uuid4()), "hints": [[str(room), None]]})


@pytest.mark.check(10, 11)
async def test_a_connection_that_fell_silent_is_replaced_and_hints_are_heard_again(
    quick: None, server: Redis, settings: Settings
) -> None:
    way = Way(server.port)
    async with way.open() as port, hearing(port, settings) as heard:
        room = uuid4()
        with redis.Redis(port=server.port) as other:

            def said_again() -> list[Hint]:
                other.publish(CHANNEL, hint_of_another(room))
                return heard

            assert (room, None) in await eventually(said_again)
            way.forget()
            heard.clear()
            assert (room, None) in await eventually(said_again)


async def test_where_nobody_says_anything_the_connection_stays(
    quick: None, server: Redis, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with redis.Redis(port=server.port) as other, other.pubsub() as overheard:
        overheard.subscribe(CHANNEL)
        pulses = 0

        def enough() -> bool:
            nonlocal pulses
            pulses += overheard.get_message(ignore_subscribe_messages=True) is not None
            # Longer than silence may last.
            return pulses > 15

        async with hearing(server.port, settings) as heard:
            await eventually(enough)
            assert heard == []
    assert "no hints" not in caplog.text
