"""The address of the rooms' sockets, and from which pages a browser may open one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from channels.routing import URLRouter
from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings
from django.urls import path, re_path

from peersupport.chat import live, nudges
from peersupport.chat.consumer import RoomConsumer
from peersupport.database import pool

# Full origins, scheme included: a bare host would let http:// in. A missing Origin is refused as well.
application = OriginValidator(
    URLRouter(
        [
            # The stubs know only views here; Channels takes ASGI applications.
            path("ws/rooms/<uuid:room_id>/", RoomConsumer.as_asgi()),  # type: ignore[arg-type, list-item]
            # Whatever else is asked for is refused in the same way.
            re_path("", WebsocketDenier.as_asgi()),  # type: ignore[arg-type, list-item]  # likewise
        ]
    ),
    settings.SOCKET_ORIGINS,
)


@asynccontextmanager
async def serving() -> AsyncIterator[None]:
    """Connections for the message path, and the hub that delivers, while the process serves."""
    # Read before the first message needs them.
    nudges.prepare()
    async with pool.opened(), live.Hub().running():
        yield
