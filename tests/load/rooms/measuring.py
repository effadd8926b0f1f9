"""The figures: every side asked the same, one after the other in one run."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from tests.load.figures import Asked, Figure
from tests.load.rooms.asking import Asking, asking, say
from tests.load.rooms.crowd import Talk
from tests.load.rooms.sides import Machine, Ours, Raw, Side, Tutorial

QUIET_RATE, BUSY_RATE = 100, 800
BUSY_GENERATOR = 0.85


@dataclass
class Found:
    """What one side reached."""

    highest: float = 0.0
    quiet: float | None = None
    quiet_p50: float | None = None
    server: float | None = None
    database: float | None = None
    wrong: int = 0


@dataclass(frozen=True)
class Measuring:
    """How long and how often."""

    machine: Machine
    asked: Asked

    @property
    def seconds(self) -> float:
        """Of one try in the search for the highest rate."""
        return 3.0 if self.asked.quick else 4.0

    @property
    def times(self) -> int:
        """How often what is compared is measured; the median counts."""
        return 1 if self.asked.quick else 3

    def side(self, side: Side, *, start: float) -> Found:
        """One server through everything that all of them are asked."""
        found = Found()
        with asking(side, self.machine) as crowd:
            if self.asked.wants("quiet"):
                talks = [crowd.talk(QUIET_RATE, seconds=self.seconds) for _time in range(self.times)]
                found.quiet = statistics.median(talk.delay(0.99) for talk in talks)
                found.quiet_p50 = statistics.median(talk.delay(0.5) for talk in talks)
            if self.asked.wants("cpu"):
                talks = [crowd.talk(BUSY_RATE, seconds=self.seconds) for _time in range(self.times)]
                found.server = statistics.median(_cost(talk, "server") for talk in talks)
                found.database = statistics.median(_cost(talk, "database") for talk in talks)
            if self.asked.wants("rate"):
                found.highest = self.highest(crowd, start=start)
            found.wrong = sum(bool(talk.wrong) for talk in crowd.talks)
            _warn(crowd)
        return found

    def highest(self, crowd: Asking, *, start: float) -> float:
        """The search, with as many confirmations as there is time for."""
        return crowd.highest(start=start, seconds=self.seconds, confirmed=self.times)


def figures(machine: Machine, asked: Asked) -> Iterator[Figure]:
    """Everything that is asked for."""
    measuring = Measuring(machine, asked)
    ours = measuring.side(Ours(), start=800)
    raw = measuring.side(Raw(), start=2500)
    yield from _beside_raw(ours, raw)
    yield Figure("talks with a message lost, doubled or out of order", ours.wrong, "", must=0)
    if asked.wants("rate"):
        yield from _rates(measuring, ours, raw)


def _beside_raw(ours: Found, raw: Found) -> Iterator[Figure]:
    if ours.quiet is not None and ours.quiet_p50 is not None:
        name = f"post to delivered at {QUIET_RATE} messages/s"
        yield Figure(f"{name}, p99", ours.quiet, "ms", baseline=raw.quiet, must=20, aim=6)
        yield Figure(f"{name}, p50", ours.quiet_p50, "ms", baseline=raw.quiet_p50)
    if ours.server is not None and ours.database is not None:
        name = f"per 1,000 deliveries at {BUSY_RATE} messages/s"
        yield Figure(
            f"processor of the server {name}", ours.server, "ms", raw.server, must=4, aim=2, judged="ratio"
        )
        yield Figure(f"processor of the database {name}", ours.database, "ms", raw.database)


def _rates(measuring: Measuring, ours: Found, raw: Found) -> Iterator[Figure]:
    name, unit = "highest rate with p99 under 200 ms", "messages/s"
    yield Figure(
        f"{name}, beside raw",
        ours.highest,
        unit,
        raw.highest,
        must=0.4,
        aim=0.7,
        judged="ratio",
        best="large",
    )
    with asking(Tutorial(), measuring.machine) as crowd:
        tutorial = measuring.highest(crowd, start=50)
    yield Figure(
        f"{name}, beside the tutorial", ours.highest, unit, tutorial, 35, 80, judged="ratio", best="large"
    )
    if measuring.asked.quick:
        return
    for side, start in ((Raw(name="raw, commits alone", single=True), 1000.0),):
        with asking(side, measuring.machine) as crowd:
            yield Figure(f"{name}, {side.name}", measuring.highest(crowd, start=start), unit)
    with asking(Tutorial(name="tutorial, connections kept", keeps=True), measuring.machine) as crowd:
        yield Figure(f"{name}, tutorial with connections kept", measuring.highest(crowd, start=50), unit)


def _cost(talk: Talk, who: str) -> float:
    """Milliseconds of processor per thousand deliveries."""
    return talk.used[who] * 1_000 / (talk.deliveries / 1_000)


def _warn(crowd: Asking) -> None:
    share = max(talk.generator for talk in crowd.talks)
    if share > BUSY_GENERATOR:
        say(f"{crowd.side.name}: the crowd itself took {share:.0%} of its core: it may have been the limit")
