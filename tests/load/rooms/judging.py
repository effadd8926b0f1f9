"""Whether everybody heard what was acknowledged: all of it, once, in one order, as the database has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.load.rooms.crowd import Crowd, Heard, Place, Seat, Talk

Log = list[tuple[int, str]]


def judge(talk: Talk, crowd: Crowd, *, numbered: bool) -> None:
    """Writes what was wrong into the talk. Where rooms are `numbered`, order and gaps count too.

    A server may be too slow, refuse or let go of sockets: those are faults of this rate. Messages that were
    acknowledged and are missing, doubled or out of order are `wrong` at any rate.
    """
    heard: Counter[str] = Counter()
    for place, row in zip(crowd.places, crowd.seats, strict=True):
        talk.wrong += _of_room(place, row, talk.acked, heard, numbered=numbered)
    if talk.unsettled:
        late = "not everything that was sent was answered and delivered"
        (talk.faults if crowd.lost or talk.overrun else talk.wrong).append(late)
    elif talk.acked - heard.keys():
        talk.wrong.append(f"{len(talk.acked - heard.keys())} acknowledged messages came to nobody")
    if crowd.lost:
        talk.faults.append(f"{crowd.lost} sockets were lost")
    talk.faults += [f"{count} messages were refused: {code}" for code, count in talk.refused.items()]
    if crowd.lost or (talk.overrun and talk.unsettled):
        # Members who went, or a server that is still at it, do not have the same.
        talk.faults, talk.wrong = talk.faults + talk.wrong, []


def _of_room(
    place: Place, row: Sequence[Seat], acked: set[str], heard: Counter[str], *, numbered: bool
) -> list[str]:
    logs: list[Log] = []
    known: dict[tuple[int, ...], Log] = {}
    for seat in row:
        # The same frames are the same objects: most rooms are looked through once.
        frames = tuple(map(id, seat.heard))
        if frames not in known:
            known[frames] = _log(seat.heard)
        logs.append(known[frames])
    faults: list[str] = []
    for log in known.values():
        faults += _of_log(place, log, acked, numbered=numbered)
    if numbered and any(log != logs[0] for log in logs):
        faults.append(f"{place.name}: not everybody heard the same in the same order")
    if not numbered and any(sorted(log) != sorted(logs[0]) for log in logs):
        faults.append(f"{place.name}: not everybody heard the same")
    heard.update(key for _seq, key in logs[0])
    place.log += logs[0]
    place.seq = logs[0][-1][0] if logs[0] else place.seq
    return faults


def _log(heard: list[Heard]) -> Log:
    return [pair for one in heard for pair in zip(one.seqs, one.ids, strict=True)]


def _of_log(place: Place, log: Log, acked: set[str], *, numbered: bool) -> list[str]:
    faults = []
    twice = [key for key, count in Counter(key for _seq, key in log).items() if count > 1]
    if twice:
        faults.append(f"{place.name}: {len(twice)} messages came twice")
    unasked = {key for _seq, key in log} - acked
    if unasked:
        faults.append(f"{place.name}: {len(unasked)} messages came that were not acknowledged")
    if numbered and [seq for seq, _key in log] != list(range(place.seq + 1, place.seq + 1 + len(log))):
        faults.append(f"{place.name}: numbers have a gap or come out of order")
    return faults


def against(stored: Mapping[str, Log], places: Sequence[Place]) -> list[str]:
    """Rooms whose log in the database is not what their members heard."""
    found = []
    for place in places:
        there = stored.get(place.name, [])
        if there != place.log:
            found.append(
                f"{place.name}: {len(there)} messages are stored, its members heard {len(place.log)}"
            )
    return found
