"""People in rooms who write at a fixed rate, whatever the server makes of it.

The rate is open: each message has a moment at which it is due, and what is measured is the time from that
moment until a member has it. A server, or a generator, that falls behind is charged for all of its delay.
All frames to be sent are made beforehand, and a frame that went to ten sockets is read once.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import uuid4

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.load.rooms.words import letter

# A server that owes an answer for longer than this has failed at the rate; the rest is not sent.
OVERRUN_SECONDS = 2.5
PATIENCE_SECONDS = 20.0
AT_ONCE = 50
# Up to here each message is sent at its very moment; above, those of a millisecond together.
SPARSE_RATE = 400
REPLY = b'{"re"'
CLOSE = b"\x03"


@dataclass(slots=True)
class Heard:
    """One distinct frame: the numbers and ids of the messages in it; both empty for every other push."""

    seqs: list[int]
    ids: list[str]


NOTHING = Heard([], [])


@dataclass(eq=False)
class Place:
    """A room as the crowd sees it. `hello` is what a client says first, if anything; `seq` what all have."""

    name: str
    path: str
    cookies: Sequence[str]
    hello: str = ""
    seq: int = 0
    # Every message that everybody had, in order: compared with the database at the end.
    log: list[tuple[int, str]] = field(default_factory=list)


class Seat(WSListener):
    """One member's socket. Keeps what it got and when; nothing is looked at before everything has come."""

    def __init__(self, crowd: Crowd, place: Place, frames: dict[bytes, Heard]) -> None:
        self.place = place
        self.heard: list[Heard] = []
        self.at = array("d")
        # As a browser has it where the connection ended without a word.
        self.code = 1006
        self._crowd, self._frames = crowd, frames

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake is done."""
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A reply, or a push that the other members of the room get as well."""
        if frame.msg_type is WSMsgType.CLOSE:
            self.code = frame.get_close_code().value
            transport.disconnect()
            return
        payload = frame.get_payload_as_bytes()
        if payload.startswith(REPLY):
            self._crowd.answered(self, json.loads(payload))
            return
        known = self._frames.get(payload)
        if known is None:
            known = self._frames[payload] = _heard(payload)
        if known.ids:
            self.at.append(monotonic())
            self.heard.append(known)
            self._crowd.deliveries += len(known.ids)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The server let go of it, or the crowd left."""
        self._crowd.lost += 1


def _heard(payload: bytes) -> Heard:
    if not payload.startswith(b"{"):
        return NOTHING
    messages = [one for one in json.loads(payload).get("events", ()) if one["kind"] == "message"]
    return Heard([one["seq"] for one in messages], [one["id"] for one in messages])


@dataclass
class Talk:
    """What came of one rate. `delays` are seconds, sorted, of every delivery after the warm-up."""

    rate: float
    sent: int
    acked: set[str]
    refused: Counter[str]
    overrun: bool
    unsettled: bool
    deliveries: int
    generator: float
    seconds: float
    used: dict[str, float]
    delays: array[float] = field(repr=False)
    # How fast the serving core ran meanwhile: in its slower moments, mostly, in its faster ones.
    pace: tuple[float, float, float] = (1.0, 1.0, 1.0)
    faults: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether the server kept up and made no mistake."""
        return not (self.overrun or self.faults or self.wrong)

    def delay(self, share: float) -> float:
        """Milliseconds within which this share of the deliveries came."""
        return self.delays[min(len(self.delays) - 1, int(len(self.delays) * share))] * 1000


Letter = tuple[Seat, str, str]


