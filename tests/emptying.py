"""Emptying all tables after a test: quickly, and also while a server of the test looks into them.

What the migrations leave in every database, kinds of rows and rights, stays as it is: no test changes it, and
to make it anew each time took longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands import flush
from django.db import OperationalError, connection
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg.errors import DeadlockDetected

STAYS = {"django_content_type", "auth_permission"}
TRIES = 5
# The audit's trigger lets nobody empty it; see throwaway.grant_truncate for why the tests may.
PAST_TRIGGERS = "SET LOCAL session_replication_role = replica"


def all_but_what_stays(patch: pytest.MonkeyPatch) -> None:
    """How it is done from now on."""
    statements_for, execute = DatabaseOperations.sql_flush, DatabaseOperations.execute_sql_flush

    def statements(self: DatabaseOperations, style: Any, tables: Iterable[str], **how: Any) -> list[str]:
        # All, not those given: Django leaves out what lies in another schema, the keys of the vault.
        given = statements_for(self, style, filled_tables(), **{**how, "allow_cascade": True})
        return [PAST_TRIGGERS, *given] if given else []

    def emptied(self: DatabaseOperations, statements: Iterable[str]) -> None:
        for tries_left in reversed(range(TRIES)):
            try:
                # Locks the tables one by one; the server may hold one and wait for another.
                execute(self, statements)
                break
            except OperationalError as error:
                if not (tries_left and isinstance(error.__cause__, DeadlockDetected)):
                    raise

    patch.setattr(DatabaseOperations, "sql_flush", statements)
    patch.setattr(DatabaseOperations, "execute_sql_flush", emptied)
    patch.setattr(flush, "emit_post_migrate_signal", lambda *_given, **_more: None)


@cache
def _all_tables() -> list[str]:
    return [table for table in connection.introspection.django_table_names() if table not in STAYS]


def filled_tables() -> list[str]:
    """The tables with something in them: most have nothing, and emptying one costs a millisecond."""
    quoted = connection.ops.quote_name
    each = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {quoted(table)})" for table in _all_tables()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return [table for (table,) in cursor.fetchall()]


def once_more() -> None:
    """After a server has gone: it may have finished a request when the tables were empty already."""
    call_command("flush", interactive=False, reset_sequences=False, verbosity=0)
