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
from picows import WSError

from tests.load.rooms.crowd import Crowd, Talk
from tests.load.rooms.judging import against, judge
from tests.load.rooms.pace import UNSTEADY
from tests.load.rooms.sides import Machine, Running, Side

WARM_UP_SECONDS = 1.5
# The bound of the figure: p99 from due to delivered.
LATEST_MS = 200.0
LEAST_RATE, MOST_RATE = 2, 40_000
# How close the search comes before the rate is confirmed, and what it yields where it is not.
STEP, YIELD = 1.08, 0.95
# How fast the search climbs. Not faster: far beyond what a side can do, a talk takes a minute to end.
CLIMB = 1.5
# Share of the serving core that other programs may take before a talk that failed is had once more.
NOISY = 0.05
# So often a crowd tries to come in, and how long it waits in between.
COMES_MOST, PAUSE_SECONDS = 6, 5.0
# So often at most the same talk is had.
TALKS_MOST = 5
# A rate that is looked for counts as too high when it failed so often.
TRIES = 3


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
        """One rate, judged."""
        talk = self._talk(rate, seconds=seconds, warm_up=warm_up)
        self.talks.append(talk)
        return talk

    def _talk(self, rate: float, *, seconds: float, warm_up: float) -> Talk:
        crowd, pace = self._here(), self.running.machine.pace
        began = time.monotonic()
        talk = self._runner.run(
            crowd.talk(rate=rate, seconds=seconds, warm_up=warm_up, used=self.running.used)
        )
        if pace:
            talk.pace = pace.range(began, time.monotonic())
        judge(talk, crowd, numbered=self.side.numbered)
        say(f"{self.side.name}: {_told(talk)}")
        if not talk.held:
            self._leave(compare=not (talk.unsettled or talk.wrong or talk.faults))
        return talk

    def come(self) -> float:
        """New rooms fill, and nobody says anything yet; the seconds until all were there."""
        self._leave(compare=True)
        for time_left in reversed(range(COMES_MOST)):
            places = self.side.places(rooms=self.rooms, members=self.members)
            self._crowd = Crowd(places, port=self.running.port, headers=self.side.headers)
            try:
                took = self._runner.run(self._crowd.come())
                break
            except WSError:
                if not time_left:
                    raise
                # It still has to do with what the last rate left behind.
                say(f"{self.side.name} lets nobody in yet")
                self.wait(PAUSE_SECONDS)
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
        """The highest rate that holds: raised until it does not, halved in between, then confirmed."""
        holds, fails, rate = 0.0, 0.0, start
        while not fails and rate <= MOST_RATE:
            holds, fails = (rate, 0.0) if self._can_hold(rate, seconds) else (holds, rate)
            rate = _round(rate * CLIMB)
        while not holds and fails > LEAST_RATE:
            half = _round(fails / 2)
            holds, fails = (half, fails) if self._can_hold(half, seconds) else (0.0, half)
        while holds and fails / holds > STEP:
            between = _round(math.sqrt(holds * fails))
            if between in {holds, fails}:
                break
            holds, fails = (between, fails) if self._can_hold(between, seconds) else (holds, between)
        return self._confirmed(holds, seconds, confirmed)

    def _can_hold(self, rate: float, seconds: float) -> bool:
        """Whether a rate holds in one of a few tries: strangers on the same machine take the memory's
        bandwidth for a moment, which the pace does not show.
        """
        return any(self._holds(rate, seconds) for _time in range(TRIES))

    def _confirmed(self, rate: float, seconds: float, times: int) -> float:
        """The first rate from this one down that holds in most of so many talks: the median of them does."""
        while rate > LEAST_RATE:
            held = sum(self._holds(rate, seconds) for _time in range(times))
            if held * 2 > times:
                break
            rate = _round(rate * YIELD)
        return rate

    def _holds(self, rate: float, seconds: float) -> bool:
        """Whether a rate holds: that of a core at full pace; less is asked for while it is slower."""
        for _time in range(TALKS_MOST):
            pace = self._pace()
            talk = self.talk(rate * pace, seconds=seconds)
            held = talk.held and talk.delay(0.99) < LATEST_MS
            slow, _median, fast = talk.pace
            noisy = talk.used.get("others", 0.0) > NOISY * talk.seconds
            # What held although the core was slower, or failed although it was faster, is told all the more.
            doubtful = fast > pace * (1 + UNSTEADY) if held else noisy or slow < pace * (1 - UNSTEADY)
            if not doubtful:
                break
            say(f"once more: the core ran at {slow:.0%} to {fast:.0%}, and at {pace:.0%} before")
        return held

    def _pace(self) -> float:
        self._here()
        pace = self.running.machine.pace
        return pace.lately(self.wait) if pace else 1.0

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
    told = f"{talk.rate:6.0f}/s  pace {talk.pace[1]:4.0%}  generator {talk.generator:4.0%}"
    for name, seconds in talk.used.items():
        told += f"  {name} {seconds / talk.seconds:4.0%}"
    if talk.overrun:
        return f"{told}  fell behind"
    if talk.delays:
        told += f"  p50 {talk.delay(0.5):6.1f} ms  p99 {talk.delay(0.99):6.1f} ms"
    return f"{told}  {'; '.join([*talk.wrong, *talk.faults][:3])}"
