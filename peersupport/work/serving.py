"""The loop inside the server: on a thread of its own, stopped with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from peersupport.work.loop import Worker


@asynccontextmanager
async def working() -> AsyncIterator[None]:
    """Does what is due while the process serves."""
    worker = Worker()
    running = asyncio.get_running_loop().run_in_executor(None, worker.run)
    try:
        yield
    finally:
        worker.stop()
        await running
