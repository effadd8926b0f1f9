"""A room's log as a page without JavaScript shows it: the fold of its newest events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When

from peersupport.chat.access import Standing
from peersupport.chat.keeping import opening
from peersupport.chat.models import Event, HeldMessage, Mute, Report, Signal
from peersupport.chat.moderating import decisions, kind_words
from peersupport.chat.moderating.reports import person_meant
from peersupport.chat.pages.wording import WORDS
from peersupport.chat.protocol.commands import SEQ_MOST
from peersupport.vault import keys

NEWEST = 200
TOLD_FOR = timedelta(days=7)  # as in hub.beside


@dataclass(frozen=True)
class Message:
    """One message as its reader sees it; `gone` says why there is no text any more."""

    id: UUID
    seq: int
    at: datetime
    member_id: UUID
    name: str
    role: str
    own: bool
    body: str | None
    note: str | None
    reply_to: UUID | None
    gone: str = ""
    why: str = ""


def messages_of(standing: Standing, *, before: int = SEQ_MOST, most: int = NEWEST) -> list[Message]:
    """The newest messages of the room before a number, oldest first, at most `most`."""
    events = (
        Event.objects.filter(room=standing.room, kind=Event.Kind.MESSAGE, seq__lt=before)
        .select_related("member")
        .order_by("-seq")[:most]
    )
    found = list(reversed(events))
    keys.load({event.member_id for event in found if event.member_id})
    endings = Event.objects.filter(
        room=standing.room,
        kind__in=[Event.Kind.REMOVED, Event.Kind.RETRACTED, Event.Kind.ERASED],
        target__in=[event.message_id for event in found if event.body is None],
    )
    gone = {event.target: event for event in endings.select_related("member")}
    return [_message(event, standing, gone.get(event.message_id)) for event in found]


def own_held(standing: Standing, *, now: datetime) -> list[HeldMessage]:
    """Her own messages that wait for a facilitator, or were declined with a reason she may read."""
    still_told = Q(told_at=None) | Q(told_at__gt=now - TOLD_FOR)
    wanted = Q(decision=HeldMessage.Decision.WAITING) | Q(still_told, decision=HeldMessage.Decision.DECLINED)
    hers = HeldMessage.objects.filter(wanted, room=standing.room, member=standing.membership)
    return list(hers.order_by("held_at")[:NEWEST])


@dataclass(frozen=True)
class Answer:
    """What she reads about a report or an appeal; "" where it is still to come. `known`: she has seen it."""

    words: str
    known: bool


def own_answers(standing: Standing, *, now: datetime) -> dict[UUID, Answer]:
    """What came of her reports and appeals, by message."""
    recent = Q(told_at=None) | Q(told_at__gt=now - TOLD_FOR)
    asked = _asked_by(standing).filter(recent, decision="").exclude(kind=Report.Kind.PERSON)
    return {
        report.target: Answer(
            kind_words.said("answer", template=report.template, words=report.answer),
            known=report.answered_at is None or report.told_at is not None,
        )
        for report in asked.order_by("reported_at")[:NEWEST]
    }


@dataclass(frozen=True)
class Told:
    """An answer that stands at no message of hers; `id` is that of her report or appeal."""

    id: UUID
    words: str


def own_answers_apart(standing: Standing) -> list[Told]:
    """What came of what she said about somebody, or asked about herself, until she has put it away."""
    apart = ~Q(decision="") | Q(kind=Report.Kind.PERSON)
    answered = _asked_by(standing).filter(apart, answered_at__isnull=False, told_at=None)
    return [
        Told(report.pk, words)
        for report in answered.order_by("answered_at")[:NEWEST]
        if (words := _answered_words(report))
    ]


def _answered_words(report: Report) -> str:
    words = kind_words.said("answer", template=report.template, words=report.answer)
    whom = person_meant(report)
    return str(WORDS["answered_about"]).format(name=whom.pseudonym, text=words) if words and whom else words


def _asked_by(standing: Standing) -> QuerySet[Report]:
    return Report.objects.filter(room=standing.room, member=standing.membership)


def asked_again(decision: UUID) -> bool:
    """Whether she has asked that somebody else looks at a decision."""
    return Report.objects.filter(kind=Report.Kind.APPEAL, target=decision).exists()


def may_appeal_hold(standing: Standing) -> bool:
    """Whether her messages are read first, and she has not yet asked that somebody else looks at it."""
    held = decisions.about_her(Report.Decision.HOLD_MEMBER, standing.membership)
    return held is not None and not asked_again(held.pk)


def muted_now(standing: Standing, *, now: datetime) -> Mute | None:
    """Until when she only reads, if she does."""
    found = Mute.objects.filter(member=standing.membership, lifted_at=None, until__gt=now)
    return found.order_by("-until").first()


def all_held(standing: Standing) -> list[HeldMessage]:
    """Everything that waits in the room, distress first, then the longest wait. For facilitators."""
    assert standing.facilitates
    waiting = HeldMessage.objects.filter(room=standing.room, decision=HeldMessage.Decision.WAITING)
    signals = Signal.objects.filter(room=standing.room, message_id=OuterRef("message_id"), answered_at=None)
    marked = waiting.annotate(level=Subquery(signals.values("level")[:1]))
    order = Case(When(level=Signal.Level.URGENT, then=0), When(level=Signal.Level.WATCH, then=1), default=2)
    return list(marked.select_related("member").order_by(order, "held_at")[:NEWEST])


def _message(event: Event, standing: Standing, ending: Event | None) -> Message:
    member, message_id = event.member, event.message_id
    assert member is not None
    assert message_id is not None
    cipher = _key(member.pk) if event.body or event.note else None
    return Message(
        id=message_id,
        seq=event.seq,
        at=event.at,
        member_id=member.pk,
        name=member.pseudonym,
        role=member.role,
        own=member.pk == standing.membership.pk,
        body=opening.open_text(cipher, _bytes(event.body), "body", standing.room.pk, message_id),
        note=opening.open_text(cipher, _bytes(event.note), "note", standing.room.pk, message_id),
        reply_to=event.reply_to,
        gone=ending.kind if ending else "",
        why=_why_removed(ending) if ending else "",
    )


def _why_removed(ending: Event) -> str:
    """What everybody reads about a removal; "" for any other ending."""
    if ending.kind != Event.Kind.REMOVED:
        return ""
    words = None
    if ending.note and ending.member and ending.message_id:
        key = _key(ending.member.pk)
        words = opening.open_text(key, _bytes(ending.note), "note", ending.room_id, ending.message_id)
    return kind_words.said("remove", template=ending.facts.get("template", ""), words=words or "")


def _key(subject: UUID) -> AESGCM | None:
    try:
        return keys.key_for(subject)
    except keys.KeyDestroyed:
        return None


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)
