"""The room without WebSocket: a long poll and a POST with the same bodies, rules and verbs."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from peersupport.chat import acting, beside, live, log, marking, posting
from peersupport.chat.access import standing_for
from peersupport.chat.commands import SEQ_MOST, Command, parse
from peersupport.chat.errors import Refused
from peersupport.chat.events import person
from peersupport.chat.log import Entry
from peersupport.database import pool

WAIT_MOST = 25
STATUS = {
    "rate_limited": 429,
    "conflict": 409,
    "confirm": 409,
    "internal": 500,
    "closed": 403,
    "paused": 403,
    "muted": 403,
    "not_allowed": 403,
}


async def _entry(request: HttpRequest, room_id: UUID) -> Entry:
    user = await request.auser()
    if user.pk is None:
        raise Http404
    # 404 alike for a missing room and a foreign one.
    await sync_to_async(standing_for)(user, room_id)
    async with pool.connection() as database:
        entry = await log.entry(database, user_id=user.pk, room_id=room_id)
    if entry is None:
        raise Refused("not_allowed")
    return entry


@require_GET
async def events(request: HttpRequest, room_id: UUID) -> JsonResponse:
    """Events after a number; with `wait` the answer comes when there are some, at the latest after 25 s."""
    try:
        # Who she is comes first: a stranger learns nothing from how a bad request is answered.
        entry = await _entry(request, room_id)
        after = _number(request, "after", most=SEQ_MOST)
        wait = _number(request, "wait", most=WAIT_MOST)
        return JsonResponse(await _news(entry, after=after, wait=wait, epoch=request.GET.get("epoch", "")))
    except Refused as refused:
        return _refused(refused)


async def _news(entry: Entry, *, after: int, wait: int, epoch: str) -> dict[str, Any]:
    reset = after > entry.head or (epoch != "" and epoch != str(entry.epoch))
    after = 0 if reset else after
    hub = live.hub_here()
    if wait and hub is not None and entry.head <= after:
        # Whoever waits must not keep one of the site's few connections meanwhile.
        await sync_to_async(_let_go)()
        await hub.wait_for(entry.room_id, after=after, seconds=wait)
    async with pool.connection() as database:
        if hub is not None:
            await beside.arrive(database, hub.process, entry)
        news = (await log.read_after(database, {entry.room_id: after}))[entry.room_id]
        side = await beside.read(database, entry.room_id)
        read = await marking.read_up_to(database, entry)
        now = await log.entry(database, user_id=entry.user_id, room_id=entry.room_id) or entry
    room = hub.rooms.get(entry.room_id) if hub else None
    return {
        "ok": True,
        "epoch": str(now.epoch),
        "head": news.head,
        "after": after,
        "reset": reset,
        "read": read,
        "you": person(now.member_id, now.name, now.role),
        "room": {"id": str(now.room_id), "kind": now.kind, "state": now.state, "mode": now.mode},
        "rooms": [],
        "present": room.present() if room else [],
        "events": [line.wire() for line in news.lines],
        "pushes": [json.loads(frame) for frame in side.frames_for(now)],
    }


def _let_go() -> None:
    # Asked for on the request's own thread: `connection` is another one on each.
    connection.close()


@require_POST
async def messages(request: HttpRequest, room_id: UUID) -> JsonResponse:
    """A command as the socket takes it; without `cmd` it is a `post`."""
    try:
        entry = await _entry(request, room_id)
        command = _command(request)
        if command.name == "post":
            reply = await posting.post(command, by=entry.member_id, room_id=room_id)
        elif command.name in acting.NAMES:
            reply = await acting.act(command, by=entry)
        elif command.name == "read":
            await _mark(request, command, entry)
            reply = {}
        else:
            raise Refused("unknown_command")
        return JsonResponse({"ok": True, **reply})
    except Refused as refused:
        return _refused(refused)


async def _mark(request: HttpRequest, command: Command, entry: Entry) -> None:
    # The request itself has already shown that she is not idle.
    await marking.mark(entry, seq=command.number("seq", most=SEQ_MOST), session_key="")


def _command(request: HttpRequest) -> Command:
    try:
        text = request.body.decode("utf-8")
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
