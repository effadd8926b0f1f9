"""Questions that come while others are being answered are asked together, in one journey to the database.

The busier the server, the more of them share a journey: the cost of each falls as load grows.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from psycopg import OperationalError

Q = TypeVar("Q")
A = TypeVar("A")

TOGETHER_MOST = 100


class Together(Generic[Q, A]):
    """One per event loop and kind of question. `ask` gives one answer for each question, in their order."""

    def __init__(self, ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]) -> None:
        self._ask = ask
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def asked(self, question: Q) -> A:
        """The answer to one question. What cannot be answered together is asked one by one, and what `ask`
        raises then reaches whose question it was; that the database is away reaches everybody.
        """
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _one in range(min(TOGETHER_MOST, len(self._waiting)))]
            await self._answer(batch)

    async def _answer(self, batch: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            found = await self._ask([question for question, _answer in batch])
            answered = list(zip(batch, found, strict=True))
        except Exception as error:
            # A database that is away is away for all of them; anything else may be the matter of one.
            if len(batch) > 1 and not isinstance(error, OperationalError):
                for one in batch:
                    await self._answer([one])
                return
            for _question, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_question, answer), one_found in answered:
            # Whoever asked may have gone.
            if not answer.done():
                answer.set_result(one_found)
