"""A round: everybody who is here has a turn of the same length. Pure rules: no ORM, `now` passed in.

Whoever comes late has her turn at the end; whoever leaves is taken out, and is a late comer when she is back.
Nobody has to say anything: anyone may pass, in her turn or before. Members are named by any text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Round:
    """`waiting`: who is still to come, whoever's turn it is first. `had`: who had hers or passed.

    `minutes` is the length of a turn; `longer` doubles the present one, for who is still writing.
    `others_wait`: meanwhile the others read.
    """

    waiting: tuple[str, ...]
    minutes: int
    since: datetime
    had: tuple[str, ...] = ()
    others_wait: bool = False
    longer: bool = False

    @property
    def turn(self) -> str | None:
        """Whose turn it is; None when everybody had hers."""
        return self.waiting[0] if self.waiting else None

    @property
    def until(self) -> datetime:
        """When the turn passes on by itself."""
        return self.since + timedelta(minutes=self.minutes * (2 if self.longer else 1))


def begin(members: Iterable[str], *, minutes: int, others_wait: bool, now: datetime) -> Round:
    """A round in the given order."""
    return Round(waiting=tuple(members), minutes=minutes, others_wait=others_wait, since=now)


def move_on(here: Round, *, now: datetime) -> Round:
    """The next one's turn."""
    return replace(here, waiting=here.waiting[1:], had=here.had + here.waiting[:1], since=now, longer=False)


def pass_by(here: Round, member: str, *, now: datetime) -> Round:
    """She has said what she wanted, or does not want to: in her turn the next one's begins."""
    if member == here.turn:
        return move_on(here, now=now)
    if member not in here.waiting:
        return here
    return replace(here, waiting=_without(here.waiting, member), had=(*here.had, member))


def take_longer(here: Round, member: str) -> Round:
    """She is still writing: her turn becomes twice as long, once."""
    return replace(here, longer=True) if member == here.turn else here


def follow(here: Round, *, present: Iterable[str], now: datetime) -> Round:
    """The round as it goes on with who is present: who left taken out, time looked at."""
    present = tuple(present)
    before = here.turn
    staying = tuple(member for member in here.waiting if member in present)
    late = tuple(member for member in present if member not in {*staying, *here.had})
    here = replace(here, waiting=staying + late)
    if here.turn != before:
        return replace(here, since=now, longer=False)
    return move_on(here, now=now) if before is not None and now >= here.until else here


def go_on(here: Round, *, now: datetime) -> Round:
    """After a pause of the room the present turn begins anew."""
    return replace(here, since=now)


def stored(here: Round) -> dict[str, Any]:
    """The round as JSON."""
    return {
        "waiting": list(here.waiting),
        "had": list(here.had),
        "minutes": here.minutes,
        "since": here.since.isoformat(),
        "others_wait": here.others_wait,
        "longer": here.longer,
    }


def restored(kept: dict[str, Any]) -> Round:
    """The round that `stored` gave."""
    return Round(
        waiting=tuple(kept["waiting"]),
        had=tuple(kept["had"]),
        minutes=kept["minutes"],
        since=datetime.fromisoformat(kept["since"]),
        others_wait=kept["others_wait"],
        longer=kept["longer"],
    )


def speaker(kept: dict[str, Any] | None) -> str | None:
    """Who alone of the parents may write now, in a stored round that asks the others to wait; else None."""
    if kept is None or not kept["others_wait"] or not kept["waiting"]:
        return None
    return str(kept["waiting"][0])


def _without(members: tuple[str, ...], member: str) -> tuple[str, ...]:
    return tuple(one for one in members if one != member)
