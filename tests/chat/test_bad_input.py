"""Whatever a client sends: a typed answer, a living server, and nothing written."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from peersupport.chat import nudges
from peersupport.chat.api import STATUS
from peersupport.chat.consumer import SUBPROTOCOL
from peersupport.chat.models import Event, HeldMessage, Report, Room
from peersupport.chat.protocol.errors import MESSAGES
from peersupport.server import FRAME_BYTES
from tests.chat.conftest import Evening
from tests.chat.fuzzing import frames
from tests.chat.processes import Servers
from tests.chat.talking import ORIGIN, Talker, talker
from tests.chat.test_without_sockets import TOKEN, Asker, asking
from tests.doses import Did, dose, resident

pytestmark = pytest.mark.django_db(transaction=True)

FUZZED = dose(10_000, 1_000_000)
FUZZED_WITHOUT = dose(600, 20_000)
FLAT_BYTES = 12 * 2**20
LARGE = 4 * FRAME_BYTES


@pytest.mark.check(22)
async def test_a_frame_that_is_too_large_closes_its_socket_alone(open_evening: Evening) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    largest = json.dumps({"cmd": "ping", "ref": "1"}).ljust(FRAME_BYTES)
    await aino.socket.send(largest)
    await aino.until(lambda: any(one.get("re") == "1" for one in aino.frames))
    await aino.socket.send(largest + " ")
    assert await aino.closed() == 1009
    assert (await berit.post("Undisturbed."))["ok"]


@pytest.mark.check(22)
async def test_hundreds_of_frames_that_are_too_large_take_no_memory(servers: Servers, did: Did) -> None:
    pid = servers.running.process.pid
    await too_large(servers.evening, 50)
    before = resident(pid)
    await too_large(servers.evening, 200)
    grown = resident(pid) - before
    assert grown < FLAT_BYTES
    did(f"200 frames of {LARGE >> 10} KiB; memory {before / 2**20:.0f} MiB, {grown / 2**20:+.1f} MiB after")


async def too_large(evening: Evening, frames: int) -> None:
    """So many of them, each on a socket of its own, which the server closes for it."""
    frame = "x" * LARGE
    for _frame in range(frames):
        async with talker(evening.port, evening.room.pk, evening.cookies["aino"], resumed=False) as aino:
            # It may be closed before all of it was sent.
            with suppress(ConnectionClosed):
                await aino.socket.send(frame)
            assert await aino.closed() == 1009


@pytest.mark.check(22)
async def test_a_large_frame_in_pieces_is_a_large_frame(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    await aino.socket.send(iter(["x" * 1024] * (FRAME_BYTES // 1024 + 1)))
    assert await aino.closed() == 1009


@pytest.mark.check(23)
async def test_text_that_is_no_unicode_closes_and_is_not_an_error_of_ours(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    await aino.socket.send(b'{"cmd": "ping", "ref": "\xff"}', text=True)
    assert await aino.closed() == 1007


@pytest.mark.check(23)
@pytest.mark.load
async def test_fuzzed_frames_get_a_typed_answer_each_and_write_nothing(unhurried: Evening, did: Did) -> None:
    aino, berit = await unhurried.comes("aino"), await unhurried.comes("berit")
    target = uuid4()
    assert (await berit.post("the only message", message=target))["ok"]
    room = await Room.objects.aget(pk=unhurried.room.pk)
    fuzzed = frames(Random(20), target=str(target), member=unhurried.public_id("berit"))
    await fuzz_together(unhurried, islice(fuzzed, FUZZED // 10))
    gc.collect()
    before = resident()
    await fuzz_together(unhurried, islice(fuzzed, FUZZED - FUZZED // 10))
    gc.collect()
    grown = resident() - before
    assert grown < FLAT_BYTES
    did(f"{FUZZED} fuzzed frames; memory {before / 2**20:.0f} MiB, {grown / 2**20:+.1f} MiB after")
    await berit.send("ping")
    assert (await aino.send("ping"))["ok"], "another socket of hers, open all the while"
    assert [event.kind async for event in Event.objects.all()] == ["message"]
    assert not await HeldMessage.objects.aexists()
    assert not await Report.objects.aexists()
    now = await Room.objects.aget(pk=room.pk)
    assert (now.state, now.mode, now.head) == (room.state, room.mode, 1)


async def fuzz_together(evening: Evening, sent: Iterator[str | bytes]) -> None:
    """Two parents with two sockets each, who share the frames: what one waits for, the others do not."""
    await asyncio.gather(*(fuzz(evening, name, sent) for name in ("aino", "elias") * 2))


async def fuzz(evening: Evening, name: str, sent: Iterator[str | bytes]) -> None:
    """Sends frames as fast as they are answered; each is refused, and not for our fault."""
    async with connect(
        f"ws://127.0.0.1:{evening.port}/ws/rooms/{evening.room.pk}/",
        origin=ORIGIN,  # type: ignore[arg-type]  # the library's NewType for a str
        subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # likewise
        additional_headers={"Cookie": evening.cookies[name]},
        compression=None,
        max_size=None,
    ) as socket:
        person = Talker(socket)
        await person.resume()
        person.frames.clear()
        while batch := list(islice(sent, 100)):
            for frame in batch:
                await socket.send(frame)
            await person.until(partial(all_answered, person, len(batch)))
            for reply in (one for one in person.frames if "re" in one):
                assert not reply["ok"], reply
                assert reply["error"]["code"] in MESSAGES.keys() - {"internal", "rate_limited"}, reply
            person.frames.clear()


@pytest.mark.check(23)
async def test_fuzzed_frames_without_a_socket_get_a_typed_answer_each_and_write_nothing(
    unhurried: Evening, monkeypatch: pytest.MonkeyPatch, did: Did
) -> None:
    monkeypatch.setattr(settings, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"))
    berit, target = await unhurried.comes("berit"), uuid4()
    assert (await berit.post("the only message", message=target))["ok"]
    fuzzed = frames(Random(23), target=str(target), member=unhurried.public_id("berit"))
    codes: Counter[str] = Counter()

    async def send_some(aino: Asker) -> None:
        for frame in islice(fuzzed, FUZZED_WITHOUT // 4):
            answer = await aino.http.post(aino.messages, content=frame, headers={"X-CSRFToken": TOKEN})
            refused = answer.json()
            assert (refused["ok"], answer.status_code) == (False, status_of(refused["error"]["code"])), frame
            codes[refused["error"]["code"]] += 1

    async with asking(unhurried, "aino") as aino:
        await asyncio.gather(*(send_some(aino) for _line in range(4)))
    assert codes.keys() <= MESSAGES.keys() - {"internal", "rate_limited"}
    assert codes.keys() >= {"invalid", "not_allowed", "unknown_command"}
    did(f"{codes.total()} fuzzed frames without a socket: {dict(codes)}")
    assert [event.kind async for event in Event.objects.all()] == ["message"]
    assert not await HeldMessage.objects.aexists()
    assert not await Report.objects.aexists()


def status_of(code: str) -> int:
    """With which status the API answers it."""
    return STATUS.get(code, 400)


def all_answered(person: Talker, sent: int) -> bool:
    """Whether as many replies have come."""
    return sum("re" in frame for frame in person.frames) >= sent


@pytest.mark.check(23)
async def test_what_a_person_may_write_in_any_script_comes_back_as_she_wrote_it(unhurried: Evening) -> None:
    aino, berit = await unhurried.comes("aino"), await unhurried.comes("berit")
    texts = [
        "שלום \u202eevil\u202c ‏ערב‏",
        "👩‍👧‍👦" * 500,
        "é" * 4_000,
        "𝕏" * 4_000,
        '<script>alert(1)</script> "\\u0000" \\',
        "a\tb\nc",
    ]
    for text in texts:
        assert (await aino.post(text))["state"] == "published", text
        await berit.hears(body=text)
    assert (await aino.post("𝕏" * 4_001))["error"]["code"] == "too_long"
    assert (await aino.post("a\x1b[31m\x07b\r\nc"))["ok"]
    await berit.hears(body="a[31mb\nc")


async def test_ids_are_taken_in_their_one_form_only(unhurried: Evening) -> None:
    aino = await unhurried.comes("aino")
    plain = str(uuid4())
    for strange in (
        "{" + plain[:34] + "}",
        plain.replace("-", "", 4) + "----",
        "٠" * 36,
        "1_" * 18,
        f"+{plain[1:]}",
        plain.replace("-", " "),
    ):
        reply = await aino.send("post", id=strange, body="x")
        assert reply["error"]["code"] == "invalid", strange
    assert (await aino.send("post", id=plain.upper(), body="x"))["ok"]
    assert (await aino.send("post", id=plain, body="x"))["seq"] == 1


async def test_a_long_text_is_looked_over_beside_everybodys_loop(
    unhurried: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst text takes milliseconds to look over; the others' commands go on meanwhile."""
    aino = await unhurried.comes("aino")
    threads: dict[int, bool] = {}
    look_over = nudges.look_over

    def noted(text: str, **given: Any) -> Any:
        threads[len(text)] = threading.current_thread() is threading.main_thread()
        return look_over(text, **given)

    monkeypatch.setattr(nudges, "look_over", noted)
    for text in ("040 123", "++++++1234567890" * 250):
        assert (await aino.post(text, confirmed=True))["ok"]
    assert threads == {7: True, 4_000: False}
