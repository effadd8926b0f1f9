"""The database's disk is full: PostgreSQL itself says so, at the table of the test's choice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql

from peersupport.database.address import OWNER_ROLE
from peersupport.database.cluster import Cluster

# SQLSTATE 53100, the words of PostgreSQL's own md.c: to whoever writes it is the same error.
REFUSING = """
CREATE FUNCTION no_room_left() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$
"""


@contextmanager
def full_at(cluster: Cluster, table: str) -> Iterator[None]:
    """Nothing more can be written to this table. The test's own transactions must have ended."""
    trigger = sql.SQL("CREATE TRIGGER full_disk BEFORE INSERT ON {} EXECUTE FUNCTION no_room_left()")
    with cluster.connect(user=OWNER_ROLE) as owner:
        owner.execute(REFUSING)
        try:
            owner.execute(trigger.format(sql.Identifier(table)))
            yield
        finally:
            owner.execute("DROP FUNCTION no_room_left() CASCADE")
