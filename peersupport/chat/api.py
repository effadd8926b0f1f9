"""The room without WebSocket: a long poll and a POST with the same bodies, rules and verbs."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import Http404, HttpRequest, JsonResponse, RawPostDataException
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from psycopg import OperationalError

from peersupport.chat import acting, entering, live, log, marking, posting
from peersupport.chat.door import Entry
from peersupport.chat.elsewhere import others
from peersupport.chat.hub import beside, side, unconnected
from peersupport.chat.protocol.commands import SEQ_MOST, Command, parse
from peersupport.chat.protocol.errors import Refused
from peersupport.chat.protocol.events import person
from peersupport.database import pool

logger = logging.getLogger("peersupport.chat")

CarryOut = Callable[[HttpRequest, Entry], Awaitable[dict[str, Any]]]
View = Callable[[HttpRequest, UUID], Coroutine[Any, Any, JsonResponse]]

WAIT_MOST = 25
BODY_BYTES = 64 * 1024  # as a frame of a socket
STATUS = {
    "rate_limited": 429,
    "conflict": 409,
    "confirm": 409,
    "internal": 500,
    "closed": 403,
    "paused": 403,
    "muted": 403,
    "turn": 403,
    "arrive": 403,
    "not_allowed": 403,
}


async def _admitted(request: HttpRequest, room_id: UUID) -> Entry:
    """Her standing in the room now. 404 alike for a missing room, a foreign one and a missing sign-in."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    found = await entering.admitted(cookie, room_id)
    if found is None:
        raise Http404
    if found[1].to_arrive:
        async with pool.connection() as database:
            rooms = await others.read(database, found[1])
        raise Refused("arrive", rooms=rooms)
    return found[1]


def _answered(carry_out: CarryOut) -> View:
    """The view that answers what `carry_out` gives, or why it was refused, in the words of the protocol."""

    @wraps(carry_out)
    async def view(request: HttpRequest, room_id: UUID) -> JsonResponse:
        async def carried_out() -> dict[str, Any]:
            return await carry_out(request, await _admitted(request, room_id))

        try:
            try:
                answer = await carried_out()
            except OperationalError as error:
                # The database was restarted, and this was the first to notice: the next connection is new.
                if request.method != "GET" or not pool.may_work_again(error):
                    raise
                answer = await carried_out()
            return JsonResponse({"ok": True, **answer})
        except Refused as refused:
            return _refused(refused)
        except Http404:
            raise
        except Exception as error:
            # Neither the address nor what was sent.
            logger.error("%s failed: %s", carry_out.__name__, type(error).__name__)
            return _refused(Refused("internal"))

    return view


@require_GET
@_answered
async def events(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    """Events after a number; with `wait` the answer comes when there are some, at the latest after 25 s.

    `beside` is the number of the last answer: what came to stand beside the log since then is news as well.
    """
    after = _number(request, "after", most=SEQ_MOST)
    wait = _number(request, "wait", most=WAIT_MOST)
    known = _number(request, "beside", most=SEQ_MOST) if "beside" in request.GET else None
    epoch = request.GET.get("epoch", "")
    _take(entry, "events")
    reset = after > entry.head or (epoch != "" and epoch != str(entry.epoch))
    after = 0 if reset else after
    hub = live.hub_here()
    if hub is None:
        return {"after": after, "reset": reset, "present": [], **await _news(entry, after)}
    async with pool.connection() as database:
        await beside.arrive(database, hub.process, [entry], asks=True)
        await unconnected.keep(database, entry, now=timezone.now())
    with hub.asking(entry) as room:
        if wait and entry.head <= after:
            # Whoever waits must not keep one of the site's few connections meanwhile.
            await sync_to_async(_let_go)()
            await hub.wait_for(room, after=after, beside=known, seconds=wait)
            # She may have been put out, or have left, meanwhile.
            entry = await _admitted(request, entry.room_id)
        return {"after": after, "reset": reset, "present": room.present(), **await _news(entry, after)}


async def _news(entry: Entry, after: int) -> dict[str, Any]:
    async with pool.connection() as database:
        news = (await log.read_after(database, {entry.room_id: after})).get(entry.room_id)
        found = await side.read(database, entry.room_id)
        (read,) = await marking.read_up_to(database, [entry])
        rooms = await others.read(database, entry)
    if news is None:
        raise Http404
    return {
        "epoch": str(entry.epoch),
        "head": news.head,
        "read": read,
        "you": person(entry.member_id, entry.name, entry.role),
        "room": entry.room(),
        "rooms": rooms,
        "events": [line.wire() for line in news.lines],
        "beside": found.version,
        "pushes": [json.loads(frame) for frame in found.frames_for(entry)],
    }


def _let_go() -> None:
    # Asked for on the request's own thread: `connection` is another one on each.
    connection.close()


@require_POST
@_answered
async def messages(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    """A command as the socket takes it; without `cmd` it is a `post`."""
    command = _command(request)
    _take(entry, command.name)
    if command.name == "post":
        reply = await posting.post(command, by=entry)
    elif command.name in acting.NAMES:
        reply = await acting.act(command, by=entry)
    elif command.name == "read":
        told = command.uuids("told", most=marking.TOLD_MOST)
        await marking.mark(entry, seq=command.number("seq", most=SEQ_MOST), told=told)
        reply = {}
    elif command.name == "hand":
        await _hand(entry, up=command.flag("up"))
        reply = {}
    else:
        raise Refused("unknown_command")
    return {"re": command.ref, **reply}


async def _hand(entry: Entry, *, up: bool) -> None:
    async with pool.connection() as database:
        await unconnected.raise_hand(database, entry, up=up, now=timezone.now())
    hub = live.hub_here()
    if hub is not None:
        # The others see it now; those of other processes within their poll.
        hub.check_soon()


def _take(entry: Entry, command: str) -> None:
    """Takes a request from her allowance, the one her sockets use. Refused("rate_limited") beyond it."""
    hub = live.hub_here()
    if hub is not None:
        allowance = hub.allowances.of(entry.user_id)
        wait = allowance.frames.take(time.monotonic()) or allowance.wait(command)
        if wait:
            raise Refused("rate_limited", retry_after=wait)


def _command(request: HttpRequest) -> Command:
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise Refused("too_long") from error
    except RawPostDataException as error:
        # A form with files in it, read and dropped on the way here: nothing is uploaded.
        raise Refused("invalid") from error
    if len(body) > BODY_BYTES:
        raise Refused("too_long")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("invalid") from error
    return parse(text, default="post")


def _number(request: HttpRequest, name: str, *, most: int) -> int:
    raw = request.GET.get(name, "0")
    if not raw.isascii() or not raw.isdigit() or len(raw) > 16 or int(raw) > most:
        raise Refused("invalid", field=name)
    return int(raw)


def _refused(refused: Refused) -> JsonResponse:
    return JsonResponse({"ok": False, "error": refused.wire()}, status=STATUS.get(refused.code, 400))
