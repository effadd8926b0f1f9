"""A parent leaves her group by herself: without a reason, with a goodbye or without one.

What she says to the others is read by the facilitators first; they show it, now or from the next meeting on,
or keep it to themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import feeds, membership, schedule
from peersupport.groups.access import led_by
from peersupport.groups.models import Goodbye, Membership, SupportGroup
from peersupport.vault import keys

SHOWN_MOST = 20


class Decided(Exception):
    """Another facilitator was quicker."""


@dataclass(frozen=True)
class Farewell:
    """What the others read: her words, and the name she went by."""

    name: str
    words: str


@transaction.atomic
def leave(*, member: Membership, words: str, by: User, now: datetime) -> bool:
    """She belongs to the group no more: rooms close for her, feed and reminders end. Nobody is told why.

    Also where her place is suspended. False where she had left already. Words wait for a facilitator.
    """
    # Row lock: a second tap finds that she has left.
    fresh = Membership.objects.select_for_update(of=("self",)).select_related("group").get(pk=member.pk)
    if fresh.state == Membership.State.LEFT:
        return False
    feeds.end(member=fresh, by=by)
    membership.leave(membership=fresh, by=by, now=now)
    Goodbye.objects.filter(member=fresh).delete()
    if words:
        Goodbye.objects.create(member=fresh, words=words, at=now)
        record(what="goodbye.said", by=by, about=fresh)
    return True


def waiting_for(user: User) -> list[Goodbye]:
    """Goodbyes that she, as a facilitator of their groups, has to read first; the oldest first."""
    led = led_by(user).values("group")
    found = Goodbye.objects.filter(decided_at=None, member__group__in=led)
    return list(found.select_related("member__group").defer("words").order_by("at")[:SHOWN_MOST])


def goodbye_for(user: User, member_id: UUID) -> Goodbye:
    """One of them, decided or not. Http404 alike for a missing one and another group's."""
    led = led_by(user).values("group")
    found = Goodbye.objects.select_related("member__group").filter(member=member_id, member__group__in=led)
    goodbye = found.first()
    if goodbye is None:
        raise Http404
    return goodbye


@transaction.atomic
def show(*, goodbye: Goodbye, by: User, now: datetime, at_next_meeting: bool) -> datetime:
    """The others read it, now or from when the room of their next meeting can be entered. Raises Decided."""
    ahead = schedule.upcoming(goodbye.member.group.meetings.all(), now) if at_next_meeting else []
    shown_from = max(ahead[0].opens_at, now) if ahead else now
    _decide(goodbye, by, now, shown_from)
    record(what="goodbye.shown", by=by, about=goodbye.member)
    return shown_from


@transaction.atomic
def keep_back(*, goodbye: Goodbye, by: User, now: datetime) -> None:
    """It stays with the facilitators. Raises Decided."""
    _decide(goodbye, by, now, None)
    record(what="goodbye.kept_back", by=by, about=goodbye.member)


def farewells(group: SupportGroup, *, now: datetime) -> list[Farewell]:
    """What the others read on the page of the group. Of whoever came back nothing is left to say."""
    found = Goodbye.objects.filter(
        member__group=group, member__state=Membership.State.LEFT, shown_from__lte=now
    )
    shown = list(found.select_related("member").order_by("-shown_from")[:SHOWN_MOST])
    keys.load(one.pk for one in shown)
    return [Farewell(one.member.pseudonym, words) for one in shown if (words := _read(one))]


def forget(sender: object, *, user: User, **_others: object) -> None:
    """Deletes the goodbyes of somebody who is erased."""
    Goodbye.objects.filter(member__user=user).delete()


def _decide(goodbye: Goodbye, by: User, now: datetime, shown_from: datetime | None) -> None:
    changed = Goodbye.objects.filter(pk=goodbye.pk, decided_at=None).update(
        decided_at=now, decided_by=by.pk, shown_from=shown_from
    )
    if not changed:
        raise Decided


def _read(goodbye: Goodbye) -> str:
    try:
        return goodbye.words
    except keys.KeyDestroyed:
        return ""
