"""Carries a socket's rarer commands to the verbs, on a few threads of their own.

The verbs use the ORM. A slow one occupies one of these threads and delays no other socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from django.db import close_old_connections
from django.utils import timezone

from peersupport.chat import members, moderation
from peersupport.chat.access import may_enter
from peersupport.chat.door import Entry
from peersupport.chat.elsewhere import aside
from peersupport.chat.kinds import has_act
from peersupport.chat.meeting import course_acts
from peersupport.chat.meeting.course_acts import Act, Result
from peersupport.chat.models import Ejection, Event, HeldMessage, Report, Room, Signal
from peersupport.chat.moderating import ejecting, quieting, reports, verifying
from peersupport.chat.moderating.authority import leads
from peersupport.chat.protocol.commands import MINUTES_MOST, REASON_MOST, TEMPLATE_MOST, Command
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership

T = TypeVar("T")

_threads = ThreadPoolExecutor(max_workers=6, thread_name_prefix="room")
# Verbs of one room wait for its lock, so more of them would only take threads from other rooms.
OF_ONE_ROOM = 2
_turns: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()


async def act(command: Command, *, by: Entry) -> dict[str, Any]:
    """Carries out one of NAMES for a member and gives the reply. Membership and role are looked up anew."""
    async with _turns.setdefault(by.room_id, asyncio.Semaphore(OF_ONE_ROOM)):
        return await apart(_act, command, by)


async def apart(work: Callable[..., T], *given: Any) -> T:
    """Does what uses the ORM on one of these threads and gives what it gives."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _with_connection, work, *given)


def _with_connection(work: Callable[..., T], *given: Any) -> T:
    close_old_connections()
    try:
        return work(*given)
    finally:
        close_old_connections()


def _act(command: Command, entry: Entry) -> dict[str, Any]:
    member = (
        Membership.objects.select_related("user")
        .filter(pk=entry.member_id, state=Membership.State.ACTIVE, user__is_active=True)
        .first()
    )
    room = Room.objects.filter(pk=entry.room_id).first()
    if member is None or room is None or not may_enter(room, member) or not has_act(room.kind, command.name):
        raise Refused("not_allowed")
    if member.is_facilitator:
        # Without the organisation's role the group's list alone opens nothing.
        leads(room.group_id, member)
    return _reply(_ACTS[command.name](command, room, member))


def _reply(made: Result) -> dict[str, Any]:
    match made:
        case Event():
            return {"seq": made.seq}
        case Room():
            return {"room": str(made.pk)}
        case _:
            return made or {}


def _reason(command: Command) -> str:
    return command.text("reason", most=REASON_MOST, required=False)


def _why(command: Command) -> dict[str, str]:
    """A template of kind_words, words of her own, or both; the verb refuses where there is neither."""
    return {
        "template": command.text("template", most=TEMPLATE_MOST, required=False),
        "reason": _reason(command),
    }


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
    if command.given.get("member") is not None:
        reports.report_person(_other(command, room), by=by, room=room, reason=_reason(command))
        return
    message = members.message_in(room, command.uuid("target"))
    reports.report(message, by=by, reason=_reason(command))


def _appeal(command: Command, room: Room, by: Membership) -> None:
    decision = command.text("decision", most=TEMPLATE_MOST, required=False)
    if decision:
        if decision not in Report.Decision.values:
            raise Refused("invalid", field="decision")
        reports.appeal_decision(decision, by=by, room=room, reason=_reason(command))
        return
    reports.appeal(room, command.uuid("target"), by=by, reason=_reason(command))


def _decline(command: Command, room: Room, by: Membership) -> None:
    moderation.decline(_held(command, room), by=by, **_why(command))


def _remove(command: Command, room: Room, by: Membership) -> Event:
    message = members.message_in(room, command.uuid("target"))
    return moderation.remove(message, by=by, **_why(command))


def _mute(command: Command, room: Room, by: Membership) -> None:
    minutes = command.number("minutes", most=MINUTES_MOST, default=10)
    quieting.mute(_other(command, room), by=by, minutes=minutes, room=room, **_why(command))


def _unmute(command: Command, room: Room, by: Membership) -> None:
    quieting.unmute(_other(command, room), by=by, room=room)


def _hold_member(command: Command, room: Room, by: Membership) -> None:
    quieting.read_first(_other(command, room), command.flag("on"), by=by, room=room)


def _verify(command: Command, room: Room, by: Membership) -> None:
    verifying.ask_to_verify(
        _other(command, room), by=by, room=room, reason=_reason(command), now=timezone.now()
    )


def _eject(command: Command, room: Room, by: Membership) -> None:
    ejecting.eject(_other(command, room), by=by, room=room, **_why(command))


def _ejection(command: Command, room: Room, by: Membership) -> Ejection:
    if not by.is_facilitator:
        raise Refused("not_allowed")
    found = Ejection.objects.filter(member=_other(command, room)).order_by("-at").first()
    if found is None:
        raise Refused("not_allowed")
    return found


def _confirm_eject(command: Command, room: Room, by: Membership) -> None:
    ejecting.confirm_eject(_ejection(command, room, by), by=by.user)


def _undo_eject(command: Command, room: Room, by: Membership) -> None:
    ejecting.undo_eject(_ejection(command, room, by), by=by.user)


def _answer(command: Command, room: Room, by: Membership) -> None:
    target = command.uuid("target")
    report = Report.objects.filter(room=room, pk=target).first()
    if report is not None:
        why = _why(command)
        reports.answer(report, by=by.user, template=why["template"], words=why["reason"])
        return
    signal = Signal.objects.filter(room__group=room.group_id, pk=target).first()
    if signal is None:
        raise Refused("not_allowed")
    reports.answer_signal(signal, by=by)


def _set_mode(command: Command, room: Room, by: Membership) -> Event | None:
    return moderation.set_mode(room, command.text("mode", most=20), by=by)


def _slow_down(command: Command, room: Room, by: Membership) -> Event | None:
    return quieting.slow_down(room, command.number("seconds", most=quieting.SLOW_MOST), by=by)


def _side_room(command: Command, room: Room, by: Membership) -> Room:
    member = _other(command, room)
    if command.flag("end"):
        return aside.come_back(member, by=by, room=room)
    return aside.step_aside(member, by=by, room=room, now=timezone.now())


def _close(room: Room, by: Membership) -> Event | None:
    if room.kind == Room.Kind.SIDE:
        return aside.end(room, by=by)
    return moderation.close(room, by=by)


_ACTS: dict[str, Act] = {
    "retract": _retract,
    "report": _report,
    "appeal": _appeal,
    "open": lambda _command, room, by: moderation.open_room(room, by=by),
    "close": lambda _command, room, by: _close(room, by),
    "unpause": lambda _command, room, by: moderation.unpause(room, by=by),
    "mode": _set_mode,
    "slow": _slow_down,
    "release": lambda command, room, by: moderation.release(_held(command, room), by=by),
    "decline": _decline,
    "remove": _remove,
    "mute": _mute,
    "unmute": _unmute,
    "hold_member": _hold_member,
    "verify": _verify,
    "eject": _eject,
    "confirm_eject": _confirm_eject,
    "undo_eject": _undo_eject,
    "answer": _answer,
    "side_room": _side_room,
    **course_acts.ACTS,
}

NAMES = tuple(_ACTS)
