"""How groups are doing, in numbers and never in names: who came, what is held, which debriefs are missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from peersupport.chat.models import HeldMessage
from peersupport.groups import absences, attended
from peersupport.groups.models import Meeting, Membership, SupportGroup

State = Membership.State


@dataclass(frozen=True)
class Health:
    """Of one group. `came` of `belonged` parents were at its last meeting; both None before there was one.

    `stayed_away`: parents who missed the last two in a row, as `absences` counts them; `held`: messages that
    wait to be read first; `undebriefed`: meetings that are over and were not talked over.
    """

    came: int | None = None
    belonged: int | None = None
    stayed_away: int = 0
    held: int = 0
    undebriefed: int = 0


def health_of(groups: Sequence[SupportGroup], now: datetime) -> dict[UUID, Health]:
    """By group; their meetings are loaded already. Six statements, however many groups."""
    over = {group.pk: _over(group, now) for group in groups}
    last = [one.pk for meetings in over.values() for one in meetings[:1]]
    there = attended.who_came(Q(meeting__in=last))
    belong = _parents(over)
    away = Counter(seat.group_id for seat, _first in absences.stayed_away(over, now))
    held = _held(over)
    found = {pk: _health(over[pk], there, belong.get(pk, [])) for pk in over}
    return {pk: replace(one, stayed_away=away[pk], held=held[pk]) for pk, one in found.items()}


def _over(group: SupportGroup, now: datetime) -> list[Meeting]:
    """Its meetings that took place, the latest first."""
    found = [one for one in group.meetings.all() if one.ends_at <= now and one.state == Meeting.State.PLANNED]
    return sorted(found, key=lambda one: one.starts_at, reverse=True)


def _parents(groups: Iterable[UUID]) -> dict[UUID, list[Membership]]:
    found: defaultdict[UUID, list[Membership]] = defaultdict(list)
    rows = Membership.objects.filter(group__in=list(groups), role=Membership.Role.PARENT, state=State.ACTIVE)
    for one in rows.only("pk", "group_id", "since"):
        found[one.group_id].append(one)
    return found


def _held(groups: Iterable[UUID]) -> Counter[UUID]:
    waiting = HeldMessage.objects.filter(
        room__group__in=list(groups), decision=HeldMessage.Decision.WAITING
    ).order_by()
    return Counter(dict(waiting.values_list("room__group").annotate(number=Count("pk"))))


def _health(over: list[Meeting], there: dict[UUID, set[UUID]], parents: list[Membership]) -> Health:
    undebriefed = sum(one.debriefed_at is None for one in over)
    if not over:
        return Health()
    last = over[0]
    belonged = {one.pk for one in parents if one.since <= last.starts_at}
    return Health(
        came=len(belonged & there.get(last.pk, set())),
        belonged=len(belonged),
        undebriefed=undebriefed,
    )
