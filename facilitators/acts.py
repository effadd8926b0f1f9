"""What can be done from the console, and how each of it is undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facilitators.prompts import until
from peersupport.chat import members, moderation
from peersupport.chat.access import Standing
from peersupport.chat.meeting import stages
from peersupport.chat.meeting.meetings import meeting_on
from peersupport.chat.models import Ejection, HeldMessage, Report, Room, Signal
from peersupport.chat.moderating import ejecting, quieting, reports, verifying
from peersupport.chat.pages.wording import span
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership

T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """An act as it was asked for: its name, what or whom it concerns, and what goes with it."""

    act: str
    target: UUID | None = None
    reason: str = ""
    template: str = ""
    minutes: int = 0
    mode: str = ""
    exercise: str = ""
    seconds: int = 0
    stage: str = ""


@dataclass(frozen=True)
class Done:
    """What is said afterwards, and the fields of the act that undoes it, if there is one."""

    said: str
    undo: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """`asks`: a dangerous one, asked about once on a page of its own, with the reasons to choose from: the
    name under which kind_words has them."""

    do: Callable[[Standing, Wanted], Done]
    asks: bool = False
    reasons: str = ""
    heading: str | Promise = ""
    meaning: str | Promise = ""
    button: str | Promise = ""


def carry_out(standing: Standing, wanted: Wanted) -> Done:
    """Does it by the room's own verbs. Raises Refused with words for the facilitator."""
    return ACTS[wanted.act].do(standing, wanted)


def _open(standing: Standing, wanted: Wanted) -> Done:
    moderation.open_room(standing.room, by=standing.membership)
    return Done(_("The room is open."))


def _close(standing: Standing, wanted: Wanted) -> Done:
    moderation.close(standing.room, by=standing.membership)
    return Done(_("The room is closed."), undo={"act": "open"})


def _pause(standing: Standing, wanted: Wanted) -> Done:
    moderation.pause(standing.room, by=standing.membership, exercise=wanted.exercise)
    return Done(_("The room is paused. Parents can read and not write."), undo={"act": "unpause"})


def _unpause(standing: Standing, wanted: Wanted) -> Done:
    moderation.unpause(standing.room, by=standing.membership)
    return Done(_("Everybody can write again."), undo={"act": "pause"})


def _mode(standing: Standing, wanted: Wanted) -> Done:
    before = standing.room.mode
    moderation.set_mode(standing.room, wanted.mode, by=standing.membership)
    said = _("From now on: %(mode)s.") % {"mode": Room.Mode(wanted.mode).label}
    return Done(said, undo={"act": "mode", "mode": before} if before != wanted.mode else {})


def _slow(standing: Standing, wanted: Wanted) -> Done:
    before = standing.room.slow_seconds
    quieting.slow_down(standing.room, wanted.seconds, by=standing.membership)
    said = _("Everybody writes as usual again.")
    if wanted.seconds:
        said = _("From now on each parent writes at most once in %(span)s.") % {"span": span(wanted.seconds)}
    undo = {"act": "slow", "seconds": str(before)} if before != wanted.seconds else {}
    return Done(said, undo=undo)


def _stage(standing: Standing, wanted: Wanted) -> Done:
    now, before = timezone.now(), standing.room.stage
    meeting = meeting_on(standing.room, now=now)
    left = until(wanted.stage, meeting, now=now) - now if meeting else timedelta()
    minutes = max(0, round(left.total_seconds() / 60))
    stages.set_stage(standing.room, wanted.stage, by=standing.membership, minutes=minutes, now=now)
    said = _("Everybody sees what we are at: %(stage)s.") % {"stage": Room.Stage(wanted.stage).label}
    return Done(said, undo={"act": "stage", "stage": before} if before not in {"", wanted.stage} else {})


def _release(standing: Standing, wanted: Wanted) -> Done:
    held = held_of(standing, wanted.target)
    moderation.release(held, by=standing.membership)
    return Done(_("The message of %(name)s is in the room.") % {"name": held.member.pseudonym})


