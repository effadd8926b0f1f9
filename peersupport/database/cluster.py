"""The embedded PostgreSQL: made on first use, shared by all who hold it, stopped when the last lets go."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from peersupport.database import keeper
from peersupport.database.address import DATABASE_NAME, OWNER_ROLE, SOCKET_NAME, WEB_ROLE, socket_dir
from peersupport.database.binaries import Account, CannotStart, account, server_directory

SUPERUSER = "postgres"
# Recovery after a crash replays the log first.
START_SECONDS = 60.0
STOP_SECONDS = keeper.SHUTDOWN_SECONDS + 10.0

SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "wal_level": "replica",
    "io_method": "sync",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Statements, values and details of errors are people's words: none of them reaches the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
# For a cluster that is thrown away: nothing in it needs to outlive a crash.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL data directory with its socket, below `data`.

    `throwaway` turns durability off. `roles` are further sign-in roles, for the tests.
    """

    data: Path
    throwaway: bool = False
    roles: tuple[str, ...] = ()
    _own_keeper: list[int] = field(default_factory=list, repr=False, compare=False)

    @property
    def files(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.data / "postgres"

    @property
    def settings_dir(self) -> Path:
        """Settings, locks and the server's log: ours to write, the server's to read."""
        return self.data / "server"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have the server running inside this block. Raises CannotStart with words for the operator.

        Whoever comes first starts it, whoever leaves last stops it and returns when it has stopped. The locks
        belong to the process, so a holder that is killed counts as gone.
        """
        runs_as = account()
        self._prepare_directories(runs_as)
        with (self.settings_dir / "starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            holding = (self.settings_dir / "holders").open("a")
            try:
                # Waits for a server that is just being stopped.
                fcntl.flock(holding, fcntl.LOCK_SH)
                if self.pid() is None:
                    self._make(runs_as)
                    self._start(runs_as)
                    self._ensure_roles()
            except BaseException:
                holding.close()
                raise
        try:
            yield
        finally:
            self._let_go(holding)

    def pid(self) -> int | None:
        """The process id of the running server of this directory, or None.

        The number in postmaster.pid alone proves nothing: it may be stale and taken by another program. The
        server's working directory is its data directory.
        """
        try:
            number = int((self.files / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return number if _works_in(number, self.files) else None

    def connect(self, *, user: str, database: str = DATABASE_NAME) -> psycopg.Connection:
        """A connection as one of the cluster's roles, outside Django."""
        return psycopg.connect(
            host=str(socket_dir(self.data)), user=user, dbname=database, autocommit=True, connect_timeout=10
        )

    def _prepare_directories(self, runs_as: Account) -> None:
        socket = socket_dir(self.data)
        self.data.mkdir(parents=True, exist_ok=True, mode=0o711)
        self.settings_dir.mkdir(exist_ok=True, mode=0o711)
        if not socket.exists():
            socket.mkdir(mode=0o700)
            _give(socket, runs_as)
        if socket.lstat().st_mode & 0o077:
            raise CannotStart(f"{socket} is open to others; it must be yours alone (mode 0700).")
        for place in (socket, self.files):
            if place.exists() and place.lstat().st_uid != runs_as.uid:
                raise CannotStart(
                    f"{place} belongs to {_name(place.lstat().st_uid)}, but PostgreSQL would run as "
                    f"{runs_as.name}. Start as that user, or choose another PEERSUPPORT_DATA_DIR."
                )

    def _make(self, runs_as: Account) -> None:
        """initdb into a draft that is renamed when whole: a machine that fails half-way leaves no half."""
        if self.files.exists():
            return
        draft = self.data / "postgres.new"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        _give(draft, runs_as)
        made = subprocess.run(  # noqa: S603 - a program of our own package
            [
                server_directory(runs_as) / "bin/initdb",
                *("--pgdata", draft, "--username", SUPERUSER, "--auth", "peer", "--encoding", "UTF8"),
                *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *("--data-checksums", "--no-instructions"),
                *(("--no-sync",) if self.throwaway else ()),
            ],
            cwd="/",
            env=_bare_environment(),
            capture_output=True,
            text=True,
            check=False,
            **runs_as.popen_arguments(),
        )
        if made.returncode:
            raise CannotStart(
                f"PostgreSQL could not make its data directory in {draft}:\n{made.stderr.strip()}"
            )
        draft.rename(self.files)

    def _start(self, runs_as: Account) -> None:
        programs = server_directory(runs_as)
        self._refuse_other_version(programs)
        self._write_settings()
        self._drop_stale_locks()
        log = self.settings_dir / "postgres.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        pid = os.posix_spawn(
            sys.executable,
            [
                *(sys.executable, "-I", "-S", keeper.__file__),
                *(str(self.settings_dir / "holders"), str(log), str(runs_as.uid), str(runs_as.gid)),
                *(str(programs / "bin/postgres"), "-D", str(self.files)),
                *("-c", f"config_file={self.settings_dir / 'postgresql.conf'}"),
            ],
            _bare_environment(),
            # A session of its own: an interrupt from the terminal reaches whoever holds the server, not it.
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
            ],
        )
        self._own_keeper.append(pid)
        ended = _until(lambda: self._ready() or self._keeper_ended(), seconds=START_SECONDS)
        if not self._ready():
            why = "did not start" if ended else f"was not ready after {START_SECONDS:.0f} seconds"
            raise CannotStart(f"PostgreSQL {why}. Its log, {log}, ends with:\n{_tail(log)}")

    def _refuse_other_version(self, programs: Path) -> None:
        made_by = (self.files / "PG_VERSION").read_text().strip()
        shipped = programs.name.removeprefix("pginstall")
        if shipped and made_by != shipped:
            raise CannotStart(
                f"{self.files} was made by PostgreSQL {made_by}; this environment brings {shipped}, which "
                "cannot read it. Install the version that made it, or move the data with pg_dump."
            )

    def _write_settings(self) -> None:
        settings = {
            **SERVER_SETTINGS,
            **(THROWAWAY_SETTINGS if self.throwaway else {}),
            "unix_socket_directories": str(socket_dir(self.data)),
            "hba_file": str(self.settings_dir / "pg_hba.conf"),
            "ident_file": str(self.settings_dir / "pg_ident.conf"),
        }
        # Whoever may start the server owns its files, or is root: either could become any role anyway. The
        # roles bound what a statement can do, not who can sign in.
        people = {_name(os.geteuid()), "root"}
        ident = "".join(f'peersupport "{person}" all\n' for person in sorted(people))
        quoted = ((name, value.replace("'", "''")) for name, value in settings.items())
        self._write("postgresql.conf", "".join(f"{name} = '{value}'\n" for name, value in quoted))
        self._write("pg_hba.conf", "local all all peer map=peersupport\n")
        self._write("pg_ident.conf", ident)

    def _write(self, name: str, text: str) -> None:
        path = self.settings_dir / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)

    def _drop_stale_locks(self) -> None:
        """Remove lock files whose process id another program has by now; PostgreSQL would refuse to start.

        The same for one that has ended but was not yet collected by its parent. Only where no process works
        in the data directory any more; otherwise PostgreSQL's own checks decide.
        """
        processes = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        if any(_works_in(number, self.files) for number in processes):
            return
        socket = socket_dir(self.data) / SOCKET_NAME
        for lock in (self.files / "postmaster.pid", socket.with_name(f"{SOCKET_NAME}.lock"), socket):
            lock.unlink(missing_ok=True)

    def _ready(self) -> bool:
        try:
            lines = (self.files / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        # The eighth line is the state, as pg_ctl reads it.
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _keeper_ended(self) -> bool:
        if self._own_keeper and os.waitpid(self._own_keeper[-1], os.WNOHANG)[0]:
            self._own_keeper.clear()
        return not self._own_keeper

    def _ensure_roles(self) -> None:
        with self.connect(user=SUPERUSER, database="postgres") as connection:
            have = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER_ROLE, WEB_ROLE, *self.roles):
                if role not in have:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            name = sql.Identifier(DATABASE_NAME)
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]
            ).fetchone():
                owner = sql.Identifier(OWNER_ROLE)
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(name, owner)
                )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            users = sql.SQL(", ").join(sql.Identifier(role) for role in (WEB_ROLE, *self.roles))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, users))

    def _let_go(self, holding: IO[str]) -> None:
        with holding:
            try:
                fcntl.flock(holding, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # Others hold it, and this returns at once; or the keeper was quicker, and this waits for it.
                fcntl.flock(holding, fcntl.LOCK_SH)
            else:
                self._stop()

    def _stop(self) -> None:
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, keeper.FAST_SHUTDOWN)
        if not _until(lambda: self.pid() is None, seconds=keeper.SHUTDOWN_SECONDS):
            os.kill(pid, keeper.IMMEDIATE_SHUTDOWN)
            _until(lambda: self.pid() is None, seconds=STOP_SECONDS)
        _until(lambda: self._keeper_ended(), seconds=STOP_SECONDS)


def _give(directory: Path, runs_as: Account) -> None:
    if runs_as.uid != os.geteuid():
        os.chown(directory, runs_as.uid, runs_as.gid)


def _works_in(pid: int, directory: Path) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(directory)
    except OSError:
        return False


def _until(happened: Callable[[], bool], *, seconds: float) -> bool:
    """Ask every 10 ms until it happened; False where the time ran out."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _bare_environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user id {uid}"


def _tail(log: Path) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-8:])
    except OSError:
        return "(no log was written)"
