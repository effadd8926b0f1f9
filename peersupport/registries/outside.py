"""Addresses that Django's own list of routes does not know: sockets, and what is answered before Django.

In the registry they stand under `socket:` and `before:`, with their path and `<…>` for what varies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

from channels.security.websocket import WebsocketDenier
from django.conf import settings

from guides.addresses import PUBLISHED
from peersupport.chat.hub import sockets

PART = re.compile(r"<[^>]+>")


def names() -> dict[str, str]:
    """Every such address by its name in the registry: "socket:ws/rooms/<uuid:room_id>/" → its path."""
    before = (*PUBLISHED, f"{settings.STATIC_URL}<path>")
    return {f"socket:{path}": path for path in _sockets()} | {f"before:{path}": path for path in before}


def unlisted(paths: Iterable[str], listed: Iterable[str]) -> list[str]:
    """Which of these paths, as readers ask for them, no name of the registry stands for."""
    fits = [
        re.compile("[^/]+".join(map(re.escape, PART.split(name.removeprefix("before:")))))
        for name in listed
        if name.startswith("before:")
    ]
    return [path for path in paths if not any(one.fullmatch(path) for one in fits)]


def _sockets() -> Iterator[str]:
    # The validator of origins wraps the router.
    router = cast(Any, sockets.application).application
    for route in router.routes:
        if route.callback.consumer_class is not WebsocketDenier:
            yield str(route.pattern)
