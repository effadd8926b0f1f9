"""Groups messages that arrive while a commit is under way into the next one, across rooms.

The busier the server, the more messages share one commit: the cost of a message falls as load grows. A room
that somebody else has locked, another process or a facilitator's act, is left out of the shared commit. Most
locks are over in a moment, so the next commits try again; a room that stays locked is waited for beside them:
one slow room must not hold up the others.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from uuid import UUID

from django.utils import timezone
from psycopg import OperationalError

from peersupport.chat import log
from peersupport.chat.keeping.deciding import Draft, Outcome, Published
from peersupport.chat.protocol.errors import Refused
from peersupport.chat.protocol.events import LogLine
from peersupport.database import pool

logger = logging.getLogger("peersupport.chat")

# More at once would no longer fit in the processor's cache from one step to the next: measured, not guessed.
BATCH_MOST = 100
WAITING_MOST = 5_000
# So often a locked room is tried again with the next commit before it is waited for.
TRIES = 5
# So long the process waits at its end for what is under way; it has thirty seconds for everything.
SETTLE_SECONDS = 10.0
# So many connections may wait for locked rooms; the rest stay free for everybody else.
LANES_MOST = 2

Done = Callable[[Outcome], object]
Waiting = tuple[Draft, Done]


class Committer:
    """One per event loop: takes drafts, commits them in batches, tells who waits and whom it concerns."""

    def __init__(
        self, *, published: Callable[[UUID, list[LogLine]], None], changed: Callable[[UUID], None]
    ) -> None:
        self._published, self._changed = published, changed
        # Each room's messages in their order; whose room stands first is committed next.
        self._waiting: OrderedDict[UUID, deque[Waiting]] = OrderedDict()
        self._unanswered = 0
        self._running: asyncio.Task[None] | None = None
        self._misses: dict[UUID, int] = {}
        # Messages of rooms that are waited for, each room in its own order.
        self._lanes: dict[UUID, deque[Waiting]] = {}
        self._followers: set[asyncio.Task[None]] = set()
        self._free_lanes = asyncio.Semaphore(LANES_MOST)

    async def commit(self, draft: Draft) -> Outcome:
        """What became of the draft, once that is durable. Refused outcomes are returned, not raised."""
        told: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def tell(outcome: Outcome) -> None:
            # Whoever asked may have gone.
            if not told.done():
                told.set_result(outcome)

        self.take(draft, tell)
        return await told

    def take(self, draft: Draft, done: Done) -> None:
        """Calls `done` with what became of the draft, once that is durable. Drafts of one room are decided in
        the order in which they are given; the events that come of them are given out after the last call.
        """
        if self._unanswered >= WAITING_MOST:
            done(Refused("rate_limited", retry_after=2.0))
            return
        self._unanswered += 1
        self._waiting.setdefault(draft.room_id, deque()).append((draft, done))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())

    async def settle(self, *, seconds: float = SETTLE_SECONDS) -> None:
        """Waits until nothing is under way: called before the process ends.

        What waits for a locked room even then is given up; nobody was told that it was sent.
        """
        until = time.monotonic() + seconds
        while pending := self._under_way():
            await asyncio.wait(pending, timeout=max(0.0, until - time.monotonic()))
            if time.monotonic() >= until:
                break
        for task in self._under_way():
            task.cancel()

    def _under_way(self) -> set[asyncio.Task[None]]:
        return {task for task in (self._running, *self._followers) if task and not task.done()}

    async def _run(self) -> None:
        while self._waiting:
            batch = self._next()
            if batch:
                self._again(await self._commit(batch, free=True))

    def _next(self) -> list[Waiting]:
        """Whatever waits, room by room: to lock a room and write its head costs as much as two messages, so a
        commit for few rooms is a quick one. A room whose messages do not all find place stands last then.
        """
        batch: list[Waiting] = []
        while self._waiting and len(batch) < BATCH_MOST:
            room_id, queue = self._waiting.popitem(last=False)
            lane = self._lanes.get(room_id)
            if lane is not None:
                lane.extend(queue)
                continue
            while queue and len(batch) < BATCH_MOST:
                batch.append(queue.popleft())
            if queue:
                self._waiting[room_id] = queue
        return batch

    async def _follow(self, room_id: UUID) -> None:
        """Commits what waits for one room, until nothing does."""
        lane = self._lanes[room_id]
        try:
            async with self._free_lanes:
                while lane:
                    await self._commit([lane.popleft() for _one in range(min(BATCH_MOST, len(lane)))])
        finally:
            del self._lanes[room_id]

    def _again(self, missed: list[Waiting]) -> None:
        """Puts messages of locked rooms in front of what waits, or into their room's lane."""
        for room_id in {draft.room_id for draft, _done in missed}:
            self._misses[room_id] = self._misses.get(room_id, 0) + 1
            if self._misses[room_id] > TRIES:
                self._open_lane(room_id)
        for one in reversed(missed):
            room_id = one[0].room_id
            lane = self._lanes.get(room_id)
            (self._waiting.setdefault(room_id, deque()) if lane is None else lane).appendleft(one)

    def _open_lane(self, room_id: UUID) -> None:
        self._misses.pop(room_id)
        self._lanes[room_id] = deque()
        follower = asyncio.create_task(self._follow(room_id))
        self._followers.add(follower)
        follower.add_done_callback(self._followers.discard)

    async def _commit(self, batch: list[Waiting], *, free: bool = False, again: bool = True) -> list[Waiting]:
        """Answers all whose message was taken or refused; gives those whose room was locked."""
        try:
            outcomes = await self._append([draft for draft, _done in batch], free=free)
        except OperationalError as error:
            # The database went away, or found two transactions in each other's way. Whether it still took
            # the messages is not known; their ids make trying again safe.
            if again and pool.may_work_again(error):
                return await self._commit(batch, free=free, again=False)
            outcomes = self._failed(error, batch)
        except Exception as error:
            if len(batch) > 1:
                return await self._one_by_one(batch, free=free)
            outcomes = self._failed(error, batch)
        return self._answer(batch, outcomes)

    async def _one_by_one(self, batch: list[Waiting], *, free: bool) -> list[Waiting]:
        """One bad message must not take the others with it. A room that was locked for one of its messages
        is left alone for the rest of them: they keep their order.
        """
        missed: list[Waiting] = []
        for one in batch:
            locked = any(other[0].room_id == one[0].room_id for other in missed)
            missed += [one] if locked else await self._commit([one], free=free)
        return missed

    def _answer(self, batch: list[Waiting], outcomes: Sequence[Outcome | None]) -> list[Waiting]:
        missed: list[Waiting] = []
        for one, outcome in zip(batch, outcomes, strict=True):
            if outcome is None:
                missed.append(one)
                continue
            if self._misses:
                self._misses.pop(one[0].room_id, None)
            self._unanswered -= 1
            try:
                one[1](outcome)
            except Exception as error:
                # What is committed is committed; the others are told all the same.
                logger.error("nobody could be told what became of a message: %s", type(error).__name__)
        self._tell(batch, outcomes)
        return missed

    def _tell(self, batch: list[Waiting], outcomes: Sequence[Outcome | None]) -> None:
        """Gives out what is in the log now. Of all else it is only known that something may have changed."""
        lines: dict[UUID, dict[int, LogLine]] = {}
        changed: set[UUID] = set()
        for (draft, _done), outcome in zip(batch, outcomes, strict=True):
            line = outcome.line if isinstance(outcome, Published) else None
            if line is not None:
                lines.setdefault(draft.room_id, {})[line.seq] = line
            # A signal stands beside the log.
            if line is None or draft.signal is not None:
                changed.add(draft.room_id)
        for room_id, of_room in lines.items():
            try:
                self._published(room_id, [of_room[seq] for seq in sorted(of_room)])
            except Exception as error:
                # What is committed is committed, and the next messages are not to wait for ever.
                logger.error("what was stored could not be given out: %s", type(error).__name__)
        for room_id in changed:
            self._changed(room_id)

    def _failed(self, error: Exception, batch: list[Waiting]) -> list[Outcome]:
        logger.error("%d messages could not be stored: %s", len(batch), type(error).__name__)
        return [Refused("internal") for _one in batch]

    async def _append(self, drafts: list[Draft], *, free: bool) -> Sequence[Outcome | None]:
        # What waits for a room must not have the others wait for its connection.
        async with pool.connection(kept=free) as connection:
            if free:
                return await log.append_free(connection, drafts, now=timezone.now())
            return await log.append(connection, drafts, now=timezone.now())
