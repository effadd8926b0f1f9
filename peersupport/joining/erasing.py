"""Applications are erased when their time is over, or at once when she asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups.models import FreeDay, Membership, SupportGroup
from peersupport.joining import answering, referring, talking
from peersupport.joining.models import Application, Identifier, Placement, WayBack
from peersupport.vault import keys
from peersupport.work.one_by_one import in_pages, one_by_one

State = Application.State


@transaction.atomic
def erase(*, application: Application, by: models.Model | None, why: str, now: datetime) -> None:
    """Destroys the key of everything she told us and deletes the rows, a seat kept for her included.

    `why` is "asked" or the retention rule. Mails about it that are still due cannot be opened any more.
    """
    answering.lock_offers(application=application)
    fresh = Application.objects.select_for_update(of=("self",)).filter(pk=application.pk).first()
    if fresh is None:
        return
    answering.give_up_offers(application=fresh, now=now)
    talking.let_go(application=fresh, now=now)
    record(what="application.erased", by=by, about=fresh, why=why)
    keys.destroy(subject=fresh.id)
    FreeDay.objects.filter(whose=fresh.pk).delete()
    for referral in fresh.referrals.select_related("contact"):
        referring.erase(referral)
    contact = fresh.contact
    fresh.delete()
    # With a place the contact belongs to the user by now and stays hers.
    if contact is not None and contact.user_id is None:
        contact.delete()


def erase_of_person(*, user: User, by: User | None, now: datetime, **_signal: Any) -> None:
    """Whoever is erased told us something on her way in: that goes, too."""
    for application in Application.objects.filter(user=user):
        erase(application=application, by=by, why="asked", now=now)


def forget_old(now: datetime) -> None:
    """Erases every application whose time is over. Safe to call again and by two processes."""

    def erase_one(application: Application) -> None:
        erase(application=application, by=None, why="retention", now=now)

    one_by_one(in_pages(due(now)), erase_one, what="erasing an application")


def due(now: datetime) -> QuerySet[Application]:
    """Applications whose retention period has passed, as retention.toml says."""
    unsent = Q(state__in=[State.DRAFT, State.WITHDRAWN]) & _before("changed_at", now, settings.DRAFT_DAYS)
    # An open offer is answered or lapses first.
    placeless = Q(state__in=[State.SENT, State.WAITING, State.NOT_NOW, State.REFERRED]) & _before(
        "changed_at", now, settings.APPLICATION_DAYS
    )
    placed = Q(state=State.PLACED, placements__state="accepted") & _before(
        "placements__group__ended_at", now, settings.ROOM_TEXT_DAYS
    )
    return Application.objects.filter(unsent | placeless | placed).distinct()


def forget_codes(now: datetime) -> None:
    """A day after sending, the readable copy of a return code is emptied even where she did not say so."""
    day = now - timedelta(days=1)
    # Whoever came back by another way today has a new code to note.
    fresh = WayBack.objects.filter(used_at__gt=day).values("application")
    old = Application.objects.filter(sent_at__lte=day).exclude(code=b"").exclude(pk__in=fresh)
    old.update(code=b"")


def forget_identifiers(now: datetime) -> None:
    """With a place, whom she named is kept while she belongs to a group that is coming or goes on. Then it is
    of no use and erased, though the application stays a while. Safe to call again.
    """
    over = [SupportGroup.State.ENDED, SupportGroup.State.CANCELLED]
    seats = Membership.objects.filter(user=OuterRef("application__user"))
    seats = seats.exclude(state=Membership.State.LEFT).exclude(group__state__in=over)
    Identifier.objects.filter(~Exists(seats), application__state=State.PLACED).delete()
    looked_into = Placement.objects.filter(~Exists(seats), application__state=State.PLACED)
    looked_into.exclude(looked_into=[]).update(looked_into=[])


def _before(column: str, now: datetime, days: int) -> Q:
    return Q(**{f"{column}__lte": now - timedelta(days=days)})
