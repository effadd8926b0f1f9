"""Questions asked together: each gets its own answer, and one that cannot be answered harms no other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from psycopg import OperationalError

from peersupport.database.together import Together


class Halving:
    """Halves numbers; what it was asked, journey by journey."""

    def __init__(self, *, away: bool = False) -> None:
        self.asked: list[list[int]] = []
        self._away = away

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.asked.append(list(numbers))
        await asyncio.sleep(0)
        if self._away:
            raise OperationalError
        if any(number % 2 for number in numbers):
            raise ValueError
        return [number // 2 for number in numbers]


async def answers(halving: Halving, *numbers: int) -> list[int | BaseException]:
    """What everybody gets who asks at the same moment."""
    together = Together(halving)
    return await asyncio.gather(*map(together.asked, numbers), return_exceptions=True)


async def test_questions_of_one_moment_share_a_journey_and_keep_their_order() -> None:
    halving = Halving()
    assert await answers(halving, 2, 8, 4) == [1, 4, 2]
    assert halving.asked == [[2, 8, 4]]


async def test_one_that_cannot_be_answered_harms_no_other() -> None:
    first, bad, last = await answers(Halving(), 2, 3, 4)
    assert (first, last) == (1, 2)
    assert isinstance(bad, ValueError)


async def test_a_database_that_is_away_is_not_asked_again_for_each_of_them() -> None:
    halving = Halving(away=True)
    found = await answers(halving, 2, 4)
    assert all(isinstance(one, OperationalError) for one in found)
    assert halving.asked == [[2, 4]]


async def test_fewer_answers_than_questions_leave_nobody_waiting() -> None:
    async def forgetful(numbers: Sequence[int]) -> list[int]:
        return list(numbers)[:-1]

    together = Together(forgetful)
    async with asyncio.timeout(5):
        found = await asyncio.gather(together.asked(1), together.asked(2), return_exceptions=True)
    assert all(isinstance(one, ValueError) for one in found)


async def test_who_gave_up_is_not_missed() -> None:
    together = Together(Halving())
    gone, stays = [asyncio.create_task(together.asked(number)) for number in (2, 4)]
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 2
    with pytest.raises(asyncio.CancelledError):
        await gone
