"""Serves published guides before Django: bytes from memory, no statement to the database, no template.

Whatever is not published here (and whatever Django has to refuse or redirect: a wrong host, plain http
where https is wanted) is handed on to the application inside."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http.request import split_domain_port, validate_host

from guides.shelf import EMPTY, Encoded, Headers, Item, Shelf, stock

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = tuple[int, Headers, bytes]

# Seconds between two looks for a new publication; a reader sees it within twice that.
LOOK_EVERY = 1.0
BYTES = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
REFUSED = re.compile(rb"q=0(\.0{0,3})?")

logger = logging.getLogger(__name__)


class GuidesApp:
    """An ASGI application around another one. Enter ``watching`` for the life of the process."""

    def __init__(self, inner: ASGI) -> None:
        self.inner = inner
        self.shelf = EMPTY
        self.looking = asyncio.Lock()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="guides")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a published path; hand everything else on."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        if self.shelf is EMPTY:
            await self.look()
        asked: dict[bytes, bytes] = dict(scope["headers"])
        secure = _is_secure(scope, asked)
        answer = _answer(self.shelf, scope, asked) if _is_ours(asked, secure=secure) else None
        if answer is None:
            await self.inner(scope, receive, send)
            return
        status, headers, body = answer
        headers = [*self.shelf.common[secure], *headers]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Load what is published, and look for something new until left."""
        await self.look()
        watcher = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
            async with self.looking:
                await asyncio.get_running_loop().run_in_executor(self.thread, _let_go)

    async def look(self) -> None:
        """Bring the shelf up to date. Without a database it stays as it is, and so do the guides."""
        async with self.looking:
            self.shelf = await asyncio.get_running_loop().run_in_executor(self.thread, _stocked, self.shelf)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look()
            except Exception:  # the watch must outlive whatever a template or a row can raise
                logger.exception("the guides could not be loaded; what was published before is served")


def _let_go() -> None:
    """Close this thread's connection: `connection` is another one on each thread that asks."""
    connection.close()


def _stocked(before: Shelf) -> Shelf:
    """In the watcher's own thread: the chat's and the pages' connections are never waited for."""
    try:
        return stock(before)
    except Error as error:
        logger.warning("no look at the guides: %s", type(error).__name__)
        connection.close()
        return before


def _is_secure(scope: Scope, asked: dict[bytes, bytes]) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        header = name.removeprefix("HTTP_").replace("_", "-").lower().encode()
        return asked.get(header, b"").split(b",")[0].strip() == value.encode()
    return bool(scope["scheme"] == "https")


def _is_ours(asked: dict[bytes, bytes], *, secure: bool) -> bool:
    """Whether the request may be answered here; Django redirects to https and refuses unknown hosts."""
    return (secure or not settings.SECURE_SSL_REDIRECT) and _known_host(
        asked.get(b"host", b""), tuple(settings.ALLOWED_HOSTS)
    )


@lru_cache(maxsize=64)
def _known_host(host: bytes, allowed: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host.decode("latin-1"))
    return bool(domain) and validate_host(domain, allowed)


def _answer(shelf: Shelf, scope: Scope, asked: dict[bytes, bytes]) -> Answer | None:
    """Status, headers and body (RFC 9110); None for a path that is not published."""
    path = scope["path"]
    item = shelf.items.get(path)
    if item is None:
        with_slash = f"{path}/"
        found = with_slash in shelf.items
        return (301, [(b"location", with_slash.encode()), (b"content-length", b"0")], b"") if found else None
    if scope["method"] not in {"GET", "HEAD"}:
        return 405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")], b""
    form = _form(item, asked.get(b"accept-encoding", b""))
    if _has(asked.get(b"if-none-match", b""), form.etag):
        return 304, [header for header in form.headers if header[0] in {b"etag", b"vary"}], b""
    if item.ranges and b"range" in asked and asked.get(b"if-range", form.etag) == form.etag:
        return _part(form, asked[b"range"])
    return 200, form.headers, form.body


def _form(item: Item, accepted: bytes) -> Encoded:
    """Brotli before gzip before neither, as the reader accepts them."""
    wanted = set()
    for part in accepted.split(b","):
        coding, _semicolon, weight = part.partition(b";")
        if not REFUSED.fullmatch(weight.strip()):
            wanted.add(coding.strip().lower())
    return next((form for coding, form in item.coded.items() if coding in wanted), item.plain)


def _has(etags: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names this ETag; the comparison is the weak one (RFC 9110, 13.1.2)."""
    return etags.strip() == b"*" or etag in {each.strip().removeprefix(b"W/") for each in etags.split(b",")}


def _part(form: Encoded, wanted: bytes) -> Answer:
    """One range of the bytes. Several ranges or another unit are answered with the whole (RFC 9110, 14.2)."""
    size = len(form.body)
    span = _span(wanted, size)
    if span is None:
        return 200, form.headers, form.body
    if not span:
        return 416, [(b"content-range", b"bytes */%d" % size), (b"content-length", b"0")], b""
    body = form.body[span.start : span.stop]
    kept = [header for header in form.headers if header[0] != b"content-length"]
    part = (b"content-range", b"bytes %d-%d/%d" % (span.start, span.stop - 1, size))
    return 206, [*kept, part, (b"content-length", b"%d" % len(body))], body


def _span(wanted: bytes, size: int) -> range | None:
    """The bytes asked for; empty where there are none such, None where the header is to be ignored."""
    match = BYTES.fullmatch(wanted.strip())
    if not match or not (match[1] or match[2]):
        return None
    if not match[1]:
        return range(max(size - int(match[2]), 0), size)
    first, last = int(match[1]), int(match[2]) if match[2] else size - 1
    if match[2] and last < first:
        return None
    return range(first, min(last + 1, size))