def _decline(standing: Standing, wanted: Wanted) -> Done:
    held = held_of(standing, wanted.target)
    moderation.decline(held, by=standing.membership, **_why(wanted))
    return Done(
        _("The message of %(name)s stays out; its writer reads why.") % {"name": held.member.pseudonym}
    )


def _remove(standing: Standing, wanted: Wanted) -> Done:
    message = members.message_in(standing.room, _given(wanted.target))
    moderation.remove(message, by=standing.membership, **_why(wanted))
    return Done(_("The message is removed for everybody."))


def _mute(standing: Standing, wanted: Wanted) -> Done:
    member = member_of(standing, wanted.target)
    quieting.mute(member, by=standing.membership, minutes=wanted.minutes, room=standing.room, **_why(wanted))
    said = _("%(name)s reads along for %(minutes)s minutes.") % {
        "name": member.pseudonym,
        "minutes": wanted.minutes,
    }
    return Done(said, undo={"act": "unmute", "target": str(member.pk)})


def _unmute(standing: Standing, wanted: Wanted) -> Done:
    member = member_of(standing, wanted.target)
    quieting.unmute(member, by=standing.membership, room=standing.room)
    return Done(_("%(name)s can write again.") % {"name": member.pseudonym})


def _eject(standing: Standing, wanted: Wanted) -> Done:
    member = member_of(standing, wanted.target)
    ejecting.eject(member, by=standing.membership, room=standing.room, **_why(wanted))
    said = _("%(name)s is out of the group. Somebody else has to confirm it.") % {"name": member.pseudonym}
    return Done(said, undo={"act": "undo_eject", "target": str(member.pk)})


def _undo_eject(standing: Standing, wanted: Wanted) -> Done:
    member = member_of(standing, wanted.target)
    ejecting.undo_eject(_ejection_of(member), by=standing.membership.user)
    return Done(_("%(name)s is back in the group.") % {"name": member.pseudonym})


def _confirm_eject(standing: Standing, wanted: Wanted) -> Done:
    member = member_of(standing, wanted.target)
    ejecting.confirm_eject(_ejection_of(member), by=standing.membership.user)
    return Done(_("%(name)s has left the group for good.") % {"name": member.pseudonym})


def _hold_member(standing: Standing, wanted: Wanted) -> Done:
    member = member_of(standing, wanted.target)
    quieting.read_first(member, True, by=standing.membership, room=standing.room)
    said = _("What %(name)s writes waits for you, until the room closes.") % {"name": member.pseudonym}
    return Done(said, undo={"act": "pass_member", "target": str(member.pk)})


def _pass_member(standing: Standing, wanted: Wanted) -> Done:
    member = member_of(standing, wanted.target)
    quieting.read_first(member, False, by=standing.membership, room=standing.room)
    said = _("What %(name)s writes is shown as everybody's.") % {"name": member.pseudonym}
    return Done(said, undo={"act": "hold_member", "target": str(member.pk)})


def _answer(standing: Standing, wanted: Wanted) -> Done:
    """Thanks for a report: what else is to be said is said in the room."""
    return _answered(standing, wanted, "seen")


def _answer_signal(standing: Standing, wanted: Wanted) -> Done:
    group = standing.room.group_id
    signal = Signal.objects.filter(room__group=group, pk=_given(wanted.target)).first()
    reports.answer_signal(_found(signal), by=standing.membership)
    return Done(_("It is seen to. Nobody else is told."))


def _answer_again(standing: Standing, wanted: Wanted) -> Done:
    return _answered(standing, wanted, "again")


def _answer_stands(standing: Standing, wanted: Wanted) -> Done:
    return _answered(standing, wanted, "stands")


def _answer_lifted(standing: Standing, wanted: Wanted) -> Done:
    return _answered(standing, wanted, "lifted")


def _answer_stays(standing: Standing, wanted: Wanted) -> Done:
    return _answered(standing, wanted, "stays")


def _verify(standing: Standing, wanted: Wanted) -> Done:
    member = member_of(standing, wanted.target)
    verifying.ask_to_verify(member, by=standing.membership, room=standing.room, reason="", now=timezone.now())
    said = _("The coordinators make sure that %(name)s is who we know.") % {"name": member.pseudonym}
    return Done(said)


