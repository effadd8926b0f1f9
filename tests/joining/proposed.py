"""Proposals as placement would have made them, without waiting for it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.groups.models import Facilitator, Programme, SupportGroup
from peersupport.joining import gathering, proposing
from peersupport.joining.models import Application, PlacementRun
from peersupport.joining.placement.carrying import proposed_out
from peersupport.joining.placement.facts import Locks, Place
from peersupport.joining.placement.plan import Plan
from peersupport.joining.placement.proposals import Proposal, Proposed, Reasons, Unplaced
from tests.cast import Cast

REASONS = Reasons(waiting=9, free=7, prefer=1, rather=1, near=1, longest=5, leaders_free=3, least=2, most=8)
#: Tuesday, six in the evening.
SLOT = "1-18"


@dataclass(frozen=True)
class Found:
    """What the solver would say of its plan."""

    plan: Plan = field(default_factory=Plan)
    is_optimal: bool = True
    gap: float = 0.0
    seconds: float = 0.1


def begins(cast: Cast) -> date:
    """So far ahead that no group of the cast is in the way."""
    return cast.now.date() + timedelta(days=110)


def waits(
    cast: Cast, called: str = "Greta", *, times: Sequence[str] = ("tue-evening",), happened: str = "online"
) -> Application:
    """Somebody who waits for a place, without the way there."""
    found = Application(code_hash=os.urandom(32), state=Application.State.WAITING, sent_at=cast.now)
    found.tell(called=called, times=tuple(times), happened=happened)
    found.save()
    return found


def small_groups(cast: Cast) -> Programme:
    """Alder's programme, with which two parents make a group."""
    programme = cast.alder.programme
    programme.minimum = programme.goes_on_from = 2
    programme.save()
    return programme


def place(programme: Programme, slot: str = SLOT) -> Place:
    """Where a new group could be."""
    return Place(str(programme.pk), "en", slot)


def group(
    programme: Programme, parents: Sequence[Application], leaders: Sequence[User], *, slot: str = SLOT
) -> Proposal:
    """A new group."""
    found = [Facilitator.objects.get(user=user) for user in leaders]
    return Proposal(
        place(programme, slot),
        tuple(sorted(str(one.pk) for one in parents)),
        tuple(gathering.leader_id(one.pk) for one in found),
        REASONS,
    )


def seats(there: SupportGroup, parents: Sequence[Application]) -> Proposal:
    """Seats in a group that is there."""
    where = Place(str(there.programme_id), "en", f"g{there.pk}", str(there.pk))
    return Proposal(where, tuple(sorted(str(one.pk) for one in parents)), (), REASONS)


def run(
    cast: Cast, *proposals: Proposal, unplaced: Sequence[Unplaced] = (), locks: Locks | None = None
) -> PlacementRun:
    """A run that was worked out."""
    # The newest counts: each is asked for a moment later.
    now = timezone.now()
    made = proposing.ask(starts_on=begins(cast), locks=locks or Locks(), by=cast.salla, now=now)
    made.result = proposed_out(Proposed(proposals, tuple(unplaced), Found()))
    made.state = "done"
    made.save()
    return made
