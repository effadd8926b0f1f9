"""A room in this process: its sockets, who polls it, how far it has read the log, who else is here."""

from __future__ import annotations

import asyncio
import time
from asyncio import Future, TimerHandle
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from peersupport.chat.door import Entry
from peersupport.chat.hub.connections import Connection
from peersupport.chat.hub.wire import Wire
from peersupport.chat.protocol.events import LogLine, person
from peersupport.chat.protocol.framing import framed

# Somebody without a WebSocket counts as here while she asks, and so long after an answer.
GUEST_SECONDS = 10.0
GONE = {"retracted", "removed", "erased"}


@dataclass(slots=True)
class Guest:
    """A member who asks again and again instead of holding a socket."""

    entry: Entry
    asking: int = 0
    seen: float = field(default_factory=time.monotonic)

    def asks(self) -> None:
        """A request of hers has come."""
        self.asking += 1

    def answered(self) -> None:
        """It was answered, or she went."""
        self.asking -= 1
        self.seen = time.monotonic()

    def here(self) -> bool:
        """Whether she still counts."""
        return self.asking > 0 or time.monotonic() - self.seen < GUEST_SECONDS


class LiveRoom:
    """`cursor` is the number of the last event that every socket of the room was given."""

    def __init__(self, room_id: UUID, *, cursor: int) -> None:
        self.id = room_id
        self.cursor = cursor
        self.side_version = -1
        self.side_stale = self.side_reading = False
        # Who has just come, and was not told yet what stands beside the log.
        self.newcomers: set[Connection] = set()
        self.connections: set[Connection] = set()
        # What was committed here and goes out with the next frame, when that is, and not before when.
        self.fresh: list[LogLine] = []
        self.fresh_due: TimerHandle | None = None
        self.given_next = 0.0
        # Lines that hold replies until then.
        self.holding: list[Wire] = []
        # Who is being sent the log page by page, and how often words were taken back meanwhile.
        self.catching_up: set[Connection] = set()
        self.taken_back = 0
        self.guests: dict[UUID, Guest] = {}
        self.waiters: set[Future[None]] = set()
        self.presence_due: TimerHandle | None = None
        # When the database last heard of a facilitator here, as the last poll found it.
        self.attended_at: datetime | None = None
        # Who said that she just reads today, and whether parents see that somebody writes.
        self.quiet: frozenset[UUID] = frozenset()
        self.typing_shown = True
        self._elsewhere: dict[UUID, dict[str, Any]] = {}

    def advance(self, lines: list[LogLine], *, frame: str) -> list[tuple[Connection, int]]:
        """Sends new events to every socket.

        Where words were taken back, a socket that has unsent events may still have those words among them:
        it is taken out, and comes back with the number after which to read again for it.
        """
        self.cursor = lines[-1].seq
        behind: list[tuple[Connection, int]] = []
        if any(line.kind in GONE for line in lines):
            self.taken_back += 1
            for connection in self.catching_up:
                connection.take_back_page()
            for connection in self.connections:
                after = connection.take_back()
                if after is not None:
                    behind.append((connection, after))
        self.connections.difference_update(connection for connection, _after in behind)
        on_the_line = framed(frame)
        for connection in list(self.connections):
            connection.push_lines(lines, frame=frame, on_the_line=on_the_line)
        self.wake()
        return behind

    def write_held(self) -> None:
        """Has replies written that found no frame to go out with."""
        holding, self.holding = self.holding, []
        for line in holding:
            line.write_held()

    async def woken(self) -> None:
        """Returns when there may be news."""
        waiter = asyncio.get_running_loop().create_future()
        self.waiters.add(waiter)
        try:
            await waiter
        finally:
            self.waiters.discard(waiter)

    def wake(self) -> None:
        """Answers everybody who waits for news."""
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)

    def push(self, frame: str) -> None:
        """Sends a frame to every socket of the room."""
        on_the_line = framed(frame)
        for connection in list(self.connections):
            connection.push(frame, on_the_line=on_the_line)

    @property
    def empty(self) -> bool:
        """Whether nobody of this process is here any more."""
        return not (self.connections or self.catching_up or self.waiters or self.guests)

    def facilitated(self) -> bool:
        """Whether a facilitator is here through this process."""
        entries = [connection.entry for connection in self.connections]
        return any(entry.facilitates for entry in [*entries, *self._asking()])

    def guests_here(self) -> list[Guest]:
        """Who polls now; those who stopped are forgotten."""
        self.guests = {member: guest for member, guest in self.guests.items() if guest.here()}
        return list(self.guests.values())

    def _asking(self) -> list[Entry]:
        return [guest.entry for guest in self.guests.values() if guest.here()]

    def set_elsewhere(self, people: dict[UUID, dict[str, Any]]) -> bool:
        """Notes who is connected through other processes; True if that changed."""
        if people == self._elsewhere:
            return False
        self._elsewhere = people
        return True

    def take(self, *, quiet: frozenset[UUID], typing_shown: bool) -> bool:
        """Notes what the database says of the room; True where others have to be told who just reads."""
        changed = quiet != self.quiet
        self.quiet, self.typing_shown = quiet, typing_shown
        return changed

    def present(self) -> list[dict[str, Any]]:
        """Who is here, in any process, each member once, facilitators first, by name."""
        people = {member_id: dict(one) for member_id, one in self._elsewhere.items()}
        here = [(connection.entry, connection.hand_up) for connection in self.connections]
        for entry, hand in [*here, *((entry, False) for entry in self._asking())]:
            before = people.get(entry.member_id, {}).get("hand", False)
            people[entry.member_id] = {
                **person(entry.member_id, entry.name, entry.role),
                "hand": hand or before,
            }
        for member_id, one in people.items():
            one["quiet"] = member_id in self.quiet
        return sorted(people.values(), key=lambda one: (one["role"] != "facilitator", one["name"] or ""))

    def named(self, member_id: UUID) -> dict[str, Any] | None:
        """A member who is here, as others see her."""
        wanted = f"m_{member_id.hex}"
        found = next((one for one in self.present() if one["id"] == wanted), None)
        return found and {key: found[key] for key in ("id", "name", "role")}
