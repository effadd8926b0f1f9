"""How cost grows: with the number of rooms, with their size, and with a second process."""

from __future__ import annotations

from collections.abc import Iterator

from tests.load.figures import Asked, Figure
from tests.load.rooms.asking import Asking, asking
from tests.load.rooms.crowd import Talk
from tests.load.rooms.sides import Machine, Ours, Raw, Side

# Rooms, members, messages a second. One thing changes at a time: the number of rooms, or the size of the one
# room. A room of ten stands in both lists, at a busy rate and at a quiet one that large rooms bear as well.
MORE_ROOMS = ((1, 10, 400), (10, 10, 400), (100, 10, 400))
LARGER_ROOMS = ((1, 10, 100), (1, 50, 100), (1, 200, 100))


def figures(machine: Machine, *, asked: Asked) -> Iterator[Figure]:
    """Time to everybody and processor, beside the raw server's."""
    shapes = (*MORE_ROOMS, *LARGER_ROOMS)
    ours = _through(Ours(), machine, shapes)
    raw: list[Talk | None] = [None] * len(shapes)
    if not asked.quick:
        raw = [*_through(Raw(), machine, shapes)]
    for (rooms, members, rate), mine, floor in zip(shapes, ours, raw, strict=True):
        yield from _of(f"{rooms} × {members} members at {rate} messages/s", mine, floor)


def _of(name: str, mine: Talk, floor: Talk | None) -> Iterator[Figure]:
    for share, called in ((0.5, "p50"), (0.99, "p99")):
        yield Figure(f"{name}: {called}", mine.delay(share), "ms", floor.delay(share) if floor else None)
    least = cost(floor) if floor else None
    yield Figure(f"{name}: server's processor per 1,000 deliveries", cost(mine), "ms", least)


def _through(side: Side, machine: Machine, shapes: tuple[tuple[int, int, int], ...]) -> list[Talk]:
    talks = []
    with asking(side, machine) as crowd:
        for crowd.rooms, crowd.members, rate in shapes:
            crowd.come()
            talks.append(crowd.talk(rate, seconds=3, warm_up=1.5))
    return talks


def cost(talk: Talk, who: str = "server") -> float:
    """Milliseconds of processor per thousand deliveries, of a core at full pace."""
    return talk.used[who] * talk.pace[1] * 1_000 / (talk.deliveries / 1_000)


def two_processes(machine: Machine, *, one: float, asked: Asked) -> Iterator[Figure]:
    """The same rooms through two processes that share the core: still right, and at which rate."""
    side = Ours(
        name="ours, two processes",
        settings={"PEERSUPPORT_PROCESSES": "2", "REDIS_URL": machine.redis.url},
    )
    with asking(side, machine) as crowd:
        rate = crowd.highest(start=800, seconds=3, confirmed=1 if asked.quick else 3)
        wrong = sum(bool(talk.wrong) for talk in crowd.talks)
    yield Figure("highest rate with two processes, beside one", rate, "messages/s", one or None)
    yield Figure("its talks with a message lost, doubled or out of order", wrong, "", must=0)


def others_share(crowd: Asking) -> float:
    """The share of the serving core that programs outside the benchmark took, on the whole."""
    took = sum(talk.used["others"] for talk in crowd.talks)
    return took / sum(talk.seconds for talk in crowd.talks)
