"""Ending what somebody has open: one browser's others, all of them, or the account."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from peersupport.accounts.models import Session, User
from peersupport.accounts.session_store import stored_key
from peersupport.audit.recording import record


@transaction.atomic
def sign_out_everywhere(*, user: User, by: User, but: str | None = None) -> int:
    """Ends every session of this person and says how many; `but` is the cookie of one that may stay.

    Open sockets notice within seconds: they ask for their session and for `access_version`.
    """
    ended = end_sessions(user=user, but=but)
    raise_access_version(user=user)
    record(what="account.signed_out_everywhere", by=by, about=user, ended=ended)
    return ended


@transaction.atomic
def deactivate(*, user: User, by: User | None, reason: str) -> None:
    """Closes the account without erasing it: nobody can sign in to it. `reason` is a word, never a story."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    end_sessions(user=user)
    raise_access_version(user=user)
    record(what="account.deactivated", by=by, about=user, reason=reason)


def end_sessions(*, user: User, but: str | None = None) -> int:
    """Deletes this person's sessions; for callers that audit what they do. Gives how many."""
    sessions = Session.objects.filter(user=user)
    if but:
        sessions = sessions.exclude(session_key=stored_key(but))
    return sessions.delete()[0]


def raise_access_version(*, user: User) -> None:
    """Tells open sockets to ask again what this person may do; for callers that audit what they do."""
    User.objects.filter(pk=user.pk).update(access_version=F("access_version") + 1)
    user.refresh_from_db(fields=["access_version"])
