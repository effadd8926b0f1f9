"""The server's database connections: kept in a pool while it runs, closed when it stops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgiref.sync import sync_to_async
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper


@asynccontextmanager
async def connections_closed() -> AsyncIterator[None]:
    """Nothing to open beforehand; afterwards no connection and no thread of a pool is left."""
    try:
        yield
    finally:
        await sync_to_async(close_all, thread_sensitive=False)()


def close_all() -> None:
    """Close this thread's connections and the pools they came from."""
    for connection in connections.all():
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()
