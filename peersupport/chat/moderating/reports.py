"""What members tell the facilitators, and what is answered: reports, appeals, signals."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.keeping.noting import beside_changed, locked
from peersupport.chat.models import Escalation, Event, HeldMessage, Report, Room, Signal
from peersupport.chat.moderating import escalating
from peersupport.chat.moderating.authority import decides, leads, name_of
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership

#: The templates of answers, by what is answered: a decision was looked at again, or words were reported.
ANSWERS: dict[str, tuple[str, ...]] = {
    Report.Kind.MESSAGE: ("seen",),
    Report.Kind.APPEAL: ("again", "stands"),
}


def report(message: Event, *, by: Membership, reason: str) -> Report:
    """Says that a message is not right; saying it twice changes nothing.

    The facilitators see it at once, and so do the coordinators where a facilitator wrote it. On a line and in
    a side room, where a parent is alone with facilitators, coordinators alone are told.
    """
    assert message.message_id is not None
    with locked(message.room_id) as room:
        known = Report.objects.filter(
            room=room,
            member=by,
            target=message.message_id,
            kind=Report.Kind.MESSAGE,
            answered_at=None,
        ).first()
        # Those who work beside her do not judge her words alone.
        theirs = message.member is not None and message.member.is_facilitator
        return known or _made(
            room,
            Report.Kind.MESSAGE,
            message.message_id,
            by=by,
            reason=reason,
            at_once=theirs or not facilitators_hear(room),
        )


def appeal(room: Room, target: UUID, *, by: Membership, reason: str) -> Report:
    """Asks that somebody else looks at what was decided about a message of hers; once for each decision.

    Refused("not_allowed") where nothing was decided about it, or it is not hers.
    """
    with locked(room.pk) as room:
        if _decider(room, target, writer=by) is None:
            raise Refused("not_allowed")
        known = Report.objects.filter(room=room, member=by, target=target, kind=Report.Kind.APPEAL).first()
        return known or _made(room, Report.Kind.APPEAL, target, by=by, reason=reason)


def answer(report: Report, *, by: User, template: str = "", words: str = "") -> None:
    """Marks a report or an appeal as seen to; who made it reads the words. By a facilitator or a coordinator.

    Refused("conflict") where somebody else was quicker, "invalid" for a template that answers something else.
    None is answered by whom it is about.
    """
    if template and template not in ANSWERS[report.kind]:
        raise Refused("invalid", field="template")
    with locked(report.room_id) as room:
        if not facilitators_hear(room) and not by.has_perm("groups.coordinate"):
            raise Refused("not_allowed")
        decides(room.group_id, by)
        report = Report.objects.select_for_update().select_related("member").get(pk=report.pk)
        if report.answered_at is not None:
            raise _seen_to(report.answered_by, room)
        if _about_whom(report) == by.pk:
            raise Refused("not_allowed", _("This is about you. Somebody else has to look at it."))
        report.answered_at, report.answered_by = timezone.now(), by.pk
        report.template, report.answer = template, words
        report.save(update_fields=["answered_at", "answered_by", "template", "answer"])
        record(what="report.answered", by=by, about=report, kind=report.kind, why=template)
        beside_changed(room)


def answer_signal(signal: Signal, *, by: Membership) -> None:
    """Marks a signal as seen to: somebody has turned to the member.

    Refused("conflict") where somebody else was quicker; saying it twice changes nothing.
    """
    with locked(signal.room_id) as room:
        leads(room.group_id, by)
        signal = Signal.objects.select_for_update().get(pk=signal.pk)
        if signal.answered_at is not None and signal.answered_by == by.user_id:
            return
        if signal.answered_at is not None:
            raise _seen_to(signal.answered_by, room)
        signal.answered_at, signal.answered_by = timezone.now(), by.user_id
        signal.save(update_fields=["answered_at", "answered_by"])
        record(what="signal.answered", by=by.user_id, about=signal)
        beside_changed(room)


def _seen_to(by: UUID | None, room: Room) -> Refused:
    name = name_of(by, group_id=room.group_id)
    return Refused("conflict", _("{name} has already seen to it.").format(name=name), decided_by=name)


def _made(
    room: Room, kind: Report.Kind, target: UUID, *, by: Membership, reason: str, at_once: bool = False
) -> Report:
    now = timezone.now()
    made = Report.objects.create(
        room=room, member=by, kind=kind, target=target, reason=reason, reported_at=now
    )
    escalating.expect(Escalation.What.REPORT, made.pk, group_id=room.group_id, now=now, at_once=at_once)
    record(what=f"report.{kind}", by=by.user_id, about=made)
    beside_changed(room)
    return made


def facilitators_hear(room: Room) -> bool:
    """Whether facilitators read what is reported in this room, or coordinators alone."""
    return room.kind == Room.Kind.GROUP


def decider_of(report: Report) -> UUID | None:
    """Who decided what an appeal is about; she does not answer it herself."""
    if report.kind != Report.Kind.APPEAL:
        return None
    return _decider(report.room, report.target, writer=report.member)


def written_by(member: Membership, messages: Collection[UUID], *, room: Room) -> set[UUID]:
    """Which of these messages of a room are hers; she does not answer what is reported of them."""
    hers = Event.objects.filter(
        room=room, message_id__in=messages, member=member, kind=Event.Kind.MESSAGE
    ).values_list("message_id", flat=True)
    return {message for message in hers if message is not None}


def _about_whom(report: Report) -> UUID | None:
    """Who decided what is appealed against, or who wrote what is reported."""
    if report.kind == Report.Kind.APPEAL:
        return decider_of(report)
    written = Event.objects.filter(room=report.room, message_id=report.target, kind=Event.Kind.MESSAGE)
    return written.values_list("member__user", flat=True).first()


def _decider(room: Room, target: UUID, *, writer: Membership) -> UUID | None:
    """Who decided about a message of the writer's: declined it or removed it."""
    held = HeldMessage.objects.filter(
        room=room, message_id=target, member=writer, decision=HeldMessage.Decision.DECLINED
    ).first()
    if held is not None:
        return held.decided_by
    written = Event.objects.filter(room=room, message_id=target, member=writer, kind=Event.Kind.MESSAGE)
    removed = Event.objects.filter(room=room, target=target, kind=Event.Kind.REMOVED)
    removal = removed.select_related("member").first() if written.exists() else None
    return removal.member.user_id if removal is not None and removal.member is not None else None
