"""A member's calendar feed: made, made anew, ended, read."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups.access import feed_hash
from peersupport.groups.models import NEUTRAL_ALPHABET, Feed, Membership
from peersupport.groups.neutral import holds_telling_word

#: Of 31 letters and digits: 158 bits.
LETTERS = 32


@transaction.atomic
def make(*, member: Membership, by: Membership, now: datetime) -> str:
    """A new secret for the address of her feed, given this once. The address she had is void."""
    token = _token()
    Feed.objects.update_or_create(
        member=member, defaults={"token_hash": feed_hash(token), "made_at": now, "read_on": None}
    )
    record(what="feed.made", by=by.user_id, about=member)
    return token


@transaction.atomic
def end(*, member: Membership, by: Membership | User) -> None:
    """Nothing reads her dates any more. Safe to call again."""
    if Feed.objects.filter(member=member).delete()[0]:
        record(what="feed.ended", by=by if isinstance(by, User) else by.user_id, about=member)


def forget(sender: object, *, user: User, **_others: object) -> None:
    """Ends the feeds of somebody who is erased."""
    Feed.objects.filter(member__user=user).delete()


def note_read(*, feed: Feed, now: datetime) -> None:
    """Keeps the day on which it was read last, and nothing of who read it. Written once a day."""
    today = now.date()
    Feed.objects.filter(Q(read_on=None) | Q(read_on__lt=today), pk=feed.pk).update(read_on=today)


def _token() -> str:
    token = "".join(secrets.choice(NEUTRAL_ALPHABET) for _position in range(LETTERS))
    return _token() if holds_telling_word(token) else token
