"""The site for servers that know no lifespan: what runs beside it starts with the first connection.

daphne tests.load.rooms.awake:application
"""

from __future__ import annotations

import asyncio

from peersupport.asgi import application as site
from peersupport.shell.asgi_types import ASGI, Message, Receive, Scope, Send


class Awake:
    """Plays the server's part of the lifespan itself. It is never told that the process ends."""

    def __init__(self, app: ASGI) -> None:
        self._app = app
        self._running: asyncio.Task[None] | None = None
        self._started = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, once everything beside it runs."""
        if self._running is None:
            self._running = asyncio.create_task(self._live())
        await self._started.wait()
        await self._app(scope, receive, send)

    async def _live(self) -> None:
        said: asyncio.Queue[Message] = asyncio.Queue()
        said.put_nowait({"type": "lifespan.startup"})

        async def heard(message: Message) -> None:
            self._started.set()

        await self._app({"type": "lifespan", "asgi": {"version": "3.0"}}, said.get, heard)


application = Awake(site)
