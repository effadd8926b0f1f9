"""A PostgreSQL server of the tests' own: made for one run, in a temporary directory, deleted after it."""

from __future__ import annotations

import atexit
import base64
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from peersupport.database.address import DATABASE_NAME, OWNER_ROLE, socket_dir
from peersupport.database.cluster import SUPERUSER, Cluster

PREFIX = "peersupport-tests-"
# Has exactly the rights of the site's role, plus what emptying.py needs.
TEST_ROLE = "peersupport_test"
LEFT_BEHIND_SECONDS = 600
RELOAD_SECONDS = 10
# What a cluster that is thrown away leaves undone; PostgreSQL's own default is on.
WRITTEN_THROUGH = ("fsync", "full_page_writes", "synchronous_commit")
# Emptying the tables after a test makes and deletes hundreds of files; in memory that takes half the time.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 2 * 2**30
SECRET_KEY = "a key of the tests alone, as long as a real one has to be: 0123456789"
MASTER_KEY = base64.b64encode(b"a master key of the tests alone.").decode()
SETTINGS_PREFIXES = ("PEERSUPPORT_", "DATABASE_", "REDIS_", "EMAIL_", "GUIDES_", "PORT")


def prepare_environment(*, on_disk: bool = False) -> None:
    """Point every setting at this run's own directory and server; whatever the caller had set is dropped.

    `on_disk`: where a commit has to reach the disk, because it is timed.
    """
    for name in [name for name in os.environ if name.startswith(SETTINGS_PREFIXES)]:
        del os.environ[name]
    data = Path(tempfile.mkdtemp(prefix=PREFIX, dir=None if on_disk else _in_memory())).resolve()
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    # As root PostgreSQL runs as another account, which has to pass through.
    data.chmod(0o711)
    # WhiteNoise looks for it as soon as the application is imported; it is filled before the first test.
    (data / "static").mkdir()
    os.environ |= {
        # Servers that a test starts read the site's settings as they are, and the same environment.
        "DJANGO_SETTINGS_MODULE": "peersupport.settings",
        "PEERSUPPORT_DATA_DIR": str(data),
        "PEERSUPPORT_SECRET_KEY": SECRET_KEY,
        "PEERSUPPORT_MASTER_KEY": MASTER_KEY,
        "DATABASE_URL": _url(data, TEST_ROLE),
        "DATABASE_OWNER_URL": _url(data, OWNER_ROLE),
    }


@contextlib.contextmanager
def running(data: Path) -> Iterator[Cluster]:
    """The run's server, empty but for its roles; stopped at the end."""
    _delete_left_behind(data.parent)
    cluster = Cluster(data, throwaway=True, roles=(TEST_ROLE,))
    with cluster.held():
        yield cluster


@contextlib.contextmanager
def durable(cluster: Cluster) -> Iterator[None]:
    """Writing through what was committed, as a real site's server does; whoever is connected, too."""
    with cluster.connect(user=SUPERUSER) as superuser:
        for name in WRITTEN_THROUGH:
            superuser.execute(f"ALTER SYSTEM SET {name} = on")
        superuser.execute("SELECT pg_reload_conf()")
        # The server reads it before it tells this connection: whoever comes from here on has it.
        until = time.monotonic() + RELOAD_SECONDS
        while superuser.execute(f"SHOW {WRITTEN_THROUGH[-1]}").fetchone() != ("on",):
            assert time.monotonic() < until, "the server did not read its settings again"
            time.sleep(0.01)
    try:
        yield
    finally:
        # A connection of its own: the server may have been restarted meanwhile.
        with cluster.connect(user=SUPERUSER) as superuser:
            for name in WRITTEN_THROUGH:
                superuser.execute(f"ALTER SYSTEM RESET {name}")
            superuser.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def as_owner() -> Iterator[None]:
    """Signed in to the database as the schema's owner."""
    site_role = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = OWNER_ROLE
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = site_role


def grant_truncate(cluster: Cluster) -> None:
    """Let the tests' role empty every table there is now, the audit included.

    Whoever may set session_replication_role can pass by triggers. That right only a superuser gives, and no
    code of the site asks for it.
    """
    with cluster.connect(user=SUPERUSER) as superuser:
        superuser.execute(f"GRANT SET ON PARAMETER session_replication_role TO {TEST_ROLE}")
        for schema in ("public", "vault"):
            if superuser.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema]).fetchone() == (True,):
                superuser.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA {schema} TO {TEST_ROLE}")


def _url(data: Path, role: str) -> str:
    return f"postgresql://{role}@/{DATABASE_NAME}?host={quote(str(socket_dir(data)), safe='')}"


def _in_memory() -> Path | None:
    """Where files stay in memory, if there is room; None for the usual place."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        return MEMORY
    return None


def _delete_left_behind(parent: Path) -> None:
    """Directories of runs that were killed: nobody holds them any more."""
    for old in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime < LEFT_BEHIND_SECONDS:
                continue
            with (old / "server" / "holders").open("a") as holding:
                fcntl.flock(holding, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(old)
