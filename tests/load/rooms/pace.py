"""How fast the serving core runs. On a machine that is shared with strangers it may run at half its speed for
half a minute: whoever is measured then seems half as good.

A small piece of work, always the same, is timed in processor seconds ten times a second, beside whatever is
measured: a hundredth of the core, from every side alike. Where a server is asked for all it can, it is asked
for the more the faster the core runs, and what it reached is told for the speed of the beginning.
"""

from __future__ import annotations

import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from peersupport.database.embedded import CHECKOUT
from tests.load.rooms.cores import pinned

EVERY_SECONDS = 0.1
SAMPLE = struct.Struct("dd")
# At first for so long, to have something to compare with.
CALIBRATE_SECONDS = 10.0
LATELY_SECONDS = 1.5
# What was measured says nothing where the core was so much slower meanwhile, or faster.
UNSTEADY = 0.09


@dataclass(frozen=True)
class Pace:
    """The speeds of the core; `_unit`, that of the beginning, counts as 1.0."""

    _samples: Path
    _unit: float

    def lately(self, wait: Callable[[float], None]) -> float:
        """The speed of the last moments. `wait` lets so many seconds pass while sockets are answered."""
        wait(LATELY_SECONDS)
        now = time.monotonic()
        return statistics.median(self._speeds(now - LATELY_SECONDS, now))

    def range(self, start: float, end: float) -> tuple[float, float, float]:
        """Between two moments of time.monotonic(): the speed of slower moments (a fifth was slower
        still), the median, and that of faster ones.
        """
        found = self._speeds(start, end)
        slow, *_between, fast = statistics.quantiles(found, n=5)
        return slow, statistics.median(found), fast

    def _speeds(self, start: float, end: float) -> list[float]:
        return [speed / self._unit for at, speed in _read(self._samples) if start <= at <= end]


def _read(samples: Path) -> list[tuple[float, float]]:
    raw = samples.read_bytes()
    return list(SAMPLE.iter_unpack(raw[: len(raw) // SAMPLE.size * SAMPLE.size]))


@contextmanager
def watched(core: int) -> Iterator[Pace]:
    """Times the core until left; at first for a while alone."""
    with tempfile.TemporaryDirectory() as directory:
        samples = Path(directory, "samples")
        samples.touch()
        with pinned(core):
            command = [sys.executable, "-m", "tests.load.rooms.pace", str(samples)]
            process = subprocess.Popen(command, cwd=CHECKOUT)
        try:
            time.sleep(CALIBRATE_SECONDS)
            yield Pace(samples, statistics.median(speed for _at, speed in _read(samples)))
        finally:
            process.kill()
            process.wait()


def _work(words: dict[int, str]) -> int:
    return sum(len(words[number]) for number in range(0, 4_000, 2))


def main(samples: str) -> None:
    """Writes a sample ten times a second."""
    words = {number: str(number) for number in range(4_000)}
    with open(samples, "ab", buffering=0) as file:
        while True:
            time.sleep(EVERY_SECONDS)
            # Once to have everything at hand, whoever ran before.
            _work(words)
            began = time.thread_time()
            for _time in range(3):
                _work(words)
            file.write(SAMPLE.pack(time.monotonic(), 3 / (time.thread_time() - began)))


if __name__ == "__main__":
    main(sys.argv[1])
