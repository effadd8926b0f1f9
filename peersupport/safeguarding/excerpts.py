"""Words of a room are copied to a concern when a second person of the staff agrees, and not before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.keeping import opening
from peersupport.chat.models import Event
from peersupport.groups.models import Membership
from peersupport.safeguarding.access import concern_for, excerpts_for
from peersupport.safeguarding.models import Excerpt
from peersupport.safeguarding.raising import message_of
from peersupport.vault import keys

LAST = 10


class DecidedAlready(Exception):
    """Somebody else was quicker."""


class Gone(Exception):
    """The message can no longer be read."""


class HerOwn(Exception):
    """Whoever asked cannot be the second person."""


def last_words_of(member: Membership) -> list[tuple[Event, str]]:
    """The last messages of a member in the room of her group, the newest first, opened."""
    events = Event.objects.filter(
        room__group=member.group_id,
        room__kind="group",
        member=member,
        kind=Event.Kind.MESSAGE,
        body__isnull=False,
    ).order_by("-at", "-seq")[:LAST]
    return [(event, words) for event in events if (words := words_of(event))]


def words_of(event: Event | None) -> str:
    """The text of a message; empty where it is gone or its writer was erased."""
    if event is None or event.member_id is None or event.message_id is None:
        return ""
    try:
        key = keys.key_for(event.member_id)
    except keys.KeyDestroyed:
        return ""
    body = bytes(event.body or b"")
    return opening.open_text(key, body, "body", event.room_id, event.message_id) or ""


def for_second(excerpt_id: UUID, *, by: User) -> Excerpt:
    """One she may decide on: a colleague's in her group, or on a concern she is named on. Http404 else."""
    excerpt = Excerpt.objects.select_related("concern").filter(pk=excerpt_id, decided_at=None).first()
    if excerpt is None:
        raise Http404
    if excerpts_for(by).filter(pk=excerpt_id).exists():
        return excerpt
    concern_for(by, excerpt.concern_id)
    return excerpt


def shown_to(excerpt: Excerpt, *, by: User) -> str:
    """The words as they stand in the room, for whoever decides; that she reads them is recorded."""
    with transaction.atomic():
        record(what="excerpt.read", by=by, about=excerpt)
    return words_of(message_of(excerpt.concern, excerpt.message))


@transaction.atomic
def decide(excerpt_id: UUID, *, keep: bool, by: User, now: datetime) -> Excerpt:
    """Copied under the concern's own key, or not. Raises HerOwn, DecidedAlready, Gone."""
    excerpt = Excerpt.objects.select_for_update(of=("self",)).select_related("concern").get(pk=excerpt_id)
    if excerpt.decided_at is not None:
        raise DecidedAlready
    if excerpt.asked_by == by.pk or excerpt.concern.person == by.pk:
        raise HerOwn
    if keep:
        _copy(excerpt)
    excerpt.decided_by, excerpt.decided_at, excerpt.kept = by.pk, now, keep
    excerpt.save()
    record(what="excerpt.decided", by=by, about=excerpt, kept=keep)
    return excerpt


def _copy(excerpt: Excerpt) -> None:
    event = message_of(excerpt.concern, excerpt.message)
    words = words_of(event)
    if event is None or not words:
        raise Gone
    excerpt.words, excerpt.written_at = words, event.at
