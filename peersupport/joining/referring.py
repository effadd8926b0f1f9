"""A professional hands over a card. Nothing of a case travels with it, and nothing comes back unasked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from peersupport.accounts import contact as contacts
from peersupport.accounts.models import SafeContact
from peersupport.audit.recording import record
from peersupport.joining import return_codes, telling
from peersupport.joining.access import card_hash
from peersupport.joining.models import Application, Referral
from peersupport.vault import keys
from peersupport.work.one_by_one import in_pages, one_by_one


class CardGone(Exception):
    """The card was used, or its time is over; or this application came by another card."""


@transaction.atomic
def make(*, organisation: str, address: str, now: datetime) -> tuple[Referral, str]:
    """A card and its code, of which only a keyed hash is kept."""
    code = return_codes.new_code()
    referral = Referral(code_hash=card_hash(code), organisation=organisation, made_at=now)
    wishes = contacts.Wishes(email_is_safe=True, address=address)
    contact = SafeContact(subject=referral.id)
    zone = settings.TIME_ZONE
    referral.contact = contacts.keep(contact=contact, wishes=wishes, time_zone=zone, by=None)
    referral.save()
    record(what="card.made", by=None, about=referral)
    return referral, code


def open_cards(now: datetime) -> QuerySet[Referral]:
    """Cards that nobody used yet and that still count."""
    return Referral.objects.filter(application=None, made_at__gt=now - timedelta(days=settings.DRAFT_DAYS))


def found(entered: str, now: datetime) -> Referral | None:
    """The open card of a code as somebody typed it; None for an unknown, used or lapsed one."""
    code = return_codes.read(entered)
    return open_cards(now).filter(code_hash=card_hash(code)).first() if code is not None else None


@transaction.atomic
def confirm(*, referral: Referral, application: Application, may_tell: bool, now: datetime) -> None:
    """She uses the card: only now does her application say how she came. Raises CardGone.

    Who handed it over is forgotten at once unless she ticked that they may be told.
    """
    # Row lock: of two who hold the same card one is first.
    fresh = open_cards(now).select_for_update(of=("self",)).filter(pk=referral.pk).first()
    if fresh is None:
        raise CardGone
    fresh.application, fresh.confirmed_at, fresh.may_tell = application, now, may_tell
    contact = fresh.contact
    if not may_tell:
        fresh.contact = None
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError:
        raise CardGone from None
    if not may_tell and contact is not None:
        contact.delete()
    record(what="card.used", by=None, about=application, may_tell=may_tell)
    if application.sent_at is not None:
        tell(application=application, now=now)


@transaction.atomic
def tell(*, application: Application, now: datetime) -> None:
    """Once she has sent it: says that the card was used, if she ticked that, once and in neutral words."""
    cards = Referral.objects.select_for_update(of=("self",)).select_related("contact")
    card = cards.filter(application=application, may_tell=True, told_at=None).first()
    if card is not None:
        telling.card_used(contact=card.contact, now=now)
        card.told_at = now
        card.save(update_fields=["told_at"])


@transaction.atomic
def erase(referral: Referral) -> None:
    """Destroys the key of who refers and deletes the rows."""
    contact = referral.contact
    keys.destroy(subject=referral.id)
    referral.delete()
    if contact is not None:
        contact.delete()


def forget_old(now: datetime) -> None:
    """Erases cards that nobody used in time. Safe to call again and by two processes."""
    lapsed = Referral.objects.filter(application=None, made_at__lte=now - timedelta(days=settings.DRAFT_DAYS))

    def erase_one(found: Referral) -> None:
        one = Referral.objects.select_for_update(of=("self",), skip_locked=True).select_related("contact")
        card = one.filter(pk=found.pk, application=None).first()
        if card is not None:
            erase(card)

    one_by_one(in_pages(lapsed), erase_one, what="erasing a card")
