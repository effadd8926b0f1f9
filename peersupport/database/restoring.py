"""Puts a backup into an empty database, with its keys or without."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from peersupport.database.backing_up import DATA_FILE, KEYS_SCHEMA
from peersupport.database.programs import NOBODYS, CannotCopy, contents, program_for, run
from peersupport.database.roles import grant_web

WHOLE_OR_NOT = ("--single-transaction", "--exit-on-error", *NOBODYS)
KEYS_TABLE = f" TABLE DATA {KEYS_SCHEMA} "
DATA_TABLE = " TABLE DATA public "

ANYTHING = """
SELECT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
) OR to_regnamespace(%s) IS NOT NULL
"""


def restore(using: BaseDatabaseWrapper, *, directory: Path, keys: Path | None) -> None:
    """Put `directory`/data.dump and the keys back, and give the site's role its rights.

    Without `keys` the vault is there and empty: the site runs, and what was sealed stays closed. Call it with
    the owner's connection. Raises CannotCopy, and leaves the database empty, for one that is not empty or
    does not answer, for files that are not what they should be, and for a failing pg_restore.
    """
    program = program_for(using, "pg_restore")
    _refuse_what_is_full(using)
    data = directory / DATA_FILE
    _look_into(program, data, keys)
    if keys:
        run(using, program, *WHOLE_OR_NOT, str(keys))
    try:
        run(using, program, *WHOLE_OR_NOT, str(data))
    except CannotCopy:
        # The database was empty: the keys that are in it are those of a moment ago.
        with using.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {KEYS_SCHEMA} CASCADE")
        raise
    if not keys:
        _make_empty_vault(using)
    if settings.DATABASE_WEB_ROLE and using.settings_dict["USER"] != settings.DATABASE_WEB_ROLE:
        grant_web(using, settings.DATABASE_WEB_ROLE)


def _refuse_what_is_full(using: BaseDatabaseWrapper) -> None:
    with using.cursor() as cursor:
        cursor.execute(ANYTHING, [KEYS_SCHEMA])
        if cursor.fetchone() != (False,):
            raise CannotCopy(
                f"The database {using.settings_dict['NAME']!r} is not empty. A backup is put into an empty "
                "one only: make a new database, or choose another PEERSUPPORT_DATA_DIR."
            )


def _look_into(program: Path, data: Path, keys: Path | None) -> None:
    for file in filter(None, (data, keys)):
        if not file.is_file():
            raise CannotCopy(f"There is no file {file}.")
    listed = contents(program, data)
    if KEYS_TABLE in listed or DATA_TABLE not in listed:
        raise CannotCopy(f"{data} is no dump of the data alone.")
    if keys:
        listed = contents(program, keys)
        if DATA_TABLE in listed or KEYS_TABLE not in listed:
            raise CannotCopy(f"{keys} is no dump of the keys alone.")


def _make_empty_vault(using: BaseDatabaseWrapper) -> None:
    """The vault as its migrations make it: those that the data says have run, which now run again."""
    loader = MigrationExecutor(using).loader
    state = ProjectState()
    with using.schema_editor() as editor:
        for app, name in sorted(loader.applied_migrations):
            if app == KEYS_SCHEMA:
                state = loader.graph.nodes[app, name].apply(state, editor)
