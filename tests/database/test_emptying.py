"""The tables are empty after a test, whatever it has left and whoever is still writing."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from peersupport.audit.recording import record
from peersupport.database.address import OWNER_ROLE
from peersupport.database.cluster import SUPERUSER, Cluster
from tests.cast import Cast
from tests.emptying import STAYS, TRUNCATED_EVERY, Emptying, filled_tables

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30.0
WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'LOCK TABLE%'"
WRITES = "INSERT INTO audit_entry (at, what, about, facts) VALUES (now(), 'something.happened', '', '{}')"


@pytest.mark.parametrize("before", [0, TRUNCATED_EVERY - 1], ids=["deleted", "truncated"])
def test_nothing_is_left_neither_what_triggers_guard_nor_what_lies_in_another_schema(
    before: int, cast: Cast, cluster: Cluster
) -> None:
    assert cast.alder
    assert {"audit_entry", '"vault"."data_key"', "groups_membership", "accounts_user"} <= set(filled_tables())
    emptying = Emptying(cluster)
    emptying._times = before
    emptying.empty()
    emptying.close()
    assert filled_tables() == []
    with cluster.connect(user=OWNER_ROLE) as owner:
        for table in STAYS:
            assert owner.execute(f"SELECT EXISTS (SELECT FROM {table})".encode()).fetchone() == (True,)


def test_who_is_in_the_middle_of_writing_comes_to_his_end_and_leaves_nothing_over(cluster: Cluster) -> None:
    record(what="something.happened", by=None)
    emptying = Emptying(cluster)
    with (
        ThreadPoolExecutor(1) as thread,
        cluster.connect(user=OWNER_ROLE) as writing,
        cluster.connect(user=SUPERUSER) as watching,
    ):
        with writing.transaction():
            writing.execute(WRITES)
            emptied = thread.submit(emptying.empty)
            until = time.monotonic() + PATIENCE
            while not watching.execute(WAITS).fetchone():
                assert time.monotonic() < until, "nobody waits for who writes"
                time.sleep(0.01)
        emptied.result(PATIENCE)
    emptying.close()
    assert filled_tables() == []


def test_a_connection_that_the_database_cut_is_replaced(cluster: Cluster) -> None:
    record(what="something.happened", by=None)
    emptying = Emptying(cluster)
    cut = emptying._connected().info.backend_pid
    with cluster.connect(user=SUPERUSER) as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 10000)", [cut])
    emptying.empty()
    emptying.close()
    assert filled_tables() == []
