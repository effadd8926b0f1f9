"""The servers that are measured side by side, each started anew and asked in the same way."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from psycopg import sql

from peersupport.database.address import DATABASE_NAME, socket_dir
from peersupport.database.cluster import SUPERUSER, Cluster
from peersupport.database.embedded import CHECKOUT
from tests.chat.processes import Redis
from tests.load.rooms.cores import Cores, busy_seconds, pinned, seconds_of
from tests.load.rooms.crowd import Place
from tests.load.rooms.pace import Pace
from tests.ports import free_port

START_SECONDS = 60
# What people may do is bounded by settings; here two hundred of them write what thousands would.
UNBOUND = {
    "PEERSUPPORT_ROOM_POSTS_PER_SECOND": "100000",
    "PEERSUPPORT_ROOM_COMMANDS_PER_SECOND": "100000",
    "PEERSUPPORT_ROOM_HANDSHAKES_PER_SECOND": "100000",
}

Log = list[tuple[int, str]]


@dataclass(frozen=True)
class Machine:
    """What every side stands on: the database server, Redis, the cores and how fast they run."""

    cluster: Cluster
    redis: Redis
    cores: Cores
    # Where figures are wanted, not in tests.
    pace: Pace | None = None


@dataclass(frozen=True)
class Running:
    """A side that answers."""

    pid: int
    port: int
    machine: Machine

    def used(self) -> dict[str, float]:
        """Processor seconds of the server, the database, Redis, and of whatever else ran on their core."""
        machine = self.machine
        redis = machine.redis.process
        served = {"server": self.pid, "database": machine.cluster.pid(), "redis": redis and redis.pid}
        used = {name: seconds_of(pid) if pid else 0.0 for name, pid in served.items()}
        # Counted in hundredths here and there: where nobody else ran, the rest may be a little below zero.
        return {**used, "others": busy_seconds(machine.cores.serving) - sum(used.values())}


class Side(Protocol):
    """One of the servers."""

    name: str
    # Whether messages of a room are numbered without gaps, which is then checked.
    numbered: bool
    headers: Mapping[str, str]

    def running(self, machine: Machine) -> AbstractContextManager[Running]:
        """The server while it is measured."""

    def places(self, *, rooms: int, members: int) -> list[Place]:
        """New rooms."""

    def stored(self, machine: Machine, places: Sequence[Place]) -> dict[str, Log]:
        """What the database has of them, by name, in order."""


@contextmanager
def started(machine: Machine, command: Sequence[str], **environment: str) -> Iterator[Running]:
    """A server on the serving core, once it answers; its words go into a file of the data directory."""
    port = free_port()
    words = machine.cluster.data / "server.log"
    with words.open("ab") as log, pinned(machine.cores.serving):
        process = subprocess.Popen(
            [sys.executable, *(part.replace("PORT", str(port)) for part in command)],
            cwd=CHECKOUT,
            env={**os.environ, "PORT": str(port), **environment},
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(process, port, words)
        yield Running(process.pid, port, machine)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, words: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
        try:
            # Whatever it answers, even nothing at all: then it is there.
            connection.request("HEAD", "/")
            connection.getresponse()
        except ConnectionRefusedError:
            time.sleep(0.02)
        except (OSError, http.client.HTTPException):
            return
        else:
            return
        finally:
            connection.close()
    raise RuntimeError(f"a server did not come up: {words.read_text(errors='replace')[-2000:]}")


@dataclass
class Ours:
    """The site, as bin/serve runs it."""

    name: str = "ours"
    numbered: bool = True
    headers: Mapping[str, str] = field(
        default_factory=lambda: {
            "Origin": "https://localhost",
            "Sec-WebSocket-Protocol": "peersupport.room.v1",
            # Browsers offer it; whether it is taken up is the server's choice, and its memory.
            "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
        }
    )
    settings: Mapping[str, str] = field(default_factory=dict)
    command: Sequence[str] = ("-m", "peersupport.server")

    @contextmanager
    def running(self, machine: Machine) -> Iterator[Running]:
        """`python -m peersupport.server`, whose limits are raised by its settings."""
        with started(machine, self.command, **UNBOUND, **self.settings) as running:
            yield running

    def places(self, *, rooms: int, members: int) -> list[Place]:
        """Rooms in the middle of a meeting, and sessions for their members. Those before are over: what the
        site does with rooms that everybody has left is not to be measured with these.
        """
        from tests.load.rooms.evening import gather, go_home

        go_home()
        hello = json.dumps({"cmd": "resume", "ref": "hello", "after": 0})
        return [
            Place(str(each.room), f"/ws/rooms/{each.room}/", each.cookies, hello)
            for each in gather(rooms=rooms, members=members)
        ]

    def stored(self, machine: Machine, places: Sequence[Place]) -> dict[str, Log]:
        """The rooms' logs."""
        return _logs(
            machine,
            DATABASE_NAME,
            "SELECT room_id::text, seq, message_id::text FROM chat_event"
            " WHERE room_id::text = ANY(%s) AND kind = 'message' ORDER BY room_id, seq",
            places,
        )


