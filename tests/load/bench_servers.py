"""The rooms behind different ASGI servers: uvicorn as the site starts it, hypercorn, granian and daphne.

The others are no dependencies of the site; those that are not installed are named and left out:

    .venv/bin/pip install hypercorn granian daphne
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tests import throwaway
from tests.load.figures import Asked, Figure

if TYPE_CHECKING:
    from tests.load.rooms.sides import Machine, Ours

QUIET = Asked(quick=True, only=frozenset({"quiet", "cpu", "rate"}))
POOL = {"PEERSUPPORT_DATABASE_POOL": "10"}
SITE, AWAKE = "peersupport.asgi:application", "tests.load.rooms.awake:application"
OTHERS = {
    "hypercorn": ("-m", "hypercorn", SITE, "--bind", "127.0.0.1:PORT", "--worker-class", "uvloop"),
    "granian": ("-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--port", "PORT", SITE),
    "daphne": ("-m", "daphne", "-b", "127.0.0.1", "-p", "PORT", "-v", "0", AWAKE),
}
# It takes up compression whenever that is offered, which the crowd cannot read and which would cost memory.
COMPRESSING = {"hypercorn"}


def run(asked: Asked) -> Iterator[Figure]:
    """Rate, delay, processor and memory of each; `only` names servers."""
    import django

    django.setup()
    from tests.load.rooms.sides import Ours
    from tests.load.rooms.stage import staged

    with staged(roles=(throwaway.TEST_ROLE,)) as machine:
        if asked.wants("uvicorn"):
            yield from _figures(Ours(name="uvicorn"), machine)
        for name, command in OTHERS.items():
            if not asked.wants(name):
                continue
            if find_spec(name) is None:
                print(f"{name} is not installed", file=sys.stderr)
                continue
            side = Ours(name=name, settings=POOL, command=command)
            if name in COMPRESSING:
                side.headers = {key: value for key, value in side.headers.items() if "Extensions" not in key}
            try:
                yield from _figures(side, machine)
            except Exception as error:
                print(f"{name} cannot carry the rooms: {error}", file=sys.stderr)


def _figures(side: Ours, machine: Machine) -> Iterator[Figure]:
    from tests.load.rooms.arriving import MEMBERS, ROOMS, arrive
    from tests.load.rooms.measuring import BUSY_RATE, HIGHEST, QUIET_RATE, Measuring

    found = Measuring(machine, QUIET).side(side, start=400)
    took, occupied = arrive(side, machine)
    people = ROOMS * MEMBERS
    yield Figure(f"{side.name}: {HIGHEST}", found.highest, "messages/s")
    yield Figure(f"{side.name}: p99 at {QUIET_RATE} messages/s", found.delay(0.99) or 0, "ms")
    name = f"{side.name}: server's processor per 1,000 deliveries at {BUSY_RATE} messages/s"
    yield Figure(name, found.cost("server") or 0, "ms")
    yield Figure(f"{side.name}: members let in", people / took, "members/s")
    yield Figure(f"{side.name}: memory per idle connected member", occupied / people / 1024, "KiB")
    yield Figure(f"{side.name}: talks with a message lost, doubled or out of order", found.wrong, "")
