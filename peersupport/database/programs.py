"""Runs PostgreSQL's own pg_dump and pg_restore against the database that Django is connected to."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import pq

from peersupport.database.binaries import shipped_program

VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
# Both roles' names and rights belong to a site, not to its data: grant_web gives them anew.
NOBODYS = ("--no-owner", "--no-privileges")


class CannotCopy(Exception):
    """The database can be neither written out nor put back; the message is for the operator."""


def program_for(using: BaseDatabaseWrapper, name: str) -> Path:
    """The program ("pg_dump") of the server's own version, else of the next newer one there is.

    Shipped with the embedded server, or on PATH. An older one cannot read the server, and what a newer one
    writes an older server may refuse. Raises CannotCopy where there is none, or no server.
    """
    server = _server_version(using)
    there = [Path(place) for place in (shipped_program(name), shutil.which(name)) if place]
    versions = {_version(place): place for place in reversed(there)}
    fitting = [version for version in versions if version >= server]
    if not fitting:
        have = ", ".join(str(version) for version in sorted(versions)) or "none"
        raise CannotCopy(
            f"The server is PostgreSQL {server} and needs a {name} of that version or newer; there is: "
            f"{have}. Install the programs of PostgreSQL {server} and put them on PATH."
        )
    return versions[min(fitting)]


def run(using: BaseDatabaseWrapper, program: Path, *arguments: str) -> None:
    """Run the program against the connection's database. CannotCopy with its own words where it fails."""
    address, secret = _address(using)
    more = {"PGPASSWORD": secret} if secret else {}
    _finished([str(program), *arguments, f"--dbname={address}"], **more)


def contents(program: Path, file: Path) -> str:
    """What a dump holds, a line for each part, as pg_restore lists it. CannotCopy for what is no dump."""
    return _finished([str(program), "--list", str(file)])


def _finished(command: Sequence[str], **more: str) -> str:
    done = subprocess.run(  # noqa: S603 - PostgreSQL's programs with arguments of our own
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, **more},
        check=False,
    )
    if done.returncode:
        ended = f"Ended by {signal.Signals(-done.returncode).name}." if done.returncode < 0 else ""
        raise CannotCopy(f"{Path(command[0]).name} failed. {done.stderr.strip() or ended}")
    return done.stdout


def _server_version(using: BaseDatabaseWrapper) -> int:
    try:
        using.ensure_connection()
    except OperationalError as error:
        raise CannotCopy(f"The database cannot be reached: {error}") from error
    return int(using.connection.info.server_version) // 10000


def _version(program: Path) -> int:
    found = VERSION.search(_finished([str(program), "--version"]))
    return int(found[1]) if found else 0


def _address(using: BaseDatabaseWrapper) -> tuple[str, str]:
    """The connection as libpq writes it, without the password, which other users of a machine could see."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    chosen = {name: value for name, value in using.get_connection_params().items() if name in known}
    secret = chosen.pop("password", "")
    return psycopg.conninfo.make_conninfo(**chosen), secret
