"""The replies that one socket is owed, written in the order of its commands, however these end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from peersupport.chat.protocol.framing import framed


class Reply:
    """A place in the order: taken when a command comes, filled when it has been carried out."""

    __slots__ = ("ref", "text")

    def __init__(self) -> None:
        self.ref: str | None = None
        self.text: str | None = None


class Replies:
    """`write` writes a frame at once or says that the client is not ready; `hold` has it go out with the next
    frame, or says the same; `send` waits for the client.
    """

    def __init__(
        self,
        *,
        write: Callable[[bytes], bool],
        hold: Callable[[bytes], bool],
        send: Callable[[str], Coroutine[Any, Any, None]],
    ) -> None:
        self._write, self._hold, self._send = write, hold, send
        self._owed: deque[Reply] = deque()
        self._sender: asyncio.Task[None] | None = None
        self._turn: asyncio.Future[None] | None = None

    def owe(self) -> Reply:
        """The place of the command that has just come."""
        reply = Reply()
        self._owed.append(reply)
        return reply

    def settle(self, reply: Reply, text: str, *, hold: bool = False) -> None:
        """Fills a place, and writes every reply that no earlier one is missing for; or has them held."""
        reply.text = text
        if self._sender is None or self._sender.done():
            self._write_on(self._hold if hold else self._write)

    async def turn(self, reply: Reply) -> None:
        """Returns when every earlier reply has been written."""
        while self._owed and self._owed[0] is not reply:
            self._turn = asyncio.get_running_loop().create_future()
            await self._turn

    async def written(self) -> None:
        """Returns when no reply waits for the client any more."""
        if self._sender is not None and not self._sender.done():
            await asyncio.wait({self._sender})

    def _write_on(self, write: Callable[[bytes], bool]) -> None:
        while self._owed and self._owed[0].text is not None:
            if not write(framed(self._owed[0].text)):
                self._sender = asyncio.create_task(self._send_on())
                return
            self._owed.popleft()
        self._tell()

    async def _send_on(self) -> None:
        while self._owed and self._owed[0].text is not None:
            await self._send(self._owed[0].text)
            self._owed.popleft()
        self._tell()

    def _tell(self) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)
