"""A backup: the data without a key in it, the keys elsewhere, and both put back into an empty database."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from peersupport.accounts.models import SafeContact, User
from peersupport.chat import log
from peersupport.chat.protocol.events import LogLine
from peersupport.database import binaries, pool
from peersupport.database.address import DATABASE_NAME, OWNER_ROLE
from peersupport.database.cluster import SUPERUSER, Cluster
from peersupport.database.embedded import CHECKOUT
from peersupport.groups.models import Membership
from peersupport.vault import keys
from peersupport.vault.keys import KeyDestroyed, WrongKey
from peersupport.vault.models import DataKey
from tests.browsing import apart
from tests.chat.conftest import Evening, open_evening_room, people, settled_evening
from tests.chat.saying import filled

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["open_evening_room", "people", "settled_evening"]

CANARY = "canary: the name of his teacher"
ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Places:
    """Where a test's backups lie."""

    data: Path
    keys: Path


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A directory for the data and, apart from it, a file for the keys."""
    return Places(data=tmp_path / "data", keys=tmp_path / "apart" / "keys.dump")


@pytest.fixture
def elsewhere(cluster: Cluster) -> Iterator[str]:
    """Another, empty database of the same server."""
    name = sql.Identifier(ELSEWHERE)
    with cluster.connect(user=SUPERUSER, database="postgres") as server:
        owner = sql.Identifier(OWNER_ROLE)
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(name, owner))
        try:
            yield ELSEWHERE
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@contextmanager
def signed_in(**settings: str) -> Iterator[None]:
    """Connected with other settings (USER, NAME, HOST), as a process that has just started."""
    before = dict(connection.settings_dict)
    connection.close()
    keys.cache.clear()
    connection.settings_dict.update(settings)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
        keys.cache.clear()


def backup(places: Places, *, with_keys: bool = True) -> None:
    with signed_in(USER=OWNER_ROLE):
        call_command("backup", places.data, keys=places.keys if with_keys else None)


def restore(places: Places, *, with_keys: bool = True, into: str = ELSEWHERE) -> None:
    with signed_in(USER=OWNER_ROLE, NAME=into):
        call_command("restore", places.data, keys=places.keys if with_keys else None)


def as_text(dump: Path) -> str:
    """Every statement of a dump, uncompressed: what is in it stands in this."""
    program = binaries.shipped_program("pg_restore")
    assert program
    return subprocess.run([program, "--file=-", dump], capture_output=True, text=True, check=True).stdout


def said(room: UUID) -> list[str]:
    """What was said in a room, as its members read it."""

    async def read() -> list[LogLine]:
        async with pool.connection() as one:
            return (await log.read_after(one, {room: 0}))[room].lines

    return [line.body for line in apart(lambda: async_to_sync(read)()) if line.body]


def tables_in(cluster: Cluster, database: str) -> int:
    with cluster.connect(user=OWNER_ROLE, database=database) as owner:
        found = owner.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'vault')"
        ).fetchone()
    assert found
    return int(found[0])


@pytest.fixture
def writers(open_evening_room: Evening) -> Evening:
    """A room in which three parents said the canary."""
    filled(open_evening_room, 3, words=CANARY)
    assert said(open_evening_room.room.pk) == [CANARY] * 3, "there must be something to leak"
    return open_evening_room


@pytest.mark.check(47, 54)
def test_no_word_and_no_key_is_in_the_data_that_is_backed_up(writers: Evening, places: Places) -> None:
    User.objects.create_user(sign_in_name="canary-lake-1000")
    backup(places)
    data, apart_from_it = as_text(places.data / "data.dump"), as_text(places.keys)
    wrapped = [bytes(one.wrapped).hex() for one in DataKey.objects.all() if one.wrapped]
    assert "canary-lake-1000" in data, "what is plain is in it"
    assert wrapped
    assert [key for key in wrapped if key not in apart_from_it] == []
    assert [key for key in wrapped if key in data] == []
    assert [form for form in (CANARY, CANARY.encode().hex(), "data_key") if form in data] == []


@pytest.mark.check(54)
def test_the_files_are_their_owners_alone_and_nothing_else_is_left(writers: Evening, places: Places) -> None:
    backup(places)
    files = [*places.data.iterdir(), *places.keys.parent.iterdir()]
    assert [file.name for file in files] == ["data.dump", "keys.dump"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_what_was_said_is_read_in_the_new_database_with_its_keys(
    writers: Evening, places: Places, elsewhere: str, capsys: Any
) -> None:
    backup(places)
    restore(places)
    assert "The data and its keys are back." in capsys.readouterr().out
    with signed_in(NAME=elsewhere):
        assert said(writers.room.pk) == [CANARY] * 3


@pytest.mark.check(54)
def test_without_its_keys_everything_sealed_stays_closed(
    writers: Evening, places: Places, elsewhere: str, capsys: Any
) -> None:
    contact = SafeContact.objects.create(subject=writers.seats["aino"], address="aino@example.org").pk
    backup(places, with_keys=False)
    restore(places, with_keys=False)
    assert "every sealed text stays closed" in capsys.readouterr().out
    with signed_in(NAME=elsewhere):
        assert Membership.objects.filter(group=writers.cast.alder).exists(), "the rest is there"
        assert said(writers.room.pk) == []
        with pytest.raises(WrongKey):
            _ = SafeContact.objects.get(pk=contact).address


@pytest.mark.check(52)
def test_who_was_erased_since_stays_erased_when_an_older_copy_comes_back(
    writers: Evening, places: Places, elsewhere: str
) -> None:
    backup(places, with_keys=False)
    keys.destroy(subject=writers.seats["aino"])
    newer = Places(data=places.data.with_name("newer"), keys=places.keys)
    backup(newer)
    restore(places)
    with signed_in(NAME=elsewhere):
        assert said(writers.room.pk) == [CANARY] * 2
        with pytest.raises(KeyDestroyed):
            keys.key_for(writers.seats["aino"])


def test_the_site_has_its_own_rights_in_the_new_database_and_no_others(
    writers: Evening, places: Places, elsewhere: str
) -> None:
    backup(places)
    restore(places)
    with signed_in(NAME=elsewhere), connection.cursor() as cursor:
        for table, right, given in (
            ("accounts_user", "UPDATE", True),
            ("vault.data_key", "UPDATE", True),
            ("audit_entry", "INSERT", True),
            ("audit_entry", "UPDATE", False),
            ("accounts_user", "TRUNCATE", False),
        ):
            cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
            assert cursor.fetchone() == (given,), f"{right} on {table}"


def test_a_backup_is_put_into_an_empty_database_only(cluster: Cluster, places: Places) -> None:
    backup(places)
    before = tables_in(cluster, DATABASE_NAME)
    with pytest.raises(CommandError, match="not empty"):
        restore(places, into=DATABASE_NAME)
    assert tables_in(cluster, DATABASE_NAME) == before


@pytest.mark.parametrize("which", ["data", "keys"])
def test_nothing_is_overwritten(places: Places, which: str) -> None:
    file = {"data": places.data / "data.dump", "keys": places.keys}[which]
    file.parent.mkdir()
    file.write_text("an older one")
    with pytest.raises(CommandError, match="exists; nothing is overwritten"):
        backup(places)
    assert file.read_text() == "an older one"
    assert sorted(places.data.parent.rglob("*")) == sorted([file.parent, file])


@pytest.mark.check(54)
@pytest.mark.parametrize("where", ["keys.dump", "deeper/keys.dump", "../data/keys.dump"])
def test_keys_are_not_put_beside_the_data(places: Places, where: str) -> None:
    with pytest.raises(CommandError, match="kept apart"):
        backup(Places(data=places.data, keys=places.data / where))
    assert not places.data.exists()


def test_a_disk_that_is_full_leaves_nothing_half_written(places: Places) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        with pytest.raises(CommandError, match=r"Nothing was written. pg_dump failed. \S+"):
            backup(places)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(places.data.iterdir()) == []


def test_a_place_that_is_no_directory_is_named(places: Places) -> None:
    places.data.write_text("a file")
    with pytest.raises(CommandError, match=f"{places.data}: {os.strerror(errno.EEXIST)}"):
        backup(places)


@pytest.mark.parametrize("command", [backup, restore])
def test_a_database_that_does_not_answer_is_said_so(
    places: Places, command: Callable[[Places], None]
) -> None:
    with signed_in(HOST="/nowhere"), pytest.raises(CommandError, match="cannot be reached"):
        command(places)
    assert not places.data.exists()


def test_programs_older_than_the_server_are_named(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "bin" / "pg_dump"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.2'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{old.parent}:/usr/bin:/bin")
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")
    with pytest.raises(CommandError, match=r"needs a pg_dump of that version or newer; there is: 14"):
        backup(places)


def test_files_that_are_exchanged_or_broken_are_refused_and_the_database_stays_empty(
    cluster: Cluster, places: Places, elsewhere: str
) -> None:
    backup(places)
    data = places.data / "data.dump"
    exchanged = Places(data=places.keys.parent, keys=data)
    places.keys.rename(places.keys.with_name("data.dump"))
    with pytest.raises(CommandError, match=r"is no dump of the data alone"):
        restore(exchanged)
    with pytest.raises(CommandError, match=r"is no dump of the keys alone"):
        restore(Places(data=places.data, keys=data))
    with pytest.raises(CommandError, match=r"There is no file"):
        restore(places)
    places.keys.with_name("data.dump").rename(places.keys)
    data.write_bytes(data.read_bytes()[:-20])
    with pytest.raises(CommandError, match=r"pg_restore failed"):
        restore(places)
    assert tables_in(cluster, elsewhere) == 0
    with cluster.connect(user=OWNER_ROLE, database=elsewhere) as owner:
        assert owner.execute("SELECT to_regnamespace('vault')").fetchone() == (None,)


def test_both_commands_sign_in_as_the_owner(writers: Evening, places: Places, elsewhere: str) -> None:
    """As an operator runs them, in a process of their own: the site's role could make no table."""
    there = {
        name: os.environ[name].replace(f"/{DATABASE_NAME}?", f"/{elsewhere}?")
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    for command, settings in (("backup", {}), ("restore", there)):
        subprocess.run(
            [sys.executable, "manage.py", command, places.data, "--keys", places.keys],
            cwd=CHECKOUT,
            env={**os.environ, **settings},
            capture_output=True,
            check=True,
        )
    with signed_in(NAME=elsewhere):
        assert said(writers.room.pk) == [CANARY] * 3
