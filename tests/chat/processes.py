"""Servers in processes of their own, and people who go on writing whatever happens to them."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from peersupport.accounts.models import User
from tests.chat.talking import Talker, talker
from tests.ports import free_port
from tests.server.running import Running, serving

if TYPE_CHECKING:  # which has a fixture of these servers
    from tests.chat.conftest import Evening

AWAY = (OSError, ConnectionClosed, InvalidHandshake, EOFError, TimeoutError, AssertionError)


def as_real_people() -> None:
    """Gives the cast other addresses: a site that is no demonstration does not start with theirs."""
    for person in User.objects.exclude(email=None):
        User.objects.filter(pk=person.pk).update(email=f"{person.pk}@example.org")


class Servers:
    """One server after the other; `evening.port` is where the newest answers."""

    def __init__(self, evening: Evening, stack: ExitStack) -> None:
        self.evening, self._stack = evening, stack
        self.running: Running

    def start(self) -> Running:
        """The next one."""
        self.running = self._stack.enter_context(serving())
        self.evening.port = self.running.port
        return self.running

    def kill(self, running: Running | None = None) -> None:
        """kill -9, of the newest unless another one is named."""
        killed = running or self.running
        killed.process.kill()
        killed.process.wait()


@dataclass
class Redis:
    """A Redis of the test's own."""

    port: int
    place: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Runs it until it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.place)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        with redis.Redis(port=self.port, retry=Retry(NoBackoff(), 0)) as client:
            while self.process.poll() is None:
                with suppress(redis.ConnectionError, redis.BusyLoadingError):
                    client.ping()
                    return
        raise AssertionError("Redis ended before it answered")

    def hang(self) -> None:
        """It takes everything in, and answers nothing."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It answers again."""
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """As a machine that fails does."""
        assert self.process
        self.process.kill()
        self.process.wait()


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A Redis on a port of its own, gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="peersupport-redis-"))
    server = Redis(free_port(), place)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(place)


@dataclass
class Writer:
    """Somebody who writes one message after another, and each until it is acknowledged."""

    evening: Evening
    name: str
    acked: dict[UUID, int] = field(default_factory=dict)
    log: list[dict[str, object]] = field(default_factory=list)

    async def write(self, messages: int) -> None:
        """Comes back with the same id after whatever happens, and resumes after what she has."""
        wanted = [uuid4() for _message in range(messages)]
        while len(self.acked) < messages:
            # As a client does that waits before it comes back.
            await asyncio.sleep(0.05)
            with suppress(*AWAY):
                async with AsyncExitStack() as stack:
                    person = await self._come(stack)
                    try:
                        await self._go_on(person, wanted)
                    finally:
                        self.log += person.log

    async def _come(self, stack: AsyncExitStack) -> Talker:
        evening = self.evening
        entering = talker(evening.port, evening.room.pk, evening.cookies[self.name], resumed=False)
        person = await stack.enter_async_context(entering)
        await person.resume(after=len(self.log))
        return person

    async def _go_on(self, person: Talker, wanted: list[UUID]) -> None:
        for number, message in enumerate(wanted):
            while message not in self.acked:
                # No id in the words: some of them look like telephone numbers.
                reply = await person.post(f"{self.name} says {number}", message=message)
                if reply["ok"]:
                    self.acked[message] = reply["seq"]
                else:
                    # What a client that keeps to the rules does; anything else would be no answer here.
                    await asyncio.sleep(reply["error"]["retry_after"])
