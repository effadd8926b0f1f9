"""How the parts of the one application are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from peersupport import asgi
from peersupport.asgi import BODY_BYTES, HEARD_OUT_BYTES
from peersupport.shell.asgi_types import Message, Receive, Scope, Send


async def _unused(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError


class _Line:
    """One side of an ASGI connection: what the server hands in, and what came out."""

    def __init__(self, *messages: Message) -> None:
        self.waiting = list(messages)
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        return self.waiting.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)


async def test_what_runs_beside_the_site_is_entered_in_order_and_left_in_reverse() -> None:
    seen: list[str] = []

    def part(name: str) -> asgi.WhileServing:
        @asynccontextmanager
        async def run() -> AsyncIterator[None]:
            seen.append(f"{name} in")
            yield
            seen.append(f"{name} out")

        return run

    site = asgi.Site(pages=_unused, sockets=_unused, while_serving=[part("work"), part("rooms")])
    line = _Line({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    await site({"type": "lifespan"}, line.receive, line.send)
    assert seen == ["work in", "rooms in", "rooms out", "work out"]
    assert [message["type"] for message in line.sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


async def test_a_part_that_cannot_start_stops_the_server_and_those_before_it() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def broken() -> AsyncIterator[None]:
        raise RuntimeError("no room")
        yield

    @asynccontextmanager
    async def closing() -> AsyncIterator[None]:
        try:
            yield
        finally:
            seen.append("closed")

    site = asgi.Site(pages=_unused, sockets=_unused, while_serving=[closing, broken])
    line = _Line({"type": "lifespan.startup"})
    with pytest.raises(RuntimeError, match="no room"):
        await site({"type": "lifespan"}, line.receive, line.send)
    assert line.sent == [{"type": "lifespan.startup.failed", "message": "no room"}]
    assert seen == ["closed"]


def _sent(*headers: tuple[bytes, bytes], to: str = "/join/background/") -> Scope:
    return {"type": "http", "path": to, "headers": list(headers)}


def _part(size: int, *, more: bool) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


def _is_told_calmly(line: _Line) -> bool:
    start, body = line.sent
    return start["status"] == 413 and b"That was too long" in body["body"] and b"help-now" in body["body"]


async def test_a_form_that_says_it_is_too_long_is_heard_out_and_answered_by_a_page() -> None:
    size = 3 * BODY_BYTES // 2
    line = _Line(_part(size // 2, more=True), _part(size // 2, more=False))
    scope = _sent((b"content-length", str(size).encode()))
    await asgi.bounded_body(_unused)(scope, line.receive, line.send)
    assert line.waiting == []
    assert _is_told_calmly(line)


async def test_a_body_beyond_all_measure_is_not_read() -> None:
    line = _Line()
    scope = _sent((b"content-length", str(HEARD_OUT_BYTES + 1).encode()))
    await asgi.bounded_body(_unused)(scope, line.receive, line.send)
    assert _is_told_calmly(line)


@pytest.mark.parametrize("length", [b"-1", b"many", b"1e3"])
async def test_a_length_that_is_no_number_is_not_read_either(length: bytes) -> None:
    line = _Line()
    await asgi.bounded_body(_unused)(_sent((b"content-length", length)), line.receive, line.send)
    assert line.sent[0]["status"] == 413


async def test_a_body_that_turns_out_too_long_is_cut_off() -> None:
    taken: list[str] = []

    async def reads_all(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] == "http.request":
            taken.append(message["type"])

    half = BODY_BYTES // 2 + 1
    line = _Line(_part(half, more=True), _part(half, more=True), _part(half, more=False))
    await asgi.bounded_body(reads_all)(_sent(), line.receive, line.send)
    assert len(taken) == 1
    assert line.waiting == []
    assert _is_told_calmly(line)


async def test_a_body_that_never_ends_is_not_heard_out() -> None:
    async def reads_all(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "http.request":
            pass

    line = _Line(*[_part(BODY_BYTES, more=True)] * 20)
    await asgi.bounded_body(reads_all)(_sent(), line.receive, line.send)
    assert line.sent[0]["status"] == 413
    assert len(line.waiting) > 5


async def test_under_the_api_the_same_is_said_in_json() -> None:
    line = _Line()
    scope = _sent((b"content-length", str(HEARD_OUT_BYTES + 1).encode()), to="/api/v1/rooms/")
    await asgi.bounded_body(_unused)(scope, line.receive, line.send)
    assert line.sent[0]["status"] == 413
    assert b'"too_long"' in line.sent[1]["body"]


async def test_a_form_of_ordinary_length_passes_unchanged() -> None:
    async def echoes(scope: Scope, receive: Receive, send: Send) -> None:
        await send(await receive())

    message = {"type": "http.request", "body": b"a few pages", "more_body": False}
    line = _Line(message)
    await asgi.bounded_body(echoes)({"type": "http", "headers": []}, line.receive, line.send)
    assert line.sent == [message]
