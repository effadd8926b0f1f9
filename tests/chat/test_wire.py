"""Bytes of a client become texts however they are cut and joined; what is no text is left to the server."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn import Config
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from peersupport.chat.hub.wire import Wire, line_of

MOST = 65_536
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Pipe(asyncio.Transport):
    """What a server writes, and whether it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.reading, self.closed = b"", True, False
        self.news, self.cut = asyncio.Event(), asyncio.Event()

    def write(self, data: Any) -> None:
        self.written += bytes(data)
        self.news.set()

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True
        self.cut.set()


class Visit:
    """A client's connection, accepted; the texts it was understood to send."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.pipe = Pipe()
        self.wire: Wire | None = None
        self.accepted = asyncio.Event()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.wire = line_of(scope)
        assert self.wire is not None
        await receive()
        await send({"type": "websocket.accept"})
        self.wire.read_by(self.texts.append)
        self.accepted.set()
        await receive()

    async def begin(self, *, pings: float | None = None) -> Wire:
        """Shakes hands. A ping every so many seconds, to be answered within as many; None: no pings."""
        config = Config(
            self.app,
            ws_max_size=MOST,
            ws_ping_interval=pings,
            ws_ping_timeout=pings,
            lifespan="off",
            log_config=None,
            interface="asgi3",
        )
        wire = Wire(config, ServerState(), {})
        wire.connection_made(self.pipe)
        wire.data_received(HANDSHAKE)
        async with asyncio.timeout(5):
            await self.accepted.wait()
        self.pipe.written = self.pipe.written.partition(b"\r\n\r\n")[2]
        return wire

    def end(self, wire: Wire) -> None:
        """The connection is gone."""
        if not wire.disconnected:
            wire.connection_lost(None)


def sent(opcode: Opcode, payload: bytes, *, fin: bool = True) -> bytes:
    """A frame as a client writes it."""
    return Frame(opcode, payload, fin).serialize(mask=True)


def in_parts(text: str) -> bytes:
    """One text in three frames, with a ping between them."""
    whole = text.encode()
    cut = len(whole) // 2
    return (
        sent(Opcode.TEXT, whole[:cut], fin=False)
        + sent(Opcode.CONT, b"", fin=False)
        + sent(Opcode.PING, b"?")
        + sent(Opcode.CONT, whole[cut:])
    )


TEXTS = st.lists(
    st.tuples(st.text(max_size=300), st.sampled_from(["whole", "parts", "after a ping"])), max_size=6
)
FORMS: dict[str, Callable[[str], bytes]] = {
    "whole": lambda text: sent(Opcode.TEXT, text.encode()),
    "parts": in_parts,
    "after a ping": lambda text: sent(Opcode.PING, b"!") + sent(Opcode.TEXT, text.encode()),
}


@given(texts=TEXTS, cuts=st.lists(st.integers(0, 4_000), max_size=12), pauses=st.sets(st.integers(0, 12)))
async def test_every_text_is_heard_once_and_in_order_however_the_bytes_come(
    texts: list[tuple[str, str]], cuts: list[int], pauses: set[int]
) -> None:
    visit = Visit()
    wire = await visit.begin()
    stream = b"".join(FORMS[form](text) for text, form in texts)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for number, (first, last) in enumerate(itertools.pairwise(places)):
        wire.wait(number in pauses)
        wire.data_received(stream[first:last])
    wire.wait(False)
    wire.data_received(b"")
    assert visit.texts == [text for text, _form in texts]
    assert visit.pipe.reading
    visit.end(wire)


async def test_while_it_waits_nothing_is_read_and_nothing_lost() -> None:
    visit = Visit()
    wire = await visit.begin()

    def one_by_one(text: str) -> None:
        visit.texts.append(text)
        wire.wait(True)

    wire.read_by(one_by_one)
    wire.data_received(sent(Opcode.TEXT, b"one") + sent(Opcode.TEXT, b"two"))
    assert visit.texts == ["one"]
    assert not visit.pipe.reading
    wire.wait(False)
    await asyncio.sleep(0)
    assert visit.texts == ["one", "two"]
    visit.end(wire)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (Frame(Opcode.TEXT, b"not masked").serialize(mask=False), 1002),
        (sent(Opcode.TEXT, b"\xff\xfe no UTF-8"), 1007),
        (sent(Opcode.TEXT, b"no ", fin=False) + sent(Opcode.CONT, b"\xff"), 1007),
        (sent(Opcode.TEXT, b"begun", fin=False) + sent(Opcode.TEXT, b"never ended"), 1002),
        (sent(Opcode.CONT, b"of nothing"), 1002),
        (b"\xc1" + sent(Opcode.TEXT, b"a reserved bit")[1:], 1002),
        (sent(Opcode.TEXT, b"x" * (MOST + 1)), 1009),
        (sent(Opcode.TEXT, b"x" * (MOST + 1))[:10], 1009),
        (sent(Opcode.TEXT, b"x" * MOST, fin=False) + sent(Opcode.CONT, b"x"), 1009),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, int) else "",
)
async def test_what_the_standard_forbids_is_not_heard_and_closes_with_its_code(
    what: bytes, code: int
) -> None:
    visit = Visit()
    wire = await visit.begin()
    wire.data_received(sent(Opcode.TEXT, b"before"))
    wire.data_received(what)
    wire.data_received(sent(Opcode.TEXT, b"behind"))
    assert visit.texts == ["before"]
    assert visit.pipe.written[0] == 0x88
    assert int.from_bytes(visit.pipe.written[2:4], "big") == code
    visit.end(wire)


async def test_the_answer_to_a_close_is_read_also_while_nothing_else_is() -> None:
    visit = Visit()
    wire = await visit.begin()
    wire.wait(True)
    wire.data_received(sent(Opcode.TEXT, b"waits"))
    await wire.send({"type": "websocket.close", "code": 4403})
    wire.wait(True)
    assert visit.pipe.reading
    await asyncio.sleep(0)
    assert not visit.pipe.closed
    wire.data_received(sent(Opcode.CLOSE, (4403).to_bytes(2, "big")))
    assert visit.pipe.closed
    assert visit.texts == []
    visit.end(wire)


async def test_bytes_are_not_taken_for_a_text() -> None:
    visit = Visit()
    wire = await visit.begin()
    wire.data_received(sent(Opcode.BINARY, b'{"cmd":"ping"}'))
    assert visit.texts == [""]
    visit.end(wire)


async def test_a_server_that_stops_does_not_stumble_over_a_connection_that_is_closing() -> None:
    visit = Visit()
    wire = await visit.begin()
    # The line breaks after her goodbye was read: the close stands, and the transport does not know it yet.
    wire.data_received(sent(Opcode.CLOSE, (1000).to_bytes(2, "big")))
    visit.pipe.closed = False
    wire.shutdown()
    assert visit.pipe.closed
    visit.end(wire)


async def test_what_is_held_goes_out_before_the_next_frame_or_when_asked_and_never_after_a_close() -> None:
    visit = Visit()
    wire = await visit.begin()
    assert [wire.hold(b"1"), wire.hold(b"2")] == [True, True]
    assert visit.pipe.written == b""
    assert [wire.write(b"3"), wire.hold(b"4")] == [True, True]
    wire.write_held()
    wire.write_held()
    assert visit.pipe.written == b"1234"
    wire.hold(b"5")
    wire.data_received(sent(Opcode.CLOSE, b"\x03\xe8"))
    wire.write_held()
    assert b"5" not in visit.pipe.written[4:]
    assert [wire.hold(b"6"), wire.write(b"7")] == [False, False]
    visit.end(wire)


async def test_the_server_says_what_it_owes_before_it_closes() -> None:
    visit = Visit()
    wire = await visit.begin()
    wire.hold(b"owed")
    wire.shutdown()
    assert visit.pipe.written.startswith(b"owed")
    visit.end(wire)
