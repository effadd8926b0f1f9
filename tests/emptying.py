"""Emptying all tables after a test: quickly, and also while a server of the test looks into them.

What the migrations leave in every database, kinds of rows and rights, stays as it is: no test changes it, and
to make it anew each time took longer than all the rest.

Rows are deleted. To truncate a table gives it new files, and whoever is connected, the servers of the tests
too, learns anew what it looks like and plans its statements anew: that took longer than many a test itself.
"""

from __future__ import annotations

from functools import cache

import psycopg
import pytest
from django.db import connection
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected

from peersupport.database.cluster import SUPERUSER, Cluster

STAYS = {"django_content_type", "auth_permission"}
TRIES = 5
# What was deleted stays in the files, and in the way of who reads the table, until it is truncated.
TRUNCATED_EVERY = 50
# Those of the audit let nobody change it; see throwaway.grant_truncate for why the tests may pass by them.
PAST_TRIGGERS = "SET LOCAL session_replication_role = replica"
TRIGGERS_AGAIN = "SET LOCAL session_replication_role = origin"


class Emptying:
    """Empties the tables over a connection of its own, which no trigger and no foreign key stops."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._connection: psycopg.Connection | None = None
        self._times = 0

    def empty(self) -> None:
        """Empties whatever has something in it."""
        for tries_left in reversed(range(TRIES)):
            superuser = self._connected()
            try:
                self._empty(superuser)
                break
            except psycopg.OperationalError as error:
                # Locks the tables one by one: the server may hold one and wait for another. Closed: the test
                # has restarted the database.
                if not (tries_left and (superuser.closed or isinstance(error, DeadlockDetected))):
                    raise

    def close(self) -> None:
        """Lets the connection go."""
        if self._connection:
            self._connection.close()

    def _empty(self, superuser: psycopg.Connection) -> None:
        filled = [table for (table,) in superuser.execute(_asking_which().encode(), prepare=True)]
        if filled:
            self._times += 1
            truncated = self._times % TRUNCATED_EVERY == 0
            # Sent in one go, which makes it one transaction.
            superuser.execute("; ".join(_statements(filled, truncated=truncated)).encode())

    def _connected(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._cluster.connect(user=SUPERUSER)
            self._connection.execute("SET session_replication_role = replica")
        return self._connection


def _statements(filled: list[str], *, truncated: bool) -> list[str]:
    tables = [connection.ops.quote_name(table) for table in filled]
    if truncated:
        return [f"TRUNCATE {', '.join(tables)} CASCADE"]
    # Who is in the middle of writing comes to his end first: his rows would be left over.
    locked = f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"
    return [locked, *(f"DELETE FROM {table}" for table in tables)]


def after_each_test(patch: pytest.MonkeyPatch, emptying: Emptying) -> None:
    """Takes the place of Django's own way.

    It would look up each time what tables there are, truncate them all and fill what stays anew; and then
    close a connection that knows the tables, for one that has to learn them.
    """
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: emptying.empty())
    patch.setattr(TransactionTestCase, "_should_reload_connections", lambda _case: not _as_found())


def _as_found() -> bool:
    """Whether the test left Django's connection as it found it: in no transaction, and to a living server."""
    if connection.connection is None:
        return True
    return connection.get_autocommit() and not connection.in_atomic_block and connection.is_usable()


def filled_tables() -> list[str]:
    """The tables with something in them, as seen by Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute(_asking_which())
        return [table for (table,) in cursor.fetchall()]


@cache
def _asking_which() -> str:
    # All: Django's own list leaves out what lies in another schema, the keys of the vault.
    tables = [table for table in connection.introspection.django_table_names() if table not in STAYS]
    quoted = connection.ops.quote_name
    return " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {quoted(table)})" for table in tables
    )
