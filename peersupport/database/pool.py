"""Connections for the message path: psycopg's own, asynchronous, without the ORM and its thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import connections
from psycopg import AsyncConnection, OperationalError
from psycopg.errors import QueryCanceled
from psycopg_pool import AsyncConnectionPool, PoolTimeout

Connection = AsyncConnection[tuple[Any, ...]]

STATEMENT_TIMEOUT_MS = 5_000
# Half of what the database spent on a message was planning it anew. Every statement of the path goes by an
# index, row by row, whatever it is given: one plan serves all, also one made while the tables were empty.
PLANNING = (
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off"
    " -c enable_mergejoin=off -c enable_bitmapscan=off -c jit=off"
)
NAME = "rooms"  # by which an operator finds these connections in pg_stat_activity

Pool = AsyncConnectionPool[Connection]


class Pools(NamedTuple):
    """For everybody; and the one connection that commits messages. A pool hands out its connections in turn:
    each would plan anew, and be gone from the processor's caches when its turn comes.
    """

    shared: Pool
    kept: Pool


# Pools belong to the event loop they were opened in.
_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, Pools] = WeakKeyDictionary()


@asynccontextmanager
async def opened(*, size: int = 6) -> AsyncIterator[None]:
    """Keeps up to `size` connections for everything that runs in this event loop meanwhile."""
    # What is sent over the kept one is always the same: planned at its first use.
    pools = Pools(_pool(size - 1), _pool(1, prepare_threshold=0))
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        for pool in pools:
            await pool.open(wait=False)
            stack.push_async_callback(pool.close)
        _pools[loop] = pools
        stack.callback(_pools.pop, loop, None)
        yield


def _pool(most: int, **options: Any) -> Pool:
    given = {**_parameters(), **options}
    return AsyncConnectionPool(kwargs=given, min_size=1, max_size=most, open=False, timeout=10, name=NAME)


@asynccontextmanager
async def connection(*, kept: bool = False) -> AsyncIterator[Connection]:
    """A connection in autocommit mode: from this loop's pool, or one of its own where none is open.

    `kept`: the one that is there for committing messages, and for one caller at a time.
    """
    pools = _pools.get(asyncio.get_running_loop())
    if pools is not None:
        pool = pools.kept if kept else pools.shared
        async with pool.connection() as pooled:
            try:
                yield pooled
            except OperationalError:
                if pooled.closed:
                    # The server restarted: all idle connections are as dead as this one.
                    for each in pools:
                        await each.check()
                raise
        return
    async with await AsyncConnection.connect(**_parameters()) as single:
        yield single


def may_work_again(error: OperationalError) -> bool:
    """Whether the same may work on another connection at once: the server was restarted, or two transactions
    stood in each other's way. What took too long, or got no connection, would only take as long again.
    """
    return not isinstance(error, QueryCanceled | PoolTimeout)


def _parameters() -> dict[str, Any]:
    chosen = connections["default"].settings_dict
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parameters = {key: chosen[name] for key, name in named.items() if chosen.get(name)}
    own = chosen.get("OPTIONS", {})
    passed = {key: own[key] for key in own if key.startswith(("ssl", "target_session", "application"))}
    return {
        "application_name": NAME,
        **parameters,
        **passed,
        "autocommit": True,
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC {PLANNING}",
    }
