"""What members tell the facilitators, and what is answered: reports, appeals, signals."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.access import may_enter
from peersupport.chat.keeping.noting import beside_changed, locked
from peersupport.chat.models import Escalation, Event, Report, Room, Signal
from peersupport.chat.moderating import decisions, escalating
from peersupport.chat.moderating.authority import decides, leads, name_of
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership

#: The answer that ends what was decided about her.
LIFTED = "lifted"


def answers_to(report: Report) -> tuple[str, ...]:
    """The templates of answers to it: something was reported, or a decision was looked at again."""
    if report.kind != Report.Kind.APPEAL:
        return ("seen",)
    return (LIFTED, "stays") if report.decision else ("again", "stands")


def report(message: Event, *, by: Membership, reason: str) -> Report:
    """Says that a message is not right; saying it twice changes nothing.

    The facilitators see it at once, and so do the coordinators where a facilitator wrote it. On a line and in
    a side room, where a parent is alone with facilitators, coordinators alone are told.
    """
    assert message.message_id is not None
    with locked(message.room_id) as room:
        # Those who work beside her do not judge her words alone.
        theirs = message.member is not None and message.member.is_facilitator
        return _known(room, Report.Kind.MESSAGE, message.message_id, by=by) or _made(
            room, Report.Kind.MESSAGE, message.message_id, by=by, reason=reason, at_once=theirs
        )


def report_person(person: Membership, *, by: Membership, room: Room, reason: str) -> Report:
    """Says that something is not right with somebody in the room; saying it twice changes nothing.

    Of a facilitator the coordinators hear alone, at once: she must not judge it, nor they who work beside
    her. Refused("not_allowed") for herself, and alike for whoever is not in this room.
    """
    if person.pk == by.pk or person.group_id != room.group_id or not may_enter(room, person):
        raise Refused("not_allowed")
    with locked(room.pk) as room:
        return _known(room, Report.Kind.PERSON, person.pk, by=by) or _made(
            room,
            Report.Kind.PERSON,
            person.pk,
            by=by,
            reason=reason,
            coordinators_alone=person.is_facilitator,
        )


def appeal(room: Room, target: UUID, *, by: Membership, reason: str) -> Report:
    """Asks that somebody else looks at what was decided about a message of hers; once for each decision.

    Refused("not_allowed") where nothing was decided about it, or it is not hers.
    """
    with locked(room.pk) as room:
        decider = decisions.about_her_words(room, target, writer=by)
        if decider is None:
            raise Refused("not_allowed")
        return _appealed(room, target, by=by, reason=reason, decider=decider)


def appeal_decision(decision: str, *, by: Membership, room: Room, reason: str) -> Report:
    """The same for what was decided about herself: she only reads, or her messages are read first.

    Refused("not_allowed") where neither is so.
    """
    with locked(room.pk) as room:
        found = decisions.about_her(decision, by)
        if found is None:
            raise Refused("not_allowed")
        return _appealed(room, found.pk, by=by, reason=reason, decider=found.by, decision=decision)


def answer(report: Report, *, by: User, template: str = "", words: str = "") -> None:
    """Marks a report or an appeal as seen to; who made it reads the words. By a facilitator or a coordinator.

    Refused("conflict") where somebody else was quicker, "invalid" for a template that answers something else.
    None is answered by whom it is about. "lifted" ends what was decided about who asked.
    """
    if template and template not in answers_to(report):
        raise Refused("invalid", field="template")
    with locked(report.room_id) as room:
        if not facilitators_hear(report) and not by.has_perm("groups.coordinate"):
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
        if template == LIFTED:
            decisions.lift(report, by=by)
        beside_changed(room)


def answer_signal(signal: Signal, *, by: Membership) -> None:
    """Marks a signal as seen to: somebody has turned to the member.

    Refused("conflict") where somebody else was quicker; saying it twice changes nothing.
    """
    with locked(signal.room_id) as room:
        leads(room.group_id, by)
        signal = Signal.objects.select_for_update().get(pk=signal.pk)
        if signal.answered_at is not None:
            if signal.answered_by == by.user_id:
                return
            raise _seen_to(signal.answered_by, room)
        signal.answered_at, signal.answered_by = timezone.now(), by.user_id
        signal.save(update_fields=["answered_at", "answered_by"])
        record(what="signal.answered", by=by.user_id, about=signal)
        beside_changed(room)


def _seen_to(by: UUID | None, room: Room) -> Refused:
    name = name_of(by, group_id=room.group_id)
    return Refused("conflict", _("{name} has already seen to it.").format(name=name), decided_by=name)


def facilitators_hear(report: Report) -> bool:
    """Whether facilitators read what is reported, or coordinators alone: of one of them, and in a room where
    somebody is alone with them."""
    return report.room.kind == Room.Kind.GROUP and not report.coordinators_alone


def written_by(member: Membership, messages: Collection[UUID], *, room: Room) -> set[UUID]:
    """Which of these messages of a room are hers; she does not answer what is reported of them."""
    hers = Event.objects.filter(
        room=room, message_id__in=messages, member=member, kind=Event.Kind.MESSAGE
    ).values_list("message_id", flat=True)
    return {message for message in hers if message is not None}


def person_meant(report: Report) -> Membership | None:
    """Whom a report is about, where it is about a person."""
    if report.kind != Report.Kind.PERSON:
        return None
    return Membership.objects.filter(pk=report.target).first()


def _known(room: Room, kind: Report.Kind, target: UUID, *, by: Membership) -> Report | None:
    open_ones = Report.objects.filter(room=room, member=by, kind=kind, answered_at=None)
    return open_ones.filter(target=target).first()


def _appealed(
    room: Room, target: UUID, *, by: Membership, reason: str, decider: UUID, decision: str = ""
) -> Report:
    known = Report.objects.filter(room=room, member=by, target=target, kind=Report.Kind.APPEAL).first()
    if known is not None:
        return known
    # With nobody else here who could look at it, coordinators are told at once.
    alone = not escalating.on_duty(room.group_id, now=timezone.now(), but=decider)
    return _made(room, Report.Kind.APPEAL, target, by=by, reason=reason, at_once=alone, decision=decision)


def _made(
    room: Room,
    kind: Report.Kind,
    target: UUID,
    *,
    by: Membership,
    reason: str,
    at_once: bool = False,
    coordinators_alone: bool = False,
    decision: str = "",
) -> Report:
    now = timezone.now()
    made = Report.objects.create(
        room=room,
        member=by,
        kind=kind,
        target=target,
        decision=decision,
        coordinators_alone=coordinators_alone,
        reason=reason,
        reported_at=now,
    )
    at_once = at_once or not facilitators_hear(made)
    escalating.expect(Escalation.What.REPORT, made.pk, group_id=room.group_id, now=now, at_once=at_once)
    record(what=f"report.{kind}", by=by.user_id, about=made)
    beside_changed(room)
    return made


def _about_whom(report: Report) -> UUID | None:
    """Who decided what is appealed against, who is reported, or who wrote what is."""
    if report.kind == Report.Kind.APPEAL:
        return decisions.decider_of(report)
    if report.kind == Report.Kind.PERSON:
        person = person_meant(report)
        return person.user_id if person is not None else None
    written = Event.objects.filter(room=report.room, message_id=report.target, kind=Event.Kind.MESSAGE)
    return written.values_list("member__user", flat=True).first()
