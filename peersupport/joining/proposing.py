"""Proposals are asked for, worked out when due, and accepted one by one. Nothing happens by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import forming
from peersupport.groups.models import Facilitator, Programme, SupportGroup
from peersupport.joining import placing
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.gathering import gather
from peersupport.joining.models import Application, PlacementRun
from peersupport.joining.placement.carrying import facts_out, locks_in, locks_out, proposals_in
from peersupport.joining.placement.facts import Locks
from peersupport.joining.placement.proposals import Proposal

# What a process may need beyond the seconds it is given: to start, to read, to write.
GRACE_SECONDS = 30


class NoLongerSo(Exception):
    """Something changed since it was proposed: it has to be worked out anew. Its argument says what, in words."""


@dataclass(frozen=True)
class Accepted:
    """The group, who has an offer in it now, and who could not be offered a seat any more."""

    group: SupportGroup
    offered: int
    left_out: int


@transaction.atomic
def ask(*, starts_on: date, locks: Locks, by: User, now: datetime) -> PlacementRun:
    """Asks for proposals; the work loop works them out."""
    run = PlacementRun.objects.create(
        asked_by=by.pk, asked_at=now, due_at=now, starts_on=starts_on, locks=locks_out(locks)
    )
    record(what="placement.asked", by=by, about=run, locked=len(locks.at), never=len(locks.never))
    return run


def work_out(run: PlacementRun, now: datetime) -> None:
    """Does it, in a process of its own. RuntimeError where that fails; its output may hold ids and is not told."""
    facts = gather(starts_on=run.starts_on, now=now).facts(locks_in(run.locks))
    seconds = settings.PLACEMENT_SECONDS
    command = [sys.executable, "-m", "peersupport.joining.placement", str(seconds)]
    done = subprocess.run(
        command,
        input=json.dumps(facts_out(facts)),
        capture_output=True,
        text=True,
        timeout=seconds + GRACE_SECONDS,
        cwd=settings.BASE_DIR,
        check=False,
    )
    if done.returncode:
        raise RuntimeError("placement did not end well")
    run.result = json.loads(done.stdout)
    run.save(update_fields=["result"])


@transaction.atomic
def accept(*, run: PlacementRun, number: int, name: str, by: User, now: datetime) -> Accepted:
    """Forms the group that proposal `number` is about, where it is new, and offers its seats.

    Who is no longer waiting, or must not meet somebody, is left out. Raises NoLongerSo where that leaves too
    few for a new group, where a facilitator is needed elsewhere, or where it was accepted before.
    """
    fresh = PlacementRun.objects.select_for_update().get(pk=run.pk)
    if number in fresh.accepted:
        raise NoLongerSo("accepted")
    proposal = proposals_in(fresh.result or {"proposals": []})[number]
    group = _group(fresh, proposal, name=name, by=by, now=now)
    offered = sum(_offered(parent, group, by=by, now=now) for parent in proposal.parents)
    if offered < (group.programme.minimum if proposal.place.is_new else 1):
        raise NoLongerSo("people")
    fresh.accepted = [*fresh.accepted, number]
    fresh.save(update_fields=["accepted"])
    record(what="placement.accepted", by=by, about=fresh, group=str(group.pk), offered=offered)
    return Accepted(group, offered, len(proposal.parents) - offered)


def _group(run: PlacementRun, proposal: Proposal, *, name: str, by: User, now: datetime) -> SupportGroup:
    place = proposal.place
    if not place.is_new:
        return SupportGroup.objects.select_related("programme").get(pk=place.group)
    weekday, hour = map(int, place.slot.split("-"))
    leaders = [int(one.removeprefix("f")) for one in proposal.leaders]
    try:
        with transaction.atomic():
            return forming.form(
                programme=Programme.objects.get(pk=place.course),
                name=name,
                starts_on=run.starts_on + timedelta(days=(weekday - run.starts_on.weekday()) % 7),
                meets_at=time(hour),
                time_zone=settings.TIME_ZONE,
                language=place.language,
                facilitators=list(Facilitator.objects.filter(pk__in=leaders).order_by("pk")),
                by=by,
                now=now,
            )
    except IntegrityError:
        raise NoLongerSo("facilitators") from None


def _offered(parent: str, group: SupportGroup, *, by: User, now: datetime) -> bool:
    """Whether she has an offer now."""
    application = Application.objects.filter(pk=parent).first()
    if application is None:
        return False
    try:
        placing.offer(application=application, group=group, by=by, now=now)
    except (NotPossibleNow, placing.NoSeat, placing.GroupClosed):
        return False
    return True


def latest() -> PlacementRun | None:
    """The newest run."""
    return PlacementRun.objects.first()


def forget_old(now: datetime) -> None:
    """Proposals that nobody decided on are deleted after a while."""
    before = now - timedelta(days=settings.PLACEMENT_RUN_DAYS)
    PlacementRun.objects.filter(asked_at__lt=before).delete()
