"""How fast the serving core runs. On a machine that is shared with strangers it may run at half its speed for
half a minute, and what was measured then says as little as what was measured while somebody else was busy.

A small piece of work, always the same, is timed in processor seconds ten times a second, beside whatever is
measured: a hundredth of the core, from every side alike.
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
# At first for so long, to know what is usual here.
CALIBRATE_SECONDS = 12.0
# A talk counts where the core ran at this share of its usual speed, at least and at most.
SLOW, FAST = 0.88, 1.14
WAIT_SECONDS = 90.0


@dataclass
class Pace:
    """The speeds that were found so far, in pieces of work a second of processor."""

    _samples: Path
    began: float

    def between(self, start: float, end: float) -> float:
        """The speed between two moments of time.monotonic() as a share of what is usual: a fifth of the time
        was slower, so that a short weakness shows as well.
        """
        found = [speed for at, speed in self._read() if start <= at <= end]
        return statistics.quantiles(found, n=5)[0] / self.usual() if len(found) > 1 else 1.0

    def usual(self) -> float:
        """The speed that a tenth of all seconds so far surpassed: what the machine can do when it is let."""
        speeds = [speed for _at, speed in self._read()]
        tenths = [statistics.median(speeds[at : at + 10]) for at in range(0, max(1, len(speeds) - 9), 10)]
        return statistics.quantiles(tenths, n=10)[-1] if len(tenths) > 1 else tenths[0]

    def now(self) -> float:
        """The speed of the last second."""
        moment = time.monotonic()
        return self.between(moment - 1.0, moment)

    def settle(self, wait: Callable[[float], None]) -> float:
        """Waits until the core runs at its usual speed, or long enough; the seconds that took.

        `wait` lets so many seconds go by: open sockets have to be answered for meanwhile.
        """
        started = time.monotonic()
        wait(max(0.0, self.began + CALIBRATE_SECONDS - started))
        while not usual(self.now()) and time.monotonic() - started < WAIT_SECONDS:
            wait(0.5)
        return time.monotonic() - started

    def _read(self) -> list[tuple[float, float]]:
        raw = self._samples.read_bytes()
        return list(SAMPLE.iter_unpack(raw[: len(raw) // SAMPLE.size * SAMPLE.size]))


def usual(share: float) -> bool:
    """Whether something that was measured at this share of the usual speed counts."""
    return SLOW <= share <= FAST


@contextmanager
def watched(core: int) -> Iterator[Pace]:
    """Times the core until left."""
    with tempfile.TemporaryDirectory() as directory:
        samples = Path(directory, "samples")
        samples.touch()
        with pinned(core):
            command = [sys.executable, "-m", "tests.load.rooms.pace", str(samples)]
            process = subprocess.Popen(command, cwd=CHECKOUT)
        try:
            yield Pace(samples, time.monotonic())
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
