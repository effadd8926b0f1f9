"""Whether a connection waits for a lock that another one holds."""

from __future__ import annotations

from peersupport.database import pool


async def is_blocked(watch: pool.Connection, pid: int) -> bool:
    """Asked over `watch`, a third connection. `pid`: of the waiting one's backend."""
    found = await watch.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
    return await found.fetchone() == (True,)
