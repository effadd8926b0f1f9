"""The rooms behind different ASGI servers: uvicorn as the site starts it, uvicorn as it comes ("plain"),
hypercorn, granian and daphne.

The others are no dependencies of the site, and what they bring along must not touch what the site runs on.
Install them into a directory of their own and name it; those that are not there are named and left out:

    .venv/bin/python -m pip install --target /tmp/servers hypercorn granian daphne
    BENCH_SERVERS=/tmp/servers bin/bench servers

It takes about a minute and a half for each. `--only uvicorn,granian` names servers.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

from tests import throwaway
from tests.load.figures import Asked, Figure

if TYPE_CHECKING:
    from tests.load.rooms.sides import Machine, Ours

QUIET = Asked(quick=True, only=frozenset({"quiet", "cpu", "rate"}))
POOL = {"PEERSUPPORT_DATABASE_POOL": "10"}
SITE, AWAKE = "peersupport.asgi:application", "tests.load.rooms.awake:application"
# What the site asks of uvicorn (peersupport/server.py), but for its own wire.
AS_IT_COMES = (
    *("-m", "uvicorn", SITE, "--port", "PORT", "--lifespan", "on"),
    *("--http", "h11", "--ws", "websockets-sansio"),
    *("--ws-max-size", str(64 * 1024), "--ws-per-message-deflate", "false"),
    *("--no-server-header", "--no-proxy-headers", "--no-access-log", "--log-level", "critical"),
    *("--timeout-graceful-shutdown", "10"),
)
OTHERS: dict[str, Sequence[str]] = {
    "hypercorn": ("hypercorn", SITE, "--bind", "127.0.0.1:PORT", "--worker-class", "uvloop"),
    "granian": ("granian", "--interface", "asgi", "--loop", "uvloop", "--port", "PORT", SITE),
    "daphne": ("daphne", "-b", "127.0.0.1", "-p", "PORT", "-v", "0", AWAKE),
}
# It takes up compression whenever that is offered, which the crowd cannot read and which would cost memory.
COMPRESSING = {"hypercorn"}


def run(asked: Asked) -> Iterator[Figure]:
    """Rate, delay, processor, memory and the end of each; `only` names servers."""
    import django

    django.setup()
    from tests.load.rooms.stage import staged

    with staged(roles=(throwaway.TEST_ROLE,)) as machine:
        for side in _sides():
            if not asked.wants(side.name):
                continue
            try:
                # All of a server's figures, or none.
                yield from list(_figures(side, machine))
            except Exception as error:
                print(f"{side.name} cannot carry the rooms: {error!r}", file=sys.stderr)


def _sides() -> Iterator[Ours]:
    from tests.load.rooms.sides import Ours

    yield Ours(name="uvicorn")
    yield Ours(name="plain", settings=POOL, command=AS_IT_COMES)
    place = os.environ.get("BENCH_SERVERS", "")
    for name, command in OTHERS.items():
        if PathFinder.find_spec(name, [*sys.path, place] if place else None) is None:
            print(f"{name} is not installed; see the beginning of {__file__}", file=sys.stderr)
            continue
        side = Ours(name=name, settings=POOL, command=("-m", "tests.load.rooms.behind", place, *command))
        if name in COMPRESSING:
            side.headers = {key: value for key, value in side.headers.items() if "Extensions" not in key}
        yield side


def _figures(side: Ours, machine: Machine) -> Iterator[Figure]:
    from tests.load.rooms.arriving import MEMBERS, ROOMS, arrive
    from tests.load.rooms.closing import closed
    from tests.load.rooms.measuring import BUSY_RATE, HIGHEST, QUIET_RATE, Measuring

    found = Measuring(machine, QUIET).side(side, start=400)
    took, occupied = arrive(side, machine)
    told, seconds = closed(side, machine)
    people = ROOMS * MEMBERS
    yield Figure(f"{side.name}: {HIGHEST}", found.highest, "messages/s")
    yield Figure(f"{side.name}: p99 at {QUIET_RATE} messages/s", found.delay(0.99) or 0, "ms")
    name = f"{side.name}: server's processor per 1,000 deliveries at {BUSY_RATE} messages/s"
    yield Figure(name, found.cost("server") or 0, "ms")
    yield Figure(f"{side.name}: members let in", people / took, "members/s")
    yield Figure(f"{side.name}: memory per idle connected member", occupied / people / 1024, "KiB")
    yield Figure(f"{side.name}: members told why when it stops", told * 100, "%")
    yield Figure(f"{side.name}: until it has stopped", seconds, "s")
    yield Figure(f"{side.name}: talks with a message lost, doubled or out of order", found.wrong, "")
