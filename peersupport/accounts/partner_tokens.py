"""Tokens with which programs of partner organisations read the API: made, looked up, revoked, forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from peersupport.accounts.models import ApiToken, User
from peersupport.audit.recording import record
from peersupport.vault.hashing import keyed_hash

#: By it people and programs that look for secrets in files tell what they have found.
PREFIX = "pst_"
#: Of randomness.
BYTES = 32
#: So many at once are enough for an organisation's partners.
MOST = 50
#: So long a token can still be seen at the desk once it has ended.
KEPT = timedelta(days=90)


class Enough(Exception):
    """There are as many tokens as anybody needs."""


@transaction.atomic
def make(
    *, partner: str, scopes: Iterable[ApiToken.Scope], until: datetime, by: User, now: datetime
) -> tuple[ApiToken, str]:
    """A new token, given this once, and its row. Raises Enough where there are many that still work."""
    if working(now).count() >= MOST:
        raise Enough
    token = PREFIX + secrets.token_urlsafe(BYTES)
    chosen = sorted({str(scope) for scope in scopes})
    row = ApiToken.objects.create(
        partner=partner,
        scopes=chosen,
        token_hash=_hash(token),
        made_at=now,
        made_by=by.pk,
        until=until,
    )
    record(what="token.made", by=by, about=row, scopes=" ".join(chosen), until=until.isoformat())
    return row, token


@transaction.atomic
def revoke(*, token_id: UUID, by: User, now: datetime) -> bool:
    """From now on it opens nothing. False where there is none that still did; safe to call again."""
    revoked = ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=now)
    if revoked:
        record(what="token.revoked", by=by, about=f"accounts.apitoken:{token_id}")
    return bool(revoked)


def working(now: datetime) -> QuerySet[ApiToken]:
    """Tokens that open something now."""
    return ApiToken.objects.filter(revoked_at=None, until__gt=now)


def behind(token: str, *, now: datetime) -> ApiToken | None:
    """The row of a token that still works, or None alike for an unknown, an expired and a revoked one.

    By its hash: no time tells more. The day of its use is kept, once a day.
    """
    found = working(now).filter(token_hash=_hash(token)).first()
    if found is not None and found.used_on != now.date():
        ApiToken.objects.filter(pk=found.pk).update(used_on=now.date())
    return found


def forget_old(now: datetime) -> None:
    """Deletes tokens that ended long ago; what was done with them stands in the audit record."""
    before = now - KEPT
    ApiToken.objects.filter(Q(until__lt=before) | Q(revoked_at__lt=before)).delete()


def _hash(token: str) -> bytes:
    return keyed_hash(token, purpose="partner-token")
