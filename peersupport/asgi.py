"""The one ASGI application: pages, API and sockets, and what runs beside them.

Each room adds itself in one line: to `pages` by wrapping it, to `sockets` by taking its place, to
`WHILE_SERVING` with an async context manager, entered before the first request and left after the last.
"""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")

from django.core.asgi import get_asgi_application

# Sets Django up, which what follows needs.
django_pages = get_asgi_application()

from guides.serving import GuidesApp
from peersupport.chat.hub import sockets as room_sockets
from peersupport.database.pooled import connections_closed
from peersupport.demo.performing import performing
from peersupport.shell.asgi_types import ASGI, Message, Receive, Scope, Send
from peersupport.shell.files import StaticFiles
from peersupport.shell.headers import with_headers
from peersupport.work.serving import working

WhileServing = Callable[[], AbstractAsyncContextManager[None]]

# Nobody uploads anything, and Django answers a form above DATA_UPLOAD_MAX_MEMORY_SIZE with a page. What is
# longer than this is not even read.
BODY_BYTES = 1024 * 1024


def bounded_body(app: ASGI) -> ASGI:
    """`app`, but a request body above BODY_BYTES is answered 413 as soon as that is known."""

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > BODY_BYTES:
            await _too_large(send)
            return
        taken = 0
        answered = False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            return message if taken <= BODY_BYTES else {"type": "http.disconnect"}

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        await app(scope, counted, noted)
        if taken > BODY_BYTES and not answered:
            await _too_large(send)

    return bounded


async def _too_large(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"This is more than a form can hold."})


class Site:
    """One ASGI application that hands each connection to the part it is for."""

    def __init__(self, *, pages: ASGI, sockets: ASGI, while_serving: Sequence[WhileServing]) -> None:
        self.pages = pages
        self.sockets = sockets
        self.while_serving = while_serving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the lifespan of the process (ASGI 3.0)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await self.sockets(scope, receive, send)
        else:
            await self.pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as running:
            try:
                for start in self.while_serving:
                    await running.enter_async_context(start())
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def collecting_seldom() -> AsyncIterator[None]:
    """Whatever was loaded until now stays as long as the process: the collector of cycles need not go through
    it again, and not after every seven hundred objects. Entered last.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


guides = GuidesApp(cast(ASGI, django_pages))
pages = StaticFiles(guides)
sockets = cast(ASGI, room_sockets.application)
WHILE_SERVING: list[WhileServing] = [
    connections_closed,
    guides.watching,
    room_sockets.serving,
    working,
    performing,
    collecting_seldom,
]

application = Site(pages=with_headers(bounded_body(pages)), sockets=sockets, while_serving=WHILE_SERVING)
