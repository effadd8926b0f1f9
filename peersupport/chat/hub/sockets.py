"""The address of the rooms' sockets, and from which pages a browser may open one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from channels.routing import URLRouter
from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings
from django.urls import path, re_path

from peersupport.chat import live, nudges
from peersupport.chat.consumer import RoomConsumer
from peersupport.database import pool


class Door(OriginValidator):
    """Lets in whoever comes from one of the site's own pages; refuses everybody else alike."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """An Origin that is no address is as foreign as any other: the library would stumble over it."""
        if all(_is_address(value) for name, value in scope["headers"] if name == b"origin"):
            await super().__call__(scope, receive, send)
        else:
            await WebsocketDenier()(scope, receive, send)


def _is_address(origin: bytes) -> bool:
    try:
        # Asked for because reading the port is what fails.
        urlsplit(origin.decode("latin-1")).port  # noqa: B018
    except ValueError:
        return False
    return True


# Full origins, scheme included: a bare host would let http:// in. A missing Origin is refused as well.
application = Door(
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
