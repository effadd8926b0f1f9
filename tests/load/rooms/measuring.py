"""The figures: every side asked the same, one after the other in one run."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.load.figures import Asked, Figure
from tests.load.rooms import arriving, growing, statements
from tests.load.rooms.asking import NOISY, Asking, asking, say
from tests.load.rooms.crowd import Talk
from tests.load.rooms.growing import cost
from tests.load.rooms.sides import Machine, Ours, Raw, Side, Tutorial

QUIET_RATE, BUSY_RATE = 100, 800
BUSY_CROWD = 0.85
# Of one talk while the highest rate is looked for.
SEARCH_SECONDS = 3.0
HIGHEST = "highest rate with p99 under 200 ms"
# Where a side is looked for again: a search that begins below what it held is a short one.
BELOW = 0.75


@dataclass
class Found:
    """What one side reached."""

    highest: float = 0.0
    quiet: list[Talk] = field(default_factory=list)
    busy: list[Talk] = field(default_factory=list)
    wrong: int = 0
    others: float = 0.0

    def delay(self, share: float) -> float | None:
        """Milliseconds at the quiet rate; the median of the talks."""
        return statistics.median(talk.delay(share) for talk in self.quiet) if self.quiet else None

    def cost(self, who: str) -> float | None:
        """Milliseconds of processor per thousand deliveries at the busy rate; the median of the talks."""
        return statistics.median(cost(talk, who) for talk in self.busy) if self.busy else None


@dataclass(frozen=True)
class Measuring:
    """How long and how often. `wrong`: talks of the rounds in which a message was lost or doubled."""

    machine: Machine
    asked: Asked
    wrong: list[Talk] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Of one talk at a given rate."""
        return 3.0 if self.asked.quick else 4.0

    @property
    def times(self) -> int:
        """How often what is compared is measured; the median counts."""
        return 1 if self.asked.quick else 3

    def side(self, side: Side, *, start: float | None = None) -> Found:
        """One server through what all of them are asked; its highest rate where a `start` for it is given."""
        found = Found()
        if not any(map(self.asked.wants, ("quiet", "cpu", *(["rate"] if start else [])))):
            return found
        with asking(side, self.machine) as crowd:
            if self.asked.wants("quiet"):
                found.quiet = [crowd.talk(QUIET_RATE, seconds=self.seconds) for _time in range(self.times)]
            if self.asked.wants("cpu"):
                found.busy = [crowd.talk(BUSY_RATE, seconds=self.seconds) for _time in range(self.times)]
            if start and self.asked.wants("rate"):
                found.highest = crowd.highest(start=start, seconds=SEARCH_SECONDS, confirmed=self.times)
            found.wrong = sum(bool(talk.wrong) for talk in crowd.talks)
            found.others = growing.others_share(crowd)
            _warn(crowd, found.others)
        return found

    def rounds(self) -> list[dict[str, float]]:
        """The highest rates of the sides that are compared, one side after the other, and that several times:
        what is compared was measured within the same minutes.
        """
        sides: dict[str, tuple[Side, float]] = {
            "ours": (Ours(), 4000),
            "tutorial": (Tutorial(), 90),
            "raw": (Raw(), 9000),
        }
        found: list[dict[str, float]] = []
        for _time in range(self.times):
            before = found[-1] if found else {}
            found.append(
                {
                    name: self.highest_of(side, start=before[name] * BELOW if before else start)
                    for name, (side, start) in sides.items()
                }
            )
        return found

    def highest_of(self, side: Side, *, start: float) -> float:
        """The highest rate of a side that is asked nothing else."""
        with asking(side, self.machine) as crowd:
            highest = crowd.highest(start=start, seconds=SEARCH_SECONDS, confirmed=1)
            _warn(crowd, growing.others_share(crowd))
            self.wrong.extend(talk for talk in crowd.talks if talk.wrong)
        return highest


def figures(machine: Machine, asked: Asked) -> Iterator[Figure]:
    """Everything that is asked for."""
    measuring = Measuring(machine, asked)
    rounds = measuring.rounds() if asked.wants("rate") else []
    if rounds:
        yield from _rates(measuring, rounds)
    ours, raw = measuring.side(Ours()), measuring.side(Raw())
    yield from _beside_raw(ours, raw)
    if asked.wants("memory"):
        yield from arriving.figures(machine, times=measuring.times)
    if asked.wants("statements"):
        yield from statements.figures(machine)
    if asked.wants("growth"):
        yield from growing.figures(machine, asked=asked)
    if asked.wants("processes"):
        one = statistics.median(each["ours"] for each in rounds) if rounds else 0.0
        yield from growing.two_processes(machine, one=one, asked=asked)


def _rates(measuring: Measuring, rounds: list[dict[str, float]]) -> Iterator[Figure]:
    yield _beside(rounds, "tutorial", must=35, aim=80)
    yield _beside(rounds, "raw", must=0.4, aim=0.7)
    name = "talks at rates looked for with a message lost, doubled or out of order"
    yield Figure(name, len(measuring.wrong), "", must=0)
    for side in rounds[0]:
        reached = sorted(each[side] for each in rounds)
        say(f"{side}: {', '.join(f'{rate:.0f}' for rate in reached)} messages/s")
    if not measuring.asked.quick:
        unit = "messages/s"
        furthest = measuring.highest_of(Raw(name="raw, driven furthest", furthest=True), start=5000)
        yield Figure("the same of raw driven furthest: joined frames, other transports", furthest, unit)
        alone = measuring.highest_of(Raw(name="raw, one by one", single=True), start=1000)
        yield Figure("the same of raw with a commit for each message", alone, unit)
        kept = measuring.highest_of(Tutorial(name="tutorial, connections kept", keeps=True), start=50)
        yield Figure("the same of the tutorial with connections kept", kept, unit)


def _beside(rounds: list[dict[str, float]], other: str, *, must: float, aim: float) -> Figure:
    """The round whose ratio is the median of all."""
    middle = sorted(rounds, key=lambda each: each["ours"] / each[other])[len(rounds) // 2]
    name, unit = f"{HIGHEST}, beside {other}", "messages/s"
    return Figure(name, middle["ours"], unit, middle[other], must, aim, judged="ratio", best="large")


def _beside_raw(ours: Found, raw: Found) -> Iterator[Figure]:
    late, median = ours.delay(0.99), ours.delay(0.5)
    if late is not None and median is not None:
        name = f"post to delivered at {QUIET_RATE} messages/s"
        yield Figure(f"{name}, p99", late, "ms", raw.delay(0.99), must=20, aim=6)
        yield Figure(f"{name}, p50", median, "ms", raw.delay(0.5))
    server, database = ours.cost("server"), ours.cost("database")
    if server is not None and database is not None:
        name = f"processor per 1,000 deliveries at {BUSY_RATE} messages/s"
        yield Figure(f"server's {name}", server, "ms", raw.cost("server"), 4, 2, judged="ratio")
        yield Figure(f"database's {name}", database, "ms", raw.cost("database"))
    if ours.others:
        yield Figure("talks with a message lost, doubled or out of order", ours.wrong, "", must=0)
        yield Figure(
            "serving core taken by other programs meanwhile", ours.others * 100, "%", raw.others * 100
        )


def _warn(crowd: Asking, others: float) -> None:
    share = max(talk.generator for talk in crowd.talks)
    if share > BUSY_CROWD:
        say(f"{crowd.side.name}: the crowd itself took {share:.0%} of its core: it may have been the limit")
    if others > NOISY:
        say(f"{crowd.side.name}: other programs took {others:.0%} of the serving core")