def _answered(standing: Standing, wanted: Wanted, template: str) -> Done:
    report = Report.objects.filter(room=standing.room, pk=_given(wanted.target)).first()
    reports.answer(_found(report), by=standing.membership.user, template=template)
    return Done(_("It is seen to, and who asked reads so."))


def _why(wanted: Wanted) -> dict[str, str]:
    return {"template": wanted.template, "reason": wanted.reason}


def held_of(standing: Standing, target: UUID | None) -> HeldMessage:
    """A held message of this room. Refused alike for a missing and a foreign one."""
    waiting = HeldMessage.objects.select_related("member").filter(
        room=standing.room, message_id=_given(target)
    )
    return _found(waiting.first())


def member_of(standing: Standing, target: UUID | None) -> Membership:
    """A member of this group. Refused alike for a missing and a foreign one."""
    return _found(Membership.objects.filter(pk=_given(target), group=standing.room.group_id).first())


def _ejection_of(member: Membership) -> Ejection:
    return _found(Ejection.objects.filter(member=member).order_by("-at").first())


def _given(target: UUID | None) -> UUID:
    if target is None:
        raise Refused("not_allowed")
    return target


def _found(row: T | None) -> T:
    if row is None:
        raise Refused("not_allowed")
    return row


ACTS: dict[str, Act] = {
    "open": Act(_open),
    "close": Act(
        _close,
        asks=True,
        heading=gettext_lazy("Close the room?"),
        meaning=gettext_lazy(
            "Nobody can write any more; what was said stays to be read. Two of you can open it again."
        ),
        button=gettext_lazy("Close the room"),
    ),
    "pause": Act(_pause),
    "unpause": Act(_unpause),
    "mode": Act(_mode),
    "slow": Act(_slow),
    "stage": Act(_stage),
    "release": Act(_release),
    "decline": Act(
        _decline,
        asks=True,
        reasons="decline",
        heading=gettext_lazy("Keep this message out of the room?"),
        meaning=gettext_lazy("Only its writer reads the reason, and can write it again."),
        button=gettext_lazy("Decline"),
    ),
    "remove": Act(
        _remove,
        asks=True,
        reasons="remove",
        heading=gettext_lazy("Remove this message?"),
        meaning=gettext_lazy(
            "Its text is gone for everybody and cannot be brought back. Everybody reads the reason."
        ),
        button=gettext_lazy("Remove"),
    ),
    "mute": Act(
        _mute,
        asks=True,
        reasons="mute",
        heading=gettext_lazy("Let this person only read for a while?"),
        meaning=gettext_lazy("Reading along stays possible, writing does not. You can end it at any time."),
        button=gettext_lazy("Only read"),
    ),
    "unmute": Act(_unmute),
    "hold_member": Act(_hold_member),
    "pass_member": Act(_pass_member),
    "eject": Act(
        _eject,
        asks=True,
        reasons="eject",
        heading=gettext_lazy("Put this person out of the group?"),
        meaning=gettext_lazy(
            "The room closes for this person at once. Somebody else has to confirm it; until then the way "
            "back is open. If nobody decides, the coordinators are written to."
        ),
        button=gettext_lazy("Put out of the group"),
    ),
    "undo_eject": Act(_undo_eject),
    "confirm_eject": Act(_confirm_eject),
    "answer": Act(_answer),
    "answer_signal": Act(_answer_signal),
    "answer_again": Act(_answer_again),
    "answer_stands": Act(_answer_stands),
    "answer_lifted": Act(_answer_lifted),
    "answer_stays": Act(_answer_stays),
    "verify": Act(
        _verify,
        asks=True,
        heading=gettext_lazy("Are you not sure who this is?"),
        meaning=gettext_lazy(
            "The coordinators ask for the code word of the talk. Until they know, you can have every message "
            "of this person wait for you."
        ),
        button=gettext_lazy("Ask the coordinators"),
    ),
}

TARGETED = frozenset(ACTS) - {"open", "close", "pause", "unpause", "mode", "slow", "stage"}
