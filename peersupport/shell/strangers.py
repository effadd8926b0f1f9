"""Answers to strangers, who bring no cookie, are kept for a second: many who come at once are one.

In memory of the process alone, in front of Django. Only what the registry calls the same for every stranger,
only a success without a cookie, and never for anybody who says who she is.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from peersupport.shell.asgi_types import ASGI, Message, Receive, Scope, Send

#: What a request has under this name in its scope once its answer is known to be the same for every stranger.
SAME_FOR_ALL = "peersupport.same_for_strangers"
SECONDS = 1.0
ANSWERS_MOST = 128
BYTES_MOST = 128 * 1024
QUERY_MOST = 100
#: With one of these it is not a stranger, or not a plain question.
TELLING = frozenset(
    {b"cookie", b"authorization", b"range", b"if-none-match", b"if-modified-since", b"if-match", b"x-part"}
)
#: What an answer may hang on, beside its address.
MATTERS = (b"host", b"accept-language", b"accept-encoding", b"x-forwarded-proto", b"x-forwarded-host")
VARIES_BY = frozenset({b"accept-language", b"accept-encoding", b"cookie"})

Key = tuple[str, bytes, bytes, tuple[bytes, ...]]


@dataclass(frozen=True)
class Kept:
    """An answer, and until when on the clock it may be given again."""

    start: Message
    body: bytes
    until: float


class Strangers:
    """An ASGI application around Django's."""

    def __init__(self, inner: ASGI, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.inner = inner
        self._clock = clock
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gives what is kept, or asks inside and keeps the answer where that is allowed."""
        key = _key(scope)
        if key is None:
            await self.inner(scope, receive, send)
            return
        kept = self._kept.get(key)
        if kept is not None and kept.until > self._clock():
            await send(dict(kept.start))
            await send({"type": "http.response.body", "body": kept.body})
            return
        await self._ask(key, scope, receive, send)

    async def _ask(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None
        body = b""
        whole = False

        async def heard(message: Message) -> None:
            nonlocal start, body, whole
            if message["type"] == "http.response.start":
                start = message
            elif len(body) <= BYTES_MOST:
                body += message.get("body", b"")
                whole = not message.get("more_body", False)
            await send(message)

        await self.inner(scope, receive, heard)
        if (
            start is not None
            and whole
            and len(body) <= BYTES_MOST
            and scope.get(SAME_FOR_ALL)
            and _may(start)
        ):
            self._keep(key, Kept(start=dict(start), body=body, until=self._clock() + SECONDS))

    def _keep(self, key: Key, kept: Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > ANSWERS_MOST:
            self._kept.popitem(last=False)


def _key(scope: Scope) -> Key | None:
    """What tells one question of a stranger from another; None for anything else than such a question."""
    if scope["type"] != "http" or scope["method"] != "GET" or len(scope["query_string"]) > QUERY_MOST:
        return None
    headers = scope["headers"]
    if any(name in TELLING for name, _value in headers):
        return None
    said = dict.fromkeys(MATTERS, b"")
    for name, value in headers:
        if name in said:
            # What is said twice counts twice, as it does for Django.
            said[name] += value + b"\n"
    return scope["path"], scope["query_string"], scope["scheme"].encode(), tuple(said.values())


def _may(start: Message) -> bool:
    """A success that sets no cookie and hangs on nothing else than what the key has."""
    varies: set[bytes] = set()
    for name, value in start["headers"]:
        if name.lower() == b"set-cookie":
            return False
        if name.lower() == b"vary":
            varies |= {one.strip().lower() for one in value.split(b",")}
    return bool(start["status"] == 200 and varies <= VARIES_BY)