@dataclass
class Raw:
    """The least that can do it: with commits that are shared, with a `single` one for each message, or
    driven to the `furthest`.
    """

    name: str = "raw"
    numbered: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    single: bool = False
    furthest: bool = False
    mishap: str = ""

    @contextmanager
    def running(self, machine: Machine) -> Iterator[Running]:
        """tests/load/rooms/raw.py."""
        database = _fresh_database(machine, "bench_raw")
        command = ["-m", "tests.load.rooms.raw", "PORT", str(socket_dir(machine.cluster.data)), database]
        command += ["--single"] if self.single else []
        command += ["--furthest"] if self.furthest else []
        command += ["--mishap", self.mishap] if self.mishap else []
        with started(machine, command) as running:
            yield running

    def places(self, *, rooms: int, members: int) -> list[Place]:
        """Any path is a room."""
        made = os.urandom(4).hex()
        return [Place(f"/{made}{number}", f"/{made}{number}", [""] * members) for number in range(rooms)]

    def stored(self, machine: Machine, places: Sequence[Place]) -> dict[str, Log]:
        """Its table."""
        query = "SELECT room, seq, id::text FROM said WHERE room = ANY(%s) ORDER BY room, seq"
        return _logs(machine, "bench_raw", query, places)


@dataclass
class Tutorial:
    """The chat of the Channels tutorial; `keeps` its database connections."""

    name: str = "tutorial"
    numbered: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    keeps: bool = False

    @contextmanager
    def running(self, machine: Machine) -> Iterator[Running]:
        """uvicorn as it comes."""
        environment = {
            "TUTORIAL_DATABASE": _fresh_database(machine, "bench_tutorial"),
            "TUTORIAL_DATABASE_HOST": str(socket_dir(machine.cluster.data)),
            "TUTORIAL_REDIS": machine.redis.url,
            "TUTORIAL_KEEPS": "1" if self.keeps else "",
        }
        command = ["-m", "uvicorn", "tests.load.rooms.tutorial.asgi:application", "--port", "PORT"]
        with started(machine, [*command, "--log-level", "critical"], **environment) as running:
            yield running

    def places(self, *, rooms: int, members: int) -> list[Place]:
        """Any word is a room."""
        made = os.urandom(4).hex()
        names = [f"{made}_{number}" for number in range(rooms)]
        return [Place(name, f"/ws/chat/{name}/", [""] * members) for name in names]

    def stored(self, machine: Machine, places: Sequence[Place]) -> dict[str, Log]:
        """Its table, in the order of its ids, which is not the order of delivery."""
        query = "SELECT room_name, id, key::text FROM tutorial_message WHERE room_name = ANY(%s) ORDER BY id"
        return _logs(machine, "bench_tutorial", query, places)


def _fresh_database(machine: Machine, name: str) -> str:
    with machine.cluster.connect(user=SUPERUSER, database="postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return name


def _logs(machine: Machine, database: str, query: str, places: Sequence[Place]) -> dict[str, Log]:
    found: dict[str, Log] = {place.name: [] for place in places}
    with machine.cluster.connect(user=SUPERUSER, database=database) as connection:
        for name, seq, key in connection.execute(query, [list(found)]):
            found[name].append((seq, key))
    return found
