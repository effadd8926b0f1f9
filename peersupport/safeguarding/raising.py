"""A concern is raised, and what is added to it by who raised it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.models import Event
from peersupport.groups.models import Membership
from peersupport.safeguarding import alarming, protocol
from peersupport.safeguarding.access import coordinates, leads_group
from peersupport.safeguarding.models import Alarm, Concern, Entry, Excerpt, Level, Named

#: The same words again within this time are a form sent twice.
TWICE = timedelta(minutes=10)


class AboutHerself(Exception):
    """Nobody raises or handles what is about herself."""


class Over(Exception):
    """The concern is closed."""


@dataclass(frozen=True)
class Seen:
    """What somebody saw or heard, and apart from it what she thinks; whom else it is about."""

    fact: str
    opinion: str = ""
    somebody_else: str = ""
    #: A message of the group's rooms (its id) that shall stand with it, if a second person agrees.
    message: UUID | None = None


@transaction.atomic
def raise_concern(*, about: Membership, level: Level, seen: Seen, by: User, now: datetime) -> Concern:
    """A concern with its clock; coordinators are written to. Raises AboutHerself.

    Sent twice it is one: the same person, member and fact within ten minutes.
    """
    if about.user_id == by.pk:
        raise AboutHerself
    # Row lock: two sendings of one form come one after the other.
    Membership.objects.select_for_update(of=("self",)).get(pk=about.pk)
    known = _sent_before(about, seen.fact, by=by, now=now)
    if known is not None:
        return known
    concern = Concern.objects.create(
        member=about.pk,
        group=about.group_id,
        person=about.user_id,
        called=f"{about.pseudonym}, {about.group.name}",
        somebody_else=seen.somebody_else,
        country=about.user.country,
        level=level,
        raised_by=by.pk,
        raised_at=now,
        open_until=protocol.until(level, now=now),
    )
    Entry.objects.create(
        concern=concern, kind=Entry.Kind.SEEN, by=by.pk, at=now, fact=seen.fact, opinion=seen.opinion
    )
    record(what="concern.raised", by=by, about=concern, level=str(level))
    if seen.message is not None:
        ask_for_words(concern, message=seen.message, by=by, now=now)
    _set_out(concern, by=by, now=now)
    return concern


@transaction.atomic
def add(concern: Concern, *, fact: str, opinion: str, by: User, now: datetime) -> Entry:
    """Who raised it has seen or heard more. Raises Over."""
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    if concern.closed_at is not None:
        raise Over
    added = Entry.objects.create(
        concern=concern, kind=Entry.Kind.SEEN, by=by.pk, at=now, fact=fact, opinion=opinion
    )
    record(what="concern.added_to", by=by, about=concern)
    return added


def ask_for_words(concern: Concern, *, message: UUID, by: User, now: datetime) -> Excerpt | None:
    """Words of the member concerned shall stand with it. None for a message that is not hers, or is gone."""
    event = message_of(concern, message)
    if event is None:
        return None
    asked, _made = Excerpt.objects.get_or_create(
        concern=concern, message=message, defaults={"room": event.room_id, "asked_by": by.pk, "asked_at": now}
    )
    record(what="excerpt.asked_for", by=by, about=asked)
    return asked


def message_of(concern: Concern, message: UUID) -> Event | None:
    """A message of the member concerned that can still be read, in any room of her group."""
    return Event.objects.filter(
        room__group=concern.group,
        member=concern.member,
        message_id=message,
        kind=Event.Kind.MESSAGE,
        body__isnull=False,
    ).first()


def _sent_before(about: Membership, fact: str, *, by: User, now: datetime) -> Concern | None:
    recent = Concern.objects.filter(member=about.pk, raised_by=by.pk, raised_at__gt=now - TWICE)
    for concern in recent.prefetch_related("entries"):
        if any(entry.by == by.pk and entry.fact == fact for entry in concern.entries.all()):
            return concern
    return None


def _set_out(concern: Concern, *, by: User, now: datetime) -> None:
    """Coordinators are told now and once its time is over; a coordinator who raised it has opened it."""
    if coordinates(by) and not leads_group(by, concern.group):
        Named.objects.create(concern=concern, user=by.pk, by=by.pk, at=now)
        concern.opened_at, concern.opened_by = now, by.pk
        concern.save(update_fields=["opened_at", "opened_by"])
        return
    alarming.expect(Alarm.What.RAISED, concern.pk, due_at=now)
    alarming.expect(Alarm.What.UNOPENED, concern.pk, due_at=concern.open_until)
