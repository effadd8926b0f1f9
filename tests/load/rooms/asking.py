"""Talks with one side: a crowd in new rooms, one rate after the other, each judged."""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvloop

from tests.load.rooms.crowd import Crowd, Talk
from tests.load.rooms.judging import against, judge
from tests.load.rooms.pace import usual
from tests.load.rooms.sides import Machine, Running, Side

WARM_UP_SECONDS = 1.5
# The bound of the figure: p99 from due to delivered.
LATEST_MS = 200.0
LEAST_RATE, MOST_RATE = 2, 40_000
# How close the search comes before the rate is confirmed, and what it yields where it is not.
STEP, YIELD = 1.08, 0.95
# Share of the serving core that other programs may take before a talk that failed is had once more.
NOISY = 0.05
# So often at most the same talk is had.
TALKS_MOST = 5


@dataclass
class Asking:
    """One side that runs, with a crowd in its rooms. A crowd that a rate broke is replaced by a new one."""

    side: Side
    running: Running
    rooms: int = 20
    members: int = 10
    talks: list[Talk] = field(default_factory=list)
    _crowd: Crowd | None = None
    _runner: asyncio.Runner = field(
        default_factory=lambda: asyncio.Runner(loop_factory=uvloop.new_event_loop)
    )

    def talk(self, rate: float, *, seconds: float, warm_up: float = WARM_UP_SECONDS) -> Talk:
        """One rate, judged. Whatever came of it is had once more where the machine was not its usual self."""
        for _time in range(TALKS_MOST):
            talk = self._talk(rate, seconds=seconds, warm_up=warm_up)
            if usual(talk.pace):
                break
            say(f"the core ran at {talk.pace:.0%} of its usual speed meanwhile")
        self.talks.append(talk)
        return talk

    def _talk(self, rate: float, *, seconds: float, warm_up: float) -> Talk:
        crowd, pace = self._here(), self.running.machine.pace
        waited = pace.settle(self.wait) if pace else 0.0
        if waited > 1:
            say(f"waited {waited:.0f} s for the core to run as usual")
        began = time.monotonic()
        talk = self._runner.run(
            crowd.talk(rate=rate, seconds=seconds, warm_up=warm_up, used=self.running.used)
        )
        talk.pace = pace.between(began, time.monotonic()) if pace else 1.0
        judge(talk, crowd, numbered=self.side.numbered)
        say(f"{self.side.name}: {_told(talk)}")
        if not talk.held:
            self._leave(compare=not (talk.unsettled or talk.wrong or talk.faults))
        return talk

    def come(self) -> float:
        """New rooms fill, and nobody says anything yet; the seconds until all were there."""
        self._leave(compare=True)
        places = self.side.places(rooms=self.rooms, members=self.members)
        self._crowd = Crowd(places, port=self.running.port, headers=self.side.headers)
        took = self._runner.run(self._crowd.come())
        # Who came is told to everybody; that is over then.
        self.wait(0.5)
        return took

    def leave(self) -> None:
        """Everybody goes; what they heard is compared with what is stored."""
        self._leave(compare=True)

    def wait(self, seconds: float) -> None:
        """Time passes, and the sockets stay."""
        self._runner.run(asyncio.sleep(seconds))

    def highest(self, *, start: float, seconds: float, confirmed: int) -> float:
        """The highest rate that holds: doubled until it does not, halved in between, then confirmed."""
        holds, fails, rate = 0.0, 0.0, start
        while not fails and rate <= MOST_RATE:
            holds, fails = (rate, 0.0) if self._holds(rate, seconds) else (holds, rate)
            rate *= 2
        while not holds and fails > LEAST_RATE:
            half = _round(fails / 2)
            holds, fails = (half, fails) if self._holds(half, seconds) else (0.0, half)
        while holds and fails / holds > STEP:
            between = _round(math.sqrt(holds * fails))
            if between in {holds, fails}:
                break
            holds, fails = (between, fails) if self._holds(between, seconds) else (holds, between)
        return self._confirmed(holds, seconds, confirmed)

    def _confirmed(self, rate: float, seconds: float, times: int) -> float:
        """The first rate from this one down that holds in most of so many talks: the median of them does."""
        while rate > LEAST_RATE:
            held = sum(self._held(self.talk(rate, seconds=seconds)) for _time in range(times))
            if held * 2 > times:
                break
            rate = _round(rate * YIELD)
        return rate

    def _holds(self, rate: float, seconds: float) -> bool:
        talk = self.talk(rate, seconds=seconds)
        if not self._held(talk) and talk.used.get("others", 0.0) > NOISY * talk.seconds:
            # Somebody else was busy here meanwhile; that says nothing about this server.
            talk = self.talk(rate, seconds=seconds)
        return self._held(talk)

    def _held(self, talk: Talk) -> bool:
        return talk.held and talk.delay(0.99) < LATEST_MS

    def _here(self) -> Crowd:
        if self._crowd is None:
            self.come()
        assert self._crowd is not None
        return self._crowd

    def _leave(self, *, compare: bool) -> None:
        crowd, self._crowd = self._crowd, None
        if crowd is None:
            return
        self._runner.run(crowd.leave())
        if compare and self.side.numbered:
            differing = against(self.side.stored(self.running.machine, crowd.places), crowd.places)
            if differing:
                raise RuntimeError(f"{self.side.name}: {'; '.join(differing[:3])}")

    def close(self) -> None:
        """The same, for good."""
        try:
            self._leave(compare=True)
        finally:
            self._runner.close()


@contextmanager
def asking(side: Side, machine: Machine, *, rooms: int = 20, members: int = 10) -> Iterator[Asking]:
    """A side started anew, to be talked with."""
    with side.running(machine) as running:
        found = Asking(side, running, rooms=rooms, members=members)
        yield found
        found.close()


def say(words: str) -> None:
    """To whoever waits for the figures."""
    print(f"  {words}", file=sys.stderr, flush=True)


def _round(rate: float) -> float:
    size = 10.0 ** max(0, math.floor(math.log10(rate)) - 1)
    return round(rate / size) * size


def _told(talk: Talk) -> str:
    told = f"{talk.rate:6.0f}/s  pace {talk.pace:4.0%}  generator {talk.generator:4.0%}"
    for name, seconds in talk.used.items():
        told += f"  {name} {seconds / talk.seconds:4.0%}"
    if talk.overrun:
        return f"{told}  fell behind"
    if talk.delays:
        told += f"  p50 {talk.delay(0.5):6.1f} ms  p99 {talk.delay(0.99):6.1f} ms"
    return f"{told}  {'; '.join([*talk.wrong, *talk.faults][:3])}"
