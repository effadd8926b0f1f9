"""What was decided about a member or her words: by which facilitator, in which words, how it is lifted."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.models import Event, HeldMessage, Mute, ReadFirst, Report, Room
from peersupport.chat.moderating import kind_words
from peersupport.groups.models import Membership

Decision = Report.Decision


def about_her(decision: str, member: Membership) -> Mute | ReadFirst | None:
    """The mute, or that her messages are read first. Of several the one she is told of: it lasts longest."""
    if decision == Decision.MUTE:
        return Mute.objects.filter(member=member, lifted_at=None).order_by("-until").first()
    return ReadFirst.objects.filter(member=member, lifted_at=None).order_by("-until").first()


def about_her_words(room: Room, message: UUID, *, writer: Membership) -> UUID | None:
    """Who declined or removed a message of the writer's; None where nobody did."""
    held = HeldMessage.objects.filter(
        room=room, message_id=message, member=writer, decision=HeldMessage.Decision.DECLINED
    ).first()
    if held is not None:
        return held.decided_by
    written = Event.objects.filter(room=room, message_id=message, member=writer, kind=Event.Kind.MESSAGE)
    removed = Event.objects.filter(room=room, target=message, kind=Event.Kind.REMOVED)
    removal = removed.select_related("member").first() if written.exists() else None
    return removal.member.user_id if removal is not None and removal.member is not None else None


def decider_of(report: Report) -> UUID | None:
    """Who decided what an appeal is about; she does not answer it herself."""
    if report.kind != Report.Kind.APPEAL:
        return None
    if report.decision == Decision.OF_MESSAGE:
        return about_her_words(report.room, report.target, writer=report.member)
    found: Mute | ReadFirst | None = _mute(report) or ReadFirst.objects.filter(pk=report.target).first()
    return found.by if found is not None else None


def words_of(report: Report) -> str:
    """What an appeal against a decision about the member herself is about, for who looks at it again."""
    muted = _mute(report)
    if muted is not None:
        why = kind_words.said("mute", template=muted.template, words=muted.reason)
        return _("Only reading for a while. {reason}").format(reason=why)
    held = report.decision == Decision.HOLD_MEMBER
    return _("Messages are read first, until the room closes.") if held else ""


def lift(report: Report, *, by: User) -> None:
    """Ends what an appeal is about, in its locked room. Nothing where it has ended already."""
    rows = Mute if report.decision == Decision.MUTE else ReadFirst
    ended = rows.objects.filter(member=report.member, lifted_at=None).update(lifted_at=timezone.now())
    if ended and report.decision == Decision.MUTE:
        record(what="member.unmuted", by=by, about=report.member)
    elif ended:
        record(what="member.read_first", by=by, about=report.member, on=False)


def _mute(report: Report) -> Mute | None:
    return Mute.objects.filter(pk=report.target).first() if report.decision == Decision.MUTE else None
