"""The floor a guide is measured against: an ASGI callable that sends one file."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

BODY = Path(os.environ["BARE_FILE"]).read_bytes()
HEADERS = [(b"content-type", b"application/octet-stream"), (b"content-length", b"%d" % len(BODY))]


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answers every path with the file."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})
