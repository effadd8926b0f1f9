"""How many statements one message costs: alone, under load, and whatever the size of its room."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from peersupport.database.address import DATABASE_NAME
from tests.load.figures import Figure
from tests.load.rooms.asking import Asking, asking, say
from tests.load.rooms.counting import Overhearing, overhearing
from tests.load.rooms.sides import Machine, Ours
from tests.throwaway import TEST_ROLE

SIZES = (10, 50, 200)
# Slow enough that each message is alone.
ALONE_RATE, LOADED_RATE = 20, 800
SECONDS = 3.0


def figures(machine: Machine) -> Iterator[Figure]:
    """What the idle site asks meanwhile is taken off; the begin and end of transactions stand apart."""
    with overhearing(machine.cluster.data) as heard:
        host = quote(str(heard.directory), safe="")
        side = Ours(settings={"DATABASE_URL": f"postgresql://{TEST_ROLE}@/{DATABASE_NAME}?host={host}"})
        alone: dict[int, float] = {}
        for size in SIZES:
            with asking(side, machine, rooms=1, members=size) as crowd:
                alone[size], control = _per_message(crowd, heard, ALONE_RATE)
        with asking(side, machine) as crowd:
            loaded, loaded_control = _per_message(crowd, heard, LOADED_RATE)
    name, least, most = "statements per message", SIZES[0], SIZES[-1]
    first = alone[least]
    yield Figure(f"{name}, alone, room of {least}", first, "", aim=2)
    yield Figure(f"{name}, alone, room of {most}", alone[most], "", first, must=1.1, judged="ratio")
    yield Figure(f"{name} at {LOADED_RATE} messages/s", loaded, "", first, must=1, judged="ratio")
    yield Figure("begins and ends of transactions per message, alone", control, "")
    yield Figure(f"the same at {LOADED_RATE} messages/s", loaded_control, "")


def _per_message(crowd: Asking, heard: Overhearing, rate: float) -> tuple[float, float]:
    crowd.come()
    # Everybody writes once: keys are made, statements prepared.
    crowd.talk(rate, seconds=max(1.0, crowd.rooms * crowd.members / rate), warm_up=0)
    before = heard.counted.copy()
    crowd.wait(SECONDS)
    idle = {name: (heard.counted[name] - before[name]) / SECONDS for name in heard.counted}
    before = heard.counted.copy()
    talk = crowd.talk(rate, seconds=SECONDS, warm_up=0)
    cost = {
        name: (heard.counted[name] - before[name] - idle[name] * talk.seconds) / talk.sent
        for name in ("statements", "control")
    }
    say(f"{crowd.rooms} rooms of {crowd.members}: {cost} a message; idle {idle} a second")
    return cost["statements"], cost["control"]
