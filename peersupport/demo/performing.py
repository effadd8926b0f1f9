"""Plays the scripted members while the demonstration is served, so that one visitor finds a living room.

Two facilitators keep the room open; parents say a line now and then while a visitor is there, and answer
kindly and briefly. They stay out of what visitors decide: what Maija closes or holds, stays so for a while.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from peersupport.chat.models import Room
from peersupport.demo import circles
from peersupport.demo.cast import CIRCLES
from peersupport.demo.player import Player
from peersupport.demo.script import FACILITATORS, LINES, PLAYED, TO_A_FACILITATOR, WELCOMES
from peersupport.demo.staging import set_up
from peersupport.groups.models import SupportGroup

logger = logging.getLogger("peersupport.demo")

TICK = 5.0
BETWEEN_TRIES = 10.0
BETWEEN_LINES = (70.0, 130.0)
BETWEEN_ANSWERS = 20.0
#: How long the scripted facilitators leave a room as a visitor closed or paused it.
LEFT_CLOSED = 90.0
#: How long a visitor's message waits before a scripted facilitator releases it, if no other is there.
LEFT_WAITING = 15.0
#: Lines said of their own accord in one meeting.
LINES_MOST = 40


class Performance:
    """The scripted members of one room."""

    def __init__(self, room_id: UUID) -> None:
        self.room_id = room_id
        self.players = {key: Player(key, room_id, self._heard) for key in PLAYED}
        self.present: list[dict[str, Any]] = []
        self.held: list[str] = []
        self._left_alone: set[str] | None = None
        self._lines = itertools.cycle(LINES)
        self._said = 0
        self._answered_at = self._held_at = self._next_line_at = 0.0
        # At the start a closed room is opened at once.
        self._changed_at = -LEFT_CLOSED
        self._errands: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as together:
            for player in self.players.values():
                together.create_task(player.play())
            together.create_task(self._conduct())

    async def _conduct(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            now = asyncio.get_running_loop().time()
            try:
                state = await sync_to_async(self._look)()
            except DatabaseError:
                continue
            await self._keep_open(state, now)
            await self._release(now)
            if state == Room.State.OPEN and self._visitors():
                await self._go_on(now)

    def _look(self) -> str:
        """The room's state. A meeting that is over makes way for the next one, as at a start."""
        now = timezone.now()
        group = SupportGroup.objects.get(rooms=self.room_id)
        if not circles.is_under_way(CIRCLES["alder"], group, now=now):
            set_up(now=now)
            self._said, self._left_alone = 0, None
        return Room.objects.values_list("state", flat=True).get(pk=self.room_id)

    # What they do

    async def _keep_open(self, state: str, now: float) -> None:
        if state == Room.State.OPEN or now - self._changed_at < LEFT_CLOSED:
            return
        first, second = (self.players[key] for key in FACILITATORS)
        if state == Room.State.CLOSED:
            await first.command("open")
        else:
            await second.command("unpause")

    async def _release(self, now: float) -> None:
        if self.held and not self._visitor_facilitates() and now - self._held_at > LEFT_WAITING:
            await self.players[FACILITATORS[1]].command("release", target=self.held[0])

    async def _go_on(self, now: float) -> None:
        if now < self._next_line_at or self._said >= LINES_MOST:
            return
        self._next_line_at = now + _between(*BETWEEN_LINES)
        self._said += 1
        who, words = next(self._lines)
        await self.players[who].say(words)

    def _answer(self, event: dict[str, Any], now: float) -> None:
        """One short answer to a visitor, from time to time; it never touches what was written."""
        if now - self._answered_at < BETWEEN_ANSWERS:
            return
        self._answered_at = now
        self._next_line_at = max(self._next_line_at, now + BETWEEN_LINES[0])
        by = event["by"]
        who, words = random.choice(TO_A_FACILITATOR if by["role"] == "facilitator" else WELCOMES)  # noqa: S311
        self._errand(self.players[who].say(words.format(name=by["name"]), reply_to=event["id"]))

    def _errand(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # What they hear

    async def _heard(self, player: Player, frame: dict[str, Any]) -> None:
        if frame["push"] == "events":
            player.after = max(player.after, frame["to"])
        # One pair of ears is enough, a facilitator's: they hear what waits as well.
        if player.key != FACILITATORS[0]:
            return
        now = asyncio.get_running_loop().time()
        match frame["push"]:
            case "events":
                for event in frame["events"]:
                    if event["seq"] > player.began:
                        self._event(event, now)
            case "presence":
                self.present = frame["present"]
            case "held":
                self._waits(frame["items"], now)

    def _event(self, event: dict[str, Any], now: float) -> None:
        if event["kind"] in {"opened", "closed", "paused", "resumed"}:
            self._changed_at = now
        elif event["kind"] == "message" and self._is_visitor(event["by"]):
            self._answer(event, now)

    def _waits(self, items: list[dict[str, Any]], now: float) -> None:
        waiting = [item["id"] for item in items if self._is_visitor(item["by"])]
        if self._left_alone is None:
            # What waits from the beginning is there for a visitor to decide.
            self._left_alone = set(waiting)
        held = [one for one in waiting if one not in self._left_alone]
        if set(held) - set(self.held):
            self._held_at = now
        self.held = held

    def _is_visitor(self, person: dict[str, Any]) -> bool:
        return person["id"] not in self._own

    @property
    def _own(self) -> set[str]:
        return {player.you for player in self.players.values()}

    def _visitors(self) -> list[dict[str, Any]]:
        return [person for person in self.present if self._is_visitor(person)]

    def _visitor_facilitates(self) -> bool:
        return any(person["role"] == "facilitator" for person in self._visitors())


@asynccontextmanager
async def performing() -> AsyncIterator[None]:
    """Plays while the server serves; does nothing outside the demonstration or beside other processes."""
    if not settings.DEMO or settings.PROCESSES > 1:
        yield
        return
    playing = asyncio.create_task(_perform())
    try:
        yield
    finally:
        playing.cancel()
        with suppress(asyncio.CancelledError):
            await playing


async def _perform() -> None:
    room_id = await sync_to_async(_room_of_alder)()
    if room_id is None:
        logger.info("the cast is not set up: nobody plays (manage.py demo)")
        return
    while True:
        try:
            await Performance(room_id).run()
        except Exception as error:
            # A player must never take the server along. The kind of error only, as everywhere.
            logger.warning("the scripted cast stumbled: %s", type(error).__name__)
            await asyncio.sleep(BETWEEN_TRIES)


def _room_of_alder() -> UUID | None:
    group = circles.group_of(CIRCLES["alder"])
    rooms = Room.objects.filter(group=group, kind=Room.Kind.GROUP)
    return rooms.values_list("pk", flat=True).first() if group else None


def _between(least: float, most: float) -> float:
    return random.uniform(least, most)  # noqa: S311 - no secret hangs on it
