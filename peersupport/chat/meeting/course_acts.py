"""The commands of a meeting's course, for acting.py: stages, rounds, pins, pauses, check-ins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from peersupport.chat import members, moderation
from peersupport.chat.meeting import arriving, checking_in, stages, turns, whereabouts
from peersupport.chat.meeting.exercises import EXERCISES
from peersupport.chat.models import Event, Room
from peersupport.chat.protocol.commands import MINUTES_MOST, NOTE_MOST, REASON_MOST, Command
from peersupport.chat.protocol.errors import Refused
from peersupport.chat.protocol.events import timestamp
from peersupport.groups.models import Membership

#: What a command gives: the event or the room it made, what else its reply says, or nothing.
Result = Event | Room | dict[str, Any] | None
Act = Callable[[Command, Room, Membership], Result]


def _pause(command: Command, room: Room, by: Membership) -> Result:
    exercise = command.text("exercise", most=20, required=False)
    if exercise and exercise not in EXERCISES:
        raise Refused("invalid", field="exercise")
    return moderation.pause(room, by=by, exercise=exercise)


def _stage(command: Command, room: Room, by: Membership) -> Result:
    minutes = command.number("minutes", most=MINUTES_MOST, default=0)
    name = command.text("name", most=NOTE_MOST)
    return stages.set_stage(room, name, by=by, minutes=minutes, now=timezone.now())


def _pin(command: Command, room: Room, by: Membership) -> Result:
    target = command.uuid_or_none("target")
    return stages.pin(room, members.message_in(room, target) if target else None, by=by)


def _typing_shown(command: Command, room: Room, by: Membership) -> Result:
    stages.show_typing(room, by=by, to_all=command.flag("to_all"))
    return None


def _round(command: Command, room: Room, by: Membership) -> Result:
    return turns.begin(
        room,
        by=by,
        minutes=command.number("minutes", most=turns.MINUTES_MOST, default=turns.MINUTES),
        others_wait=command.flag("others_wait"),
        now=timezone.now(),
    )


def _next(command: Command, room: Room, by: Membership) -> Result:
    turns.skip(room, by=by, now=timezone.now())
    return None


def _end_round(command: Command, room: Room, by: Membership) -> Result:
    turns.end(room, by=by)
    return None


def _pass(command: Command, room: Room, by: Membership) -> Result:
    turns.pass_by(room, by=by, now=timezone.now())
    return None


def _wait(command: Command, room: Room, by: Membership) -> Result:
    turns.take_longer(room, by=by)
    return None


def _quiet(command: Command, room: Room, by: Membership) -> Result:
    arriving.be_quiet(room, by=by, on=command.flag("on"), now=timezone.now())
    return None


def _check_in(command: Command, room: Room, by: Membership) -> Result:
    checking_in.check_in(
        room,
        by=by,
        value=command.number("value", most=checking_in.MOST),
        note=command.text("note", most=REASON_MOST, required=False),
        confirmed=command.flag("confirmed"),
        now=timezone.now(),
    )
    return None


def _ask_check_in(command: Command, room: Room, by: Membership) -> Result:
    checking_in.ask(room, by=by, now=timezone.now())
    return None


def _whereabouts(command: Command, room: Room, by: Membership) -> Result:
    member = Membership.objects.filter(pk=command.member(), group=room.group_id).first()
    if member is None:
        raise Refused("not_allowed")
    found = whereabouts.look_up(member, by=by)
    if found is None:
        return {"place": "", "call": "", "at": None}
    return {"place": found.place, "call": found.call, "at": timestamp(found.noted_at)}


ACTS: dict[str, Act] = {
    "pause": _pause,
    "stage": _stage,
    "pin": _pin,
    "show_typing": _typing_shown,
    "round": _round,
    "next": _next,
    "end_round": _end_round,
    "pass": _pass,
    "wait": _wait,
    "quiet": _quiet,
    "checkin": _check_in,
    "ask_checkin": _ask_check_in,
    "whereabouts": _whereabouts,
}
