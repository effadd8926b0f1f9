"""Who runs where, and how much of the processors each took: server and database on one core, the asking side
on another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cores:
    """The core that serves and the core that asks; one and the same where there is only one."""

    serving: int
    asking: int

    @property
    def shared(self) -> bool:
        """Whether both sides have to share: then no figure says anything about the server alone."""
        return self.serving == self.asking


def chosen() -> Cores:
    """The first core this process may use, and the last one."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(serving=allowed[0], asking=allowed[-1])


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Runs this thread, and whatever is started meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def seconds_of(pid: int) -> float:
    """Processor seconds of a process, of its children, and of theirs, also of those that ended."""
    return sum(_seconds(one) for one in _family(pid))


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and its children."""
    return sum(int(_read(f"/proc/{one}/statm").split()[1]) for one in _family(pid)) * PAGE_BYTES


def busy_seconds(core: int) -> float:
    """Processor seconds that anybody took on a core since the machine started."""
    line = next(one for one in _read("/proc/stat").splitlines() if one.startswith(f"cpu{core} "))
    user, nice, system, _idle, _waiting, hard, soft, stolen = (int(part) for part in line.split()[1:9])
    return (user + nice + system + hard + soft + stolen) / TICKS


def _family(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and (stat := _stat(int(place.name))):
            parents.setdefault(int(stat[1]), []).append(int(place.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def _seconds(pid: int) -> float:
    stat = _stat(pid)
    # utime, stime, cutime, cstime (proc(5)); the last two are of children that ended and were collected.
    return sum(int(part) for part in stat[11:15]) / TICKS if stat else 0.0


def _stat(pid: int) -> list[str]:
    # The name, in brackets, may hold spaces.
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
