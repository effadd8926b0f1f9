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
from peersupport.shell import errors
from peersupport.shell.asgi_types import ASGI, Message, Receive, Scope, Send
from peersupport.shell.files import StaticFiles
from peersupport.shell.headers import with_headers
from peersupport.shell.strangers import Strangers
from peersupport.work.serving import working

WhileServing = Callable[[], AbstractAsyncContextManager[None]]

# Nobody uploads anything, and Django answers a form above DATA_UPLOAD_MAX_MEMORY_SIZE with a page. What is
# longer than this is not even handed to it.
BODY_BYTES = 1024 * 1024
# A browser shows no answer while it is still sending: up to so much is heard out, and dropped, first.
HEARD_OUT_BYTES = 8 * BODY_BYTES


def bounded_body(app: ASGI) -> ASGI:
    """`app`, but a request whose body is above BODY_BYTES is answered 413, and the body kept nowhere."""

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > HEARD_OUT_BYTES:
            await _too_large(scope, send)
            return
        if int(declared) > BODY_BYTES:
            await _hear_out(receive)
            await _too_large(scope, send)
            return
        taken = 0
        more = answered = False

        async def counted() -> Message:
            nonlocal taken, more
            message = await receive()
            taken += len(message.get("body", b""))
            more = message.get("more_body", False)
            return message if taken <= BODY_BYTES else {"type": "http.disconnect"}

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        await app(scope, counted, noted)
        if taken > BODY_BYTES and not answered:
            if more:
                await _hear_out(receive)
            await _too_large(scope, send)

    return bounded


async def _hear_out(receive: Receive) -> None:
    """Reads what is still to come of a body, up to HEARD_OUT_BYTES, and drops it."""
    heard = 0
    while heard <= HEARD_OUT_BYTES:
        message = await receive()
        heard += len(message.get("body", b""))
        if not message.get("more_body"):
            return


async def _too_large(scope: Scope, send: Send) -> None:
    answer = errors.answer(scope["path"], errors.TOO_LONG)
    headers = [
        (b"content-type", answer["Content-Type"].encode("latin-1")),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})


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


guides = GuidesApp(Strangers(cast(ASGI, django_pages)))
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
