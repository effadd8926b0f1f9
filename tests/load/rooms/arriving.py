"""A thousand members come and stay: how fast they are let in, and what each of them keeps occupied."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.load.figures import Figure
from tests.load.rooms.asking import asking, say
from tests.load.rooms.cores import resident_bytes
from tests.load.rooms.sides import Machine, Ours, Side

ROOMS, MEMBERS = 100, 10
# Until everything that their coming set off is over.
CALM_SECONDS = 3.0


def figures(machine: Machine, *, times: int) -> Iterator[Figure]:
    """Each time with a server that was just started."""
    found = [arrive(Ours(), machine) for _time in range(times)]
    people = ROOMS * MEMBERS
    yield Figure(
        "connect and resume, session and membership checked",
        people / statistics.median(took for took, _bytes in found),
        "members/s",
        must=250,
        aim=500,
        best="large",
    )
    occupied = statistics.median(taken for _took, taken in found)
    yield Figure("memory per idle connected member", occupied / people / 1024, "KiB", must=45, aim=35)


def arrive(side: Side, machine: Machine) -> tuple[float, int]:
    """Seconds until all were there, and the bytes they took."""
    with asking(side, machine, rooms=1, members=MEMBERS) as crowd:
        # What a server loads and opens with the first who comes is nobody's.
        crowd.come()
        crowd.leave()
        before = resident_bytes(crowd.running.pid)
        crowd.rooms = ROOMS
        took = crowd.come()
        crowd.wait(CALM_SECONDS)
        occupied = resident_bytes(crowd.running.pid) - before
    say(f"{ROOMS * MEMBERS} members came in {took:.2f} s and take {occupied / 2**20:.1f} MiB")
    return took, occupied
