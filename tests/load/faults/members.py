"""Members as the room's page is one: they stay, come back when they are sent away, and resume."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from tests.chat.processes import AWAY
from tests.chat.talking import Talker, talker
from tests.doses import size

# As peersupport/chat/static/chat/connection.js has them, in seconds; in short nobody waits so long.
FIRST_WAIT, LONGEST_WAIT = 0.5, size(4, 30)
BUSY = {4429, 1012, 1001, 1013}


@dataclass
class Member:
    """One who only reads. `tries` and `returns` are moments; `codes` says how she was let go."""

    port: int
    room: UUID
    cookie: str
    random: Random
    log: list[dict[str, object]] = field(default_factory=list)
    tries: list[float] = field(default_factory=list)
    returns: list[float] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    person: Talker | None = None

    async def stay(self) -> None:
        """Until cancelled."""
        attempt, code = 0, 0
        while True:
            self.tries.append(time.monotonic())
            with suppress(*AWAY):
                async with talker(self.port, self.room, self.cookie, resumed=False) as person:
                    try:
                        reply = await person.resume(after=len(self.log))
                        assert not reply["reset"]
                        self.returns.append(time.monotonic())
                        self.person, attempt = person, 0
                        await person._reader
                    finally:
                        self.person = None
                        self.log += person.log
                code = person.socket.close_code or 0
                self.codes.append(code)
            wait = FIRST_WAIT if code in BUSY else 0.0
            wait += self.random.random() * min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)
            attempt, code = attempt + 1, 0
            await asyncio.sleep(wait)

    @property
    def here(self) -> bool:
        """Whether she is in the room now."""
        return self.person is not None

    @property
    def seq(self) -> int:
        """The last event she has."""
        return self.person.seq if self.person is not None else len(self.log)
