"""Groups messages that arrive while a commit is under way into the next one, across rooms.

The busier the server, the more messages share one commit: the cost of a message falls as load grows.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from peersupport.chat import log
from peersupport.chat.deciding import Draft, Outcome
from peersupport.chat.errors import Refused
from peersupport.database import pool

logger = logging.getLogger("peersupport.chat")

BATCH_MOST = 200
WAITING_MOST = 5_000


class Committer:
    """One per event loop: takes drafts, commits them in batches, tells who waits and whom it concerns."""

    def __init__(self, *, changed: Callable[[UUID], None]) -> None:
        self._changed = changed
        self._waiting: deque[tuple[Draft, asyncio.Future[Outcome]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def commit(self, draft: Draft) -> Outcome:
        """What became of the draft, once that is durable. Refused outcomes are returned, not raised."""
        if len(self._waiting) >= WAITING_MOST:
            return Refused("rate_limited", retry_after=2.0)
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, done))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await done

    async def settle(self) -> None:
        """Waits until nothing is under way: called before the process ends."""
        if self._running is not None:
            await asyncio.wait({self._running})

    async def _run(self) -> None:
        while self._waiting:
            size = min(BATCH_MOST, len(self._waiting))
            batch = [self._waiting.popleft() for _position in range(size)]
            await self._commit(batch)

    async def _commit(self, batch: list[tuple[Draft, asyncio.Future[Outcome]]]) -> None:
        try:
            outcomes = await self._append([draft for draft, _done in batch])
        except Exception as error:
            if len(batch) > 1:
                # One bad message must not take the others with it.
                for single in batch:
                    await self._commit([single])
                return
            logger.error("a message could not be stored: %s", type(error).__name__)
            outcomes = [Refused("internal")]
        for (_draft, done), outcome in zip(batch, outcomes, strict=True):
            if not done.done():
                done.set_result(outcome)
        for room_id in {draft.room_id for draft, _done in batch}:
            self._changed(room_id)

    async def _append(self, drafts: list[Draft]) -> list[Outcome]:
        async with pool.connection() as connection:
            return await log.append(connection, drafts, now=timezone.now())
