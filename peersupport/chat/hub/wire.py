"""The server's side of a WebSocket: uvicorn's own, which here also lets go of a peer that does not read.

uvicorn sends a close after everything that went before it and then waits for the peer to take that in. A peer
that does not read, an attacker's or a phone that sleeps, would keep its connection and its memory for ever.

It also offers the application to write whole frames itself: what goes to everybody in a room is encoded and
framed once, and a peer that is ready for it costs no task, no message and no copy.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent
    from websockets.http11 import Request

# How the scope's `extensions` name the way to write frames.
WRITE = "peersupport.write"

# How long a close may take until the connection is cut, whatever is still unsent.
CLOSING_SECONDS = 3.0
RESTART = b'{"push":"bye","code":"restart"}'


class Wire(WebSocketsSansIOProtocol):
    """One connection. Once a close was asked for, it ends within CLOSING_SECONDS."""

    _cut: asyncio.TimerHandle | None = None

    def handle_connect(self, event: Request) -> None:
        """A handshake: what runs for it learns how to write frames."""
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][WRITE] = {"write": self.write}

    def write(self, frame: bytes) -> bool:
        """Writes a whole frame at once; False, and nothing written, where the peer is not ready for one."""
        if not self.writable.is_set() or self.close_sent or self.disconnected:
            return False
        if self.conn.state is not State.OPEN or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    async def send(self, message: ASGISendEvent) -> None:
        """Passes on what the application sends; a close waits for nobody to read."""
        if message["type"] == "websocket.close":
            self.writable.set()
            self._cut_soon()
        await super().send(message)

    def shutdown(self) -> None:
        """The server stops: says so before it closes, so that clients come back after a while."""
        if self.handshake_complete and not self.close_sent and self.conn.state is State.OPEN:
            self.conn.send_text(RESTART)
        super().shutdown()
        self._cut_soon()

    def keepalive_timeout(self) -> None:
        """The peer did not answer a ping."""
        super().keepalive_timeout()
        self._cut_soon()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The application has nothing more to say."""
        super().on_task_complete(task)
        self._cut_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        if self._cut is not None:
            self._cut.cancel()
        super().connection_lost(exc)

    def _cut_soon(self) -> None:
        if self._cut is None and not self.disconnected:
            self._cut = self.loop.call_later(CLOSING_SECONDS, self.transport.abort)
