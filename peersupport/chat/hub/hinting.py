"""Hints between processes, over the channel layer. A hint says where something changed, never what.

What is not said yet is kept once, however often it is said again, and thrown away where Redis does not take
it: every process asks the database every two seconds anyway.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer

logger = logging.getLogger("peersupport.chat")

LAYER_GROUP = "rooms"
SAY_SECONDS = 1.0
AGAIN_SECONDS = 2.0
# A process says something so often, if only that it is there, and hears that itself. A connection over which
# nothing comes for longer is dead, whatever the operating system believes of it: Redis hangs, or a firewall
# has forgotten it. Nothing else would ever tell who only listens.
PULSE_SECONDS = 5.0
SILENT_SECONDS = 12.0
UNSAID_MOST = 2_000

# A room that changed, or a room and the member who is writing there.
Hint = tuple[UUID, UUID | None]


class Hints:
    """What this process tells the others, and what it hears from them."""

    def __init__(self, *, process: UUID, heard: Callable[[Hint], None]) -> None:
        self._process, self._heard = str(process), heard
        self._unsaid: dict[Hint, None] = {}
        self._wake = asyncio.Event()

    def say(self, room_id: UUID, *, typing: UUID | None = None) -> None:
        """Tells the other processes soon; never waits."""
        if len(self._unsaid) < UNSAID_MOST:
            self._unsaid[room_id, typing] = None
            self._wake.set()

    async def run(self) -> None:
        """Says and hears until cancelled; then lets the layer's connections go."""
        try:
            await asyncio.gather(self._say_all(), self._listen())
        finally:
            await _flush()

    async def _say_all(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PULSE_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            hints = [[str(room), typing and str(typing)] for room, typing in self._unsaid]
            self._unsaid.clear()
            layer = _layer()
            message = {"type": "hint", "from": self._process, "hints": hints}
            with suppress(Exception):  # the poll makes a lost hint good
                async with asyncio.timeout(SAY_SECONDS):
                    await layer.group_send(LAYER_GROUP, message)

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except Exception as error:
                logger.warning("no hints from other processes: %s", type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)
                await _flush()

    async def _hear(self) -> None:
        layer = _layer()
        channel = await layer.new_channel()
        await layer.group_add(LAYER_GROUP, channel)
        while True:
            async with asyncio.timeout(SILENT_SECONDS):
                message: dict[str, Any] = await layer.receive(channel)
            if message.get("from") != self._process:
                for room, typing in message["hints"]:
                    self._heard((UUID(room), UUID(typing) if typing else None))


def _layer() -> Any:
    return get_channel_layer()


async def _flush() -> None:
    layer = _layer()
    with suppress(Exception):
        async with asyncio.timeout(SAY_SECONDS):
            await layer.flush()
