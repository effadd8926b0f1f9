"""Questions that come while others are being answered are asked together, in one journey to the database.

The busier the server, the more of them share a journey: the cost of each falls as load grows.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

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
        """The answer to one question. What `ask` raises reaches everybody who asked with it."""
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _one in range(min(TOGETHER_MOST, len(self._waiting)))]
            try:
                answers = await self._ask([question for question, _answer in batch])
            except Exception as error:
                for _question, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_question, answer), found in zip(batch, answers, strict=True):
                # Whoever asked may have gone.
                if not answer.done():
                    answer.set_result(found)
