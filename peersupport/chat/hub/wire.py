"""The server's side of a WebSocket: uvicorn's own, which here also lets go of a peer that does not read.

uvicorn sends a close after everything that went before it and then waits for the peer to take that in. A peer
that does not read, an attacker's or a phone that sleeps, would keep its connection and its memory for ever.

It also offers the application a line of its own, both ways. What goes to everybody in a room is encoded and
framed once, and a peer that is ready for it costs no task, no message and no copy. A whole text that comes is
handed over as it is read; everything else, pings, closes, fragments and mistakes, is left to uvicorn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from peersupport.chat.protocol.framing import Span, span, whole_text

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent
    from websockets.frames import Frame
    from websockets.http11 import Request

# How the scope's `extensions` name the line.
LINE = "peersupport.line"

# How long a close may take until the connection is cut, whatever is still unsent.
CLOSING_SECONDS = 3.0
# So often the time for an answer to a ping may pass while nothing is read: a busy server, or a slow network
# that has to take in a long log first, must not look like a peer that sleeps.
UNREAD_MOST = 2
RESTART = b'{"push":"bye","code":"restart"}'
FINAL, OPCODE = 0x80, 0x0F
CONTINUED, TEXT, BINARY = 0, 1, 2

Take = Callable[[str], None]


class Wire(WebSocketsSansIOProtocol):
    """One connection. Once a close was asked for, it ends within CLOSING_SECONDS."""

    _cut: asyncio.TimerHandle | None = None
    _take: Take | None = None
    _rest = b""  # the beginning of a frame, or whole frames that are not to be read yet
    _parted = False  # in the middle of a message that comes in several frames
    _waits = False
    _held = b""  # replies that go out with the next frame
    _unread = 0  # how often in a row a ping was given more time

    def handle_connect(self, event: Request) -> None:
        """A handshake: what runs for it learns of the line."""
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][LINE] = {"wire": self}

    # The line

    def write(self, frame: bytes) -> bool:
        """Writes a whole frame at once; False, and nothing written, where the peer is not ready for one."""
        if not self.writable.is_set() or not self._is_open():
            return False
        if self._held:
            frame, self._held = self._held + frame, b""
        self.transport.write(frame)
        return True

    def hold(self, frame: bytes) -> bool:
        """Has a frame written together with the next one; who asks for that calls `write_held` in time."""
        if not self.writable.is_set() or not self._is_open():
            return False
        self._held += frame
        return True

    def write_held(self) -> None:
        """Writes what was held, if that has not gone out by now. Nothing may follow a close."""
        if self._held:
            frame, self._held = self._held, b""
            if self._is_open():
                self.transport.write(frame)

    def _is_open(self) -> bool:
        if self.close_sent or self.disconnected:
            return False
        return self.conn.state is State.OPEN and not self.transport.is_closing()

    def read_by(self, take: Take) -> None:
        """From here on every text goes to `take` as it comes, and to nobody else. What is no text is "".

        To be called when the handshake has been answered: before that a client has nothing to say.
        """
        if self.queue.empty() and not self.read_paused:
            self._take = take

    def wait(self, waits: bool) -> None:
        """Has nothing more read, or goes on reading: the peer is to wait, not the memory to fill."""
        if waits == self._waits or (waits and self.close_sent):
            return
        self._waits = waits
        if self.disconnected or self.transport.is_closing():
            return
        if waits:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()
            if self._rest:
                self.loop.call_soon(self.data_received, b"")

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer: handed over frame by frame, so that uvicorn always stands between two frames."""
        data, self._rest = self._rest + data if self._rest else data, b""
        if self._take is None:
            super().data_received(data)
            return
        at = 0
        while at < len(data) and not self._waits:
            payload = span(data, at)
            if self.conn.state is not State.OPEN or (payload and self._is_too_long(payload)):
                # uvicorn knows what to say to that, and reads nothing after it.
                super().data_received(data[at:])
                return
            if payload is None or payload.ends > len(data):
                break
            self._frame(data, at, payload)
            at = payload.ends
        self._rest = data[at:]

    def _is_too_long(self, payload: Span) -> bool:
        return payload.ends - payload.begins > self.config.ws_max_size

    def _frame(self, data: bytes, at: int, payload: Span) -> None:
        text = None if self._parted else whole_text(data, at, payload)
        if text is None:
            opcode, final = data[at] & OPCODE, data[at] & FINAL
            if opcode in (CONTINUED, TEXT, BINARY):
                self._parted = not final
            super().data_received(data[at : payload.ends])
        else:
            self._hand_over(text)

    def send_receive_event_to_app(self) -> None:
        """A message is whole: to whoever takes it, or into uvicorn's queue."""
        if self._take is None:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        self._hand_over(data if self.curr_msg_data_type == "text" else b"")

    def _hand_over(self, text: bytes) -> None:
        if self.close_sent or self._take is None:
            return
        try:
            self._take(text.decode())
        except UnicodeDecodeError:
            # RFC 6455, section 8.1.
            self.conn.send_close(1007)
            self.handle_parser_exception()

    async def send(self, message: ASGISendEvent) -> None:
        """Passes on what the application sends; a close waits for nobody to read."""
        self.write_held()
        if message["type"] == "websocket.close":
            self.writable.set()
            self._cut_soon()
        await super().send(message)
        if self.close_sent:
            # The peer's answer to the close has to be read, whatever is still under way.
            self.wait(False)

    def shutdown(self) -> None:
        """The server stops: says so before it closes, so that clients come back after a while."""
        if self.handshake_complete and not self.close_sent:
            self.write_held()
            if self.conn.state is State.OPEN:
                self.conn.send_text(RESTART)
            else:
                # It closes already. uvicorn would do so again, and stop none of the others.
                self.close_sent = True
        super().shutdown()
        self._cut_soon()

    def handle_pong(self, event: Frame) -> None:
        """The peer answered a ping."""
        self._unread = 0
        super().handle_pong(event)

    def keepalive_timeout(self) -> None:
        """The peer did not answer a ping, or what it answered was not read yet."""
        if self._waits and self._unread < UNREAD_MOST and self.ping_timeout is not None:
            self._unread += 1
            self.pong_timer = self.loop.call_later(self.ping_timeout, self.keepalive_timeout)
            return
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


def line_of(scope: Any) -> Wire | None:
    """The line of a connection; another server's has none, and everything goes the usual way."""
    found: Wire | None = (scope.get("extensions") or {}).get(LINE, {}).get("wire")
    return found
