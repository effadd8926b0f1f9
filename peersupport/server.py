"""Runs the site: `python -m peersupport.server`. With --prepare everything is brought up to date first."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import django
import psycopg
import uvicorn
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from uvicorn.supervisors import Multiprocess

from peersupport.database import pooled
from peersupport.database.binaries import CannotStart
from peersupport.database.embedded import database_held
from peersupport.registries.environment import read, read_number

CHECKOUT = Path(__file__).resolve().parents[1]
# The bound for one frame of a room (docs/room-protocol.md).
FRAME_BYTES = 64 * 1024
GRACE_SECONDS = 10
# A laptop that sleeps says no goodbye, and as long as its socket stands a facilitator counts as in the room.
# Who answers no ping is let go after both: within 20 seconds, and a minute later every message waits.
PING_SECONDS, PONG_SECONDS = 10.0, 10.0
PORT_MOST = 65_535
# How the server speaks: also in tests, which start one of their own.
SPEAKING: dict[str, Any] = {
    "lifespan": "on",
    # h11 bounds the size of a request's head; httptools does not.
    "http": "h11",
    "ws": "peersupport.chat.hub.wire:Wire",
    "ws_max_size": FRAME_BYTES,
    "ws_per_message_deflate": False,
    "ws_ping_interval": PING_SECONDS,
    "ws_ping_timeout": PONG_SECONDS,
    "server_header": False,
    # Which X-Forwarded-For is believed is decided in one place of our own, by how many proxies there are.
    "proxy_headers": False,
    # Addresses of pages and people are written nowhere.
    "access_log": False,
    "log_config": None,
    "timeout_graceful_shutdown": GRACE_SECONDS,
}
POOLED_CONNECTIONS = "10"
Command = tuple[str, ...]


class CannotServe(Exception):
    """The site cannot be started; the message is for the operator."""


def main(arguments: Sequence[str]) -> None:
    """Hold the port and the database, prepare if asked to, serve until SIGINT or SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")
    os.environ.setdefault("PEERSUPPORT_DATABASE_POOL", POOLED_CONNECTIONS)
    try:
        with ExitStack() as held:
            sockets = listening(bind=read("PEERSUPPORT_BIND"), port=read_number("PORT"))
            for each in sockets:
                held.enter_context(each)
            held.enter_context(
                database_held(database_url=read("DATABASE_URL"), data_dir=read("PEERSUPPORT_DATA_DIR"))
            )
            _reach(read("DATABASE_URL"))
            django.setup()
            welcome = _prepare() if "--prepare" in arguments else ""
            _check()
            if "--prepare" in arguments:
                held.enter_context(_printing())
            _serve(sockets, welcome)
    except (CannotServe, CannotStart, ImproperlyConfigured) as reason:
        sys.exit(f"The site cannot start. {reason}")


def listening(*, bind: str, port: int) -> list[socket.socket]:
    """Sockets bound to the address; for the loopback address of either family both, so that "localhost"
    answers whatever a browser takes it for. Raises CannotServe where the port is taken, or none at all.
    """
    if not 1 <= port <= PORT_MOST:
        raise CannotServe(f"PORT must be a number from 1 to {PORT_MOST}, not {port}.")
    loopback = bind in {"127.0.0.1", "localhost", "::1"}
    addresses = ["127.0.0.1", "::1"] if loopback else [bind]
    bound: list[socket.socket] = []
    try:
        for address in addresses:
            bound.append(_bound(address, port))
    except OSError as error:
        # A machine without IPv6 has no ::1; everywhere else that is a reason to stop.
        if not (bound and address == "::1" and error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}):
            for each in bound:
                each.close()
            raise CannotServe(_why(error, address, port)) from error
    return bound


def _bound(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    each = socket.socket(family)
    try:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        each.bind((address, port))
    except OSError:
        each.close()
        raise
    return each


def _why(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken: something else, perhaps an earlier start, already answers there. "
            f"Stop it, or choose another port: PORT={port + 1} bin/serve"
        )
    return f"The address {address}, port {port}, cannot be used: {error.strerror}."


def _reach(database_url: str) -> None:
    """Say in one line that a database of DATABASE_URL is away, before anything waits for it."""
    if not database_url:
        return
    try:
        psycopg.connect(database_url, connect_timeout=10).close()
    except psycopg.Error as error:
        raise CannotServe(f"The database of DATABASE_URL cannot be reached: {error}") from error


def _prepare() -> str:
    """Bring schema, files, guides and demonstration up to date; gives what the demonstration has to say."""
    _run(("migrate", "--verbosity", "0"), ("collectstatic", "--no-input", "--verbosity", "0"))
    demonstration: list[Command] = [("demo",)] if settings.DEMO else []
    return "".join(_run(("guides", "publish", "--without-papers"), *demonstration)[1:])


def _run(*commands: Command) -> list[str]:
    """Run manage.py's commands side by side, each in the role it needs, and give what each printed.

    Raises CannotServe when all have ended and one of them failed.
    """
    running = [_started(command, says=subprocess.PIPE) for command in commands]
    try:
        said = [each.communicate()[0] for each in running]
    finally:
        # Told to stop meanwhile: nothing goes on by itself.
        for each in running:
            if each.poll() is None:
                each.terminate()
    for command, each in zip(commands, running, strict=True):
        if each.returncode:
            raise CannotServe(f"'manage.py {' '.join(command)}' failed; its message stands above.")
    return said


@contextmanager
def _printing() -> Iterator[None]:
    """Has the papers of the guides made beside the server: the pages are there and say what is still to come.

    Left unfinished where the server is stopped; what was made stays, and the next start goes on."""
    running = _started(("guides", "print"), says=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.terminate()
        running.wait()


def _started(command: Command, *, says: int) -> subprocess.Popen[str]:
    """manage.py's command, running."""
    environment = {name: value for name, value in os.environ.items() if name != "PEERSUPPORT_DATABASE_POOL"}
    return subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, CHECKOUT / "manage.py", *command],
        cwd=CHECKOUT,
        env=environment,
        stdout=says,
        text=True,
    )


def _check() -> None:
    """Refuse to serve what the system checks refuse. Raises CannotServe."""
    try:
        found = checks.run_checks(databases=["default"])
    finally:
        pooled.close_all()
    serious = [str(message) for message in found if message.is_serious() and not message.is_silenced()]
    if serious:
        raise CannotServe("\n" + "\n".join(serious))


def _serve(sockets: list[socket.socket], welcome: str) -> None:
    config = uvicorn.Config(
        "peersupport.asgi:application",
        workers=settings.PROCESSES,
        loop="uvloop",
        **SPEAKING,
    )
    greeting = f"\n{settings.SITE_NAME} is at http://localhost:{settings.PORT}\n\n{welcome}".rstrip()
    if settings.PROCESSES > 1:
        print(greeting, flush=True)  # noqa: T201 - to the person who started it
        Multiprocess(config, sockets=sockets).run()
        return
    server = _GreetingServer(config)
    server.greeting = greeting
    server.run(sockets=sockets)
    if not server.started:
        raise CannotServe("A part of it failed; its message stands above.")


class _GreetingServer(uvicorn.Server):
    """Says where it is once it answers."""

    greeting = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self.greeting, flush=True)  # noqa: T201 - to the person who started it


def _leave(number: int, frame: FrameType | None) -> None:
    """Unwind: everything held is let go in order. A second signal does not disturb that."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
