"""Carries a socket's rarer commands to the verbs, on a few threads of their own.

The verbs use the ORM. A slow one occupies one of these threads and delays no other socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from django.db import close_old_connections

from peersupport.chat import members, moderation
from peersupport.chat.commands import MINUTES_MOST, REASON_MOST, Command
from peersupport.chat.errors import Refused
from peersupport.chat.log import Entry
from peersupport.chat.models import Ejection, Event, HeldMessage, Report, Room, Signal
from peersupport.groups.models import Membership

_threads = ThreadPoolExecutor(max_workers=6, thread_name_prefix="room")
# Verbs of one room wait for its lock, so more of them would only take threads from other rooms.
OF_ONE_ROOM = 2
_turns: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()


async def act(command: Command, *, by: Entry) -> dict[str, Any]:
    """Carries out one of NAMES for a member and gives the reply. Membership and role are looked up anew."""
    loop = asyncio.get_running_loop()
    async with _turns.setdefault(by.room_id, asyncio.Semaphore(OF_ONE_ROOM)):
        return await loop.run_in_executor(_threads, _act, command, by)


def _act(command: Command, entry: Entry) -> dict[str, Any]:
    close_old_connections()
    try:
        member = (
            Membership.objects.select_related("user")
            .filter(pk=entry.member_id, state=Membership.State.ACTIVE, user__is_active=True)
            .first()
        )
        if member is None:
            raise Refused("not_allowed")
        room = Room.objects.get(pk=entry.room_id)
        return _reply(_ACTS[command.name](command, room, member))
    finally:
        close_old_connections()


def _reply(event: Event | None) -> dict[str, Any]:
    return {} if event is None else {"seq": event.seq}


def _reason(command: Command, *, required: bool = True) -> str:
    return command.text("reason", most=REASON_MOST, required=required)


def _held(command: Command, room: Room) -> HeldMessage:
    found = HeldMessage.objects.filter(room=room, message_id=command.uuid("target")).first()
    if found is None:
        raise Refused("not_allowed")
    return found


def _other(command: Command, room: Room) -> Membership:
    found = Membership.objects.filter(pk=command.member(), group=room.group_id).first()
    if found is None:
        raise Refused("not_allowed")
    return found


def _retract(command: Command, room: Room, by: Membership) -> Event | None:
    target = command.uuid("target")
    held = HeldMessage.objects.filter(room=room, message_id=target, member=by).first()
    if held is not None and held.decision == HeldMessage.Decision.WAITING:
        return members.retract(held, by=by)
    return members.retract(members.message_in(room, target), by=by)


def _report(command: Command, room: Room, by: Membership) -> None:
    message = members.message_in(room, command.uuid("target"))
    members.report(message, by=by, reason=_reason(command, required=False))


def _decline(command: Command, room: Room, by: Membership) -> None:
    moderation.decline(_held(command, room), by=by, reason=_reason(command))


def _remove(command: Command, room: Room, by: Membership) -> Event:
    message = members.message_in(room, command.uuid("target"))
    return moderation.remove(message, by=by, reason=_reason(command))


def _mute(command: Command, room: Room, by: Membership) -> None:
    minutes = command.number("minutes", most=MINUTES_MOST, default=10)
    moderation.mute(_other(command, room), by=by, minutes=minutes, reason=_reason(command), room=room)


def _unmute(command: Command, room: Room, by: Membership) -> None:
    moderation.unmute(_other(command, room), by=by, room=room)


def _eject(command: Command, room: Room, by: Membership) -> None:
    moderation.eject(_other(command, room), by=by, reason=_reason(command), room=room)


def _ejection(command: Command, room: Room, by: Membership) -> Ejection:
    if not by.is_facilitator:
        raise Refused("not_allowed")
    found = Ejection.objects.filter(member=_other(command, room)).order_by("-at").first()
    if found is None:
        raise Refused("not_allowed")
    return found


def _confirm_eject(command: Command, room: Room, by: Membership) -> None:
    moderation.confirm_eject(_ejection(command, room, by), by=by)


def _undo_eject(command: Command, room: Room, by: Membership) -> None:
    moderation.undo_eject(_ejection(command, room, by), by=by)


def _answer(command: Command, room: Room, by: Membership) -> None:
    target = command.uuid("target")
    report = Report.objects.filter(room=room, pk=target).first()
    if report is not None:
        moderation.answer_report(report, by=by)
        return
    signal = Signal.objects.filter(room=room, pk=target).first()
    if signal is None:
        raise Refused("not_allowed")
    moderation.answer_signal(signal, by=by)


def _set_mode(command: Command, room: Room, by: Membership) -> Event | None:
    return moderation.set_mode(room, command.text("mode", most=20), by=by)


_ACTS: dict[str, Callable[[Command, Room, Membership], Event | None]] = {
    "retract": _retract,
    "report": _report,
    "open": lambda _command, room, by: moderation.open_room(room, by=by),
    "close": lambda _command, room, by: moderation.close(room, by=by),
    "pause": lambda _command, room, by: moderation.pause(room, by=by),
    "unpause": lambda _command, room, by: moderation.unpause(room, by=by),
    "mode": _set_mode,
    "release": lambda command, room, by: moderation.release(_held(command, room), by=by),
    "decline": _decline,
    "remove": _remove,
    "mute": _mute,
    "unmute": _unmute,
    "eject": _eject,
    "confirm_eject": _confirm_eject,
    "undo_eject": _undo_eject,
    "answer": _answer,
}

NAMES = tuple(_ACTS)
