"""Kinds of mails that a person switches off and on again: by a link in the mail, or on her own page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse

from peersupport.accounts.mail import approved, site_link
from peersupport.accounts.models import MailSwitch, User
from peersupport.audit.recording import record

Kind = MailSwitch.Kind

#: Whoever switches these off may come for nothing: she is told so first.
NEEDED = frozenset({Kind.CHANGES})

_SALT = "accounts.switches"


def kind_of(template: str) -> str:
    """The kind an approved mail belongs to, or "" where it cannot be switched off."""
    kind = approved().get(template)
    return kind.switch if kind else ""


def link(*, user_id: UUID, kind: str) -> str:
    """The address at which one person switches off one kind of mail. It does nothing else, and stays."""
    return site_link(reverse("accounts:switch", args=[_signer().sign(f"{user_id.hex}-{kind}")]))


def behind(token: str) -> tuple[User, MailSwitch.Kind] | None:
    """Whose mails of which kind a link is about, or None where it is not ours or nobody is there any more."""
    try:
        user_hex, _dash, kind = _signer().unsign(token).partition("-")
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=UUID(user_hex), is_active=True).first()
    return (user, Kind(kind)) if user is not None and kind in Kind else None


def is_off(*, user: User, kind: str) -> bool:
    """Whether she has switched this kind off."""
    return bool(kind) and MailSwitch.objects.filter(user=user, kind=kind).exists()


def who_is_off(users: Iterable[UUID], *, kind: str) -> set[UUID]:
    """Those of these people who have switched this kind off. One statement."""
    found = MailSwitch.objects.filter(user__in=list(users), kind=kind)
    return set(found.values_list("user", flat=True))


def on(user: User) -> list[str]:
    """The kinds she gets, in the order in which they are shown."""
    off = set(MailSwitch.objects.filter(user=user).values_list("kind", flat=True))
    return [kind for kind in Kind.values if kind not in off]


@transaction.atomic
def switch_off(*, user: User, kind: MailSwitch.Kind, by: User | None, now: datetime) -> None:
    """No more mails of this kind. `by` None: by the link in a mail. Safe to call again."""
    _switch, made = MailSwitch.objects.get_or_create(user=user, kind=kind, defaults={"off_at": now})
    if made:
        record(what="mails.switched_off", by=by, about=user, kind=str(kind))


@transaction.atomic
def keep(*, user: User, wanted: Iterable[str], now: datetime) -> None:
    """Switches on what she wants and off what she does not."""
    wanted = set(wanted)
    for kind in Kind:
        if kind not in wanted:
            switch_off(user=user, kind=kind, by=user, now=now)
    switched_on = MailSwitch.objects.filter(user=user, kind__in=wanted)
    if switched_on.delete()[0]:
        record(what="mails.switched_on", by=user, about=user)


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")