class Crowd:
    """The members of some rooms, each with a socket."""

    def __init__(self, places: Sequence[Place], *, port: int, headers: Mapping[str, str]) -> None:
        self.places, self.seats = list(places), list[list[Seat]]()
        self.deliveries = self.lost = self._written = 0
        self._port, self._headers = port, dict(headers)
        self._acked: set[str] = set()
        self._refused: Counter[str] = Counter()
        self._waiting: dict[Seat, asyncio.Future[dict[str, Any]]] = {}
        self._frames: list[dict[bytes, Heard]] = [{} for _place in self.places]

    # Coming and going

    async def come(self) -> float:
        """Everybody connects and resumes, AT_ONCE at a time; the seconds that took."""
        turn = asyncio.Semaphore(AT_ONCE)
        started = monotonic()
        self.seats = await asyncio.gather(
            *(
                asyncio.gather(*(self._take_seat(turn, place, cookie, frames) for cookie in place.cookies))
                for place, frames in zip(self.places, self._frames, strict=True)
            )
        )
        return monotonic() - started

    async def _take_seat(
        self, turn: asyncio.Semaphore, place: Place, cookie: str, frames: dict[bytes, Heard]
    ) -> Seat:
        async with turn:
            seat = Seat(self, place, frames)
            await ws_connect(
                lambda: seat,
                f"ws://127.0.0.1:{self._port}{place.path}",
                extra_headers={**self._headers, "Cookie": cookie},
                websocket_handshake_timeout=PATIENCE_SECONDS,
            )
            if place.hello:
                await self._resume(seat, place.hello)
            return seat

    async def _resume(self, seat: Seat, hello: str) -> None:
        waiting = self._waiting[seat] = asyncio.get_running_loop().create_future()
        seat.transport.send(WSMsgType.TEXT, hello)
        async with asyncio.timeout(PATIENCE_SECONDS):
            reply = await waiting
        del self._waiting[seat]
        if not reply["ok"]:
            raise RuntimeError(f"she could not resume: {reply['error']}")

    async def leave(self) -> None:
        """Everybody goes."""
        everybody = [seat for row in self.seats for seat in row]
        for seat in everybody:
            seat.transport.disconnect(graceful=False)
        await asyncio.gather(*(seat.transport.wait_disconnected() for seat in everybody))

    def answered(self, seat: Seat, reply: dict[str, Any]) -> None:
        """A reply came; the reference of a message is its id."""
        waiting = self._waiting.get(seat)
        if waiting is not None:
            waiting.set_result(reply)
        elif reply["ok"]:
            self._acked.add(reply["re"])
        else:
            self._refused[reply["error"]["code"]] += 1

    # Talking

    async def talk(
        self,
        *,
        rate: float,
        seconds: float,
        warm_up: float,
        used: Callable[[], Mapping[str, float]] = dict,
    ) -> Talk:
        """All members write in turn, `rate` messages a second together; returns when everything has come.

        `used` gives processor seconds by name; the talk has what it cost of each.
        """
        letters = list(self._letters(round(rate * (warm_up + seconds))))
        self._forget()
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            before, own, started = used(), time.process_time(), monotonic()
            due, overrun = await self._send(letters, rate)
            took, own = monotonic() - started, time.process_time() - own
            unsettled = not await self._settle(len(due))
            after = used()
        finally:
            gc.enable()
            gc.unfreeze()
        measured = {key: at for key, at in due.items() if at >= started + warm_up}
        return Talk(
            rate=rate,
            sent=len(due),
            acked=self._acked,
            refused=self._refused,
            overrun=overrun,
            unsettled=unsettled,
            deliveries=self.deliveries,
            generator=own / took,
            seconds=monotonic() - started,
            used={name: after[name] - before[name] for name in after},
            delays=self._delays(measured),
        )

    def _letters(self, count: int) -> Iterator[Letter]:
        # Member by member and in each of them room by room: at any moment all rooms are talking.
        turns = [
            row[turn] for turn in range(max(map(len, self.seats))) for row in self.seats if turn < len(row)
        ]
        for number in range(self._written, self._written + count):
            key = str(uuid4())
            post = {"cmd": "post", "ref": key, "id": key, "body": letter(number)}
            yield turns[number % len(turns)], key, json.dumps(post, separators=(",", ":"))
        self._written += count

    def _forget(self) -> None:
        self.deliveries, self._acked, self._refused = 0, set(), Counter()
        for row, frames in zip(self.seats, self._frames, strict=True):
            frames.clear()
            for seat in row:
                seat.heard, seat.at = [], array("d")

    async def _send(self, letters: list[Letter], rate: float) -> tuple[dict[str, float], bool]:
        """When each message that was sent had been due, and whether the server fell too far behind."""
        due: dict[str, float] = {}
        start, turn = monotonic(), 0
        # The loop's clock counts milliseconds: a shorter sleep is none, and would spin.
        shortest = 0.001 if rate > SPARSE_RATE else 0.0
        while turn < len(letters):
            now = monotonic()
            at = start + turn / rate
            if at > now:
                await asyncio.sleep(max(at - now, shortest))
                answered = len(self._acked) + self._refused.total()
                if monotonic() - (start + answered / rate) > OVERRUN_SECONDS:
                    return due, True
                continue
            seat, key, frame = letters[turn]
            due[key] = at
            seat.transport.send(WSMsgType.TEXT, frame)
            turn += 1
            if turn % 50 == 0:
                # Late or not, what came meanwhile is read.
                await asyncio.sleep(0)
        return due, False

    async def _settle(self, sent: int) -> bool:
        """Waits until every message is answered and every acked one has come to everybody."""
        until = monotonic() + PATIENCE_SECONDS
        while monotonic() < until and not self.lost:
            answered = len(self._acked) + self._refused.total()
            if answered >= sent and self.deliveries >= self._owed():
                # Whatever comes twice may come now.
                await asyncio.sleep(0.1)
                return True
            await asyncio.sleep(0.005)
        return False

    def _owed(self) -> int:
        if len({len(row) for row in self.seats}) != 1:
            raise RuntimeError("rooms of one size only")
        return len(self._acked) * len(self.seats[0])

    def _delays(self, measured: dict[str, float]) -> array[float]:
        found = array("d")
        for row in self.seats:
            for seat in row:
                for heard, at in zip(seat.heard, seat.at, strict=True):
                    found.extend(at - measured[key] for key in heard.ids if key in measured)
        return array("d", sorted(found))
