"""The benchmark of growth changes one thing at a time, and tells the usual and the late delivery."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import cast

import pytest

from tests.load.figures import Asked, Figure
from tests.load.rooms import growing
from tests.load.rooms.crowd import Talk
from tests.load.rooms.sides import Machine, Side

Shapes = tuple[tuple[int, int, int], ...]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Figure]:
    """The figures by name, where each delivery takes a thousandth of a second longer than the one before."""

    def talks(side: Side, machine: Machine, shapes: Shapes) -> list[Talk]:
        return [_talk(rate, slower=2 if side.name == "ours" else 1) for _rooms, _members, rate in shapes]

    monkeypatch.setattr(growing, "_through", talks)
    found = growing.figures(cast(Machine, None), asked=Asked())
    return {each.name: each for each in found}


def _talk(rate: float, *, slower: int) -> Talk:
    delays = array("d", [slower * each / 1000 for each in range(100)])
    return Talk(
        rate, 100, set(), Counter(), False, False, 1000, 0.0, 1.0, {"server": 0.2 * slower}, delays=delays
    )


def test_only_the_number_of_rooms_changes_or_only_their_size() -> None:
    assert {(members, rate) for _rooms, members, rate in growing.MORE_ROOMS} == {(10, 400)}
    assert {(rooms, rate) for rooms, _members, rate in growing.LARGER_ROOMS} == {(1, 100)}


@pytest.mark.parametrize("rate", [100, 400])
def test_one_room_of_ten_is_told_quiet_and_busy_by_its_usual_and_its_late_delivery(
    rate: int, told: dict[str, Figure]
) -> None:
    name = f"1 × 10 members at {rate} messages/s"
    usual, late = told[f"{name}: p50"], told[f"{name}: p99"]
    assert (usual.value, usual.baseline) == pytest.approx((100, 50))
    assert (late.value, late.baseline) == pytest.approx((198, 99))
    assert told[f"{name}: server's processor per 1,000 deliveries"].ratio == pytest.approx(2)
