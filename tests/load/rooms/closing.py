"""A server is told to stop while members are there: what they hear of it, and how long it takes."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from collections import Counter
from time import monotonic

from tests.load.rooms.crowd import Crowd
from tests.load.rooms.sides import Machine, Running, Side

ROOMS, MEMBERS = 2, 10
PATIENCE_SECONDS = 20.0
# A client that hears one of these comes back by itself after a while (docs/room-protocol.md).
SAYS_WHY = {1001, 1012}


def closed(side: Side, machine: Machine) -> tuple[float, float]:
    """The share of members who were told why, and the seconds until the process was gone."""
    with side.running(machine) as running:
        places = side.places(rooms=ROOMS, members=MEMBERS)
        crowd = Crowd(places, port=running.port, headers=side.headers)
        codes, seconds = asyncio.run(_stopped(crowd, running))
    return sum(codes[code] for code in SAYS_WHY) / codes.total(), seconds


async def _stopped(crowd: Crowd, running: Running) -> tuple[Counter[int], float]:
    await crowd.come()
    since = monotonic()
    os.kill(running.pid, signal.SIGTERM)
    await asyncio.to_thread(_ends, running.pid)
    seconds = monotonic() - since
    # What a server that fell silent left open is nobody's any more.
    await crowd.leave()
    return Counter(seat.code for row in crowd.seats for seat in row), seconds


def _ends(pid: int) -> None:
    process = os.pidfd_open(pid)
    try:
        select.select([process], [], [], PATIENCE_SECONDS)
    finally:
        os.close(process)
