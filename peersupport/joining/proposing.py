"""Proposals are asked for, worked out when due, and accepted one by one. Nothing happens by itself."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.db.models import F
from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import forming, free_days, membership, pseudonyms
from peersupport.groups.models import Facilitator, Programme, SupportGroup
from peersupport.joining import placing
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.gathering import first_day, gather, slot_in, still_lead
from peersupport.joining.models import Application, PlacementRun
from peersupport.joining.placement.carrying import Plain, facts_out, locks_in, locks_out, proposals_in
from peersupport.joining.placement.facts import Locks
from peersupport.joining.placement.proposals import Proposal
from peersupport.work.duties import Later, Skipped

log = logging.getLogger("peersupport.joining")

# What a process may need beyond the seconds it is given: to start, to read, to write.
GRACE_SECONDS = 30
#: How the thread is called that waits for the process.
BESIDE = "placement"


class NoLongerSo(Exception):
    """What was proposed cannot be carried out. Its argument says why.

    "gone", "accepted", "late", "name", "facilitators", "group" or "people".
    """


@dataclass(frozen=True)
class Accepted:
    """The group, how many have an offer in it now, and how many could not be offered a seat any more."""

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


def latest() -> PlacementRun | None:
    """The newest run."""
    return PlacementRun.objects.first()


def work_out(run: PlacementRun, now: datetime) -> None:
    """Has it worked out beside the work loop, which goes on: whoever has to be told of something is told.

    A duty: raises Later until there is a result, Skipped where a newer run was asked for meanwhile, and
    RuntimeError where it failed.
    """
    if run.result is not None:
        if "proposals" not in run.result and "contradiction" not in run.result:
            raise RuntimeError("placement did not end well")
        return
    if PlacementRun.objects.filter(asked_at__gt=run.asked_at).exists():
        raise Skipped("a newer one was asked for")
    facts = facts_out(gather(starts_on=run.starts_on, now=now).facts(locks_in(run.locks)))
    seconds = settings.PLACEMENT_SECONDS
    # With the process that runs it, it ends; then the row is due again.
    arguments = run.pk, facts, seconds
    threading.Thread(target=_worked_out_beside, args=arguments, name=BESIDE, daemon=True).start()
    raise Later(now + timedelta(seconds=seconds + 2 * GRACE_SECONDS), why="is being worked out")


def worked_out(facts: Plain, *, seconds: int) -> dict[str, Any]:
    """What a process of its own makes of these facts. RuntimeError where it fails.

    It gets nothing of our environment, and what it writes in its fall may hold ids and is not kept.
    """
    try:
        done = subprocess.run(  # noqa: S603 - a module of our own
            [sys.executable, "-m", "peersupport.joining.placement", str(seconds)],
            input=json.dumps(facts),
            capture_output=True,
            text=True,
            timeout=seconds + GRACE_SECONDS,
            cwd=settings.BASE_DIR,
            env={},
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        # From None: the error holds what was given and what came out.
        raise RuntimeError("placement did not end well") from None
    return found


def _worked_out_beside(run: UUID, facts: Plain, seconds: int) -> None:
    try:
        result = worked_out(facts, seconds=seconds)
    except (RuntimeError, OSError) as error:
        log.error("placement failed: %s", type(error).__name__)
        result = {"failed": True}
    try:
        # Due at once: the work loop sees what came of it.
        PlacementRun.objects.filter(pk=run).update(result=result, due_at=F("asked_at"))
    finally:
        connections.close_all()


@transaction.atomic
def accept(*, run: PlacementRun, number: int, name: str, by: User, now: datetime) -> Accepted:
    """Forms the group that proposal `number` is about, where it is new, and offers its seats.

    Who is not waiting any more, or finds no seat, is left out. Raises NoLongerSo, and nothing has happened,
    where that leaves too few for a new group or nobody, and where anything else has changed too much.
    """
    # Row lock: of two who accept one proposal at the same time one does.
    fresh = PlacementRun.objects.select_for_update().filter(pk=run.pk).first()
    proposals = proposals_of(fresh)
    if fresh is None or number >= len(proposals):
        raise NoLongerSo("gone")
    if number in fresh.accepted:
        raise NoLongerSo("accepted")
    proposal = proposals[number]
    group = _group(fresh, proposal, name=name, by=by, now=now)
    # In the order of ids: two who accept different proposals of the same people do not wait in a circle.
    offered = sum(_offered(one, group, by=by, now=now) for one in sorted(proposal.parents))
    if offered < (group.programme.minimum if proposal.place.is_new else 1):
        raise NoLongerSo("people")
    fresh.accepted = [*fresh.accepted, number]
    fresh.locks = locks_out(_without(locks_in(fresh.locks), proposal))
    fresh.save(update_fields=["accepted", "locks"])
    record(what="placement.accepted", by=by, about=fresh, group=str(group.pk), offered=offered)
    return Accepted(group, offered, len(proposal.parents) - offered)


def proposals_of(run: PlacementRun | None) -> list[Proposal]:
    """What it proposes; nothing before it was worked out."""
    result = (run and run.result) or {}
    return proposals_in(result) if "proposals" in result else []


def forget_old(now: datetime) -> None:
    """Proposals are deleted after a while, whether anybody decided on them or not."""
    before = now - timedelta(days=settings.PLACEMENT_RUN_DAYS)
    PlacementRun.objects.filter(asked_at__lt=before).delete()


def _group(run: PlacementRun, proposal: Proposal, *, name: str, by: User, now: datetime) -> SupportGroup:
    """The group that is there, or the new one."""
    place = proposal.place
    if place.is_new:
        return _formed(run, proposal, name=name, by=by, now=now)
    group = SupportGroup.objects.select_related("programme").filter(pk=place.group).first()
    if group is None:
        raise NoLongerSo("group")
    return group


def _formed(run: PlacementRun, proposal: Proposal, *, name: str, by: User, now: datetime) -> SupportGroup:
    place = proposal.place
    weekday, meets_at = slot_in(place.slot)
    starts_on = first_day(run.starts_on, weekday)
    if starts_on <= timezone.localdate(now):
        raise NoLongerSo("late")
    if not still_lead(proposal.leaders, place, starts_on=run.starts_on, now=now):
        raise NoLongerSo("facilitators")
    programme = Programme.objects.filter(pk=place.course).first()
    if programme is None:
        raise NoLongerSo("group")
    if pseudonyms.folded(name) in names_in_use():
        raise NoLongerSo("name")
    try:
        # A savepoint: after an error of the database the transaction has to go on to say so.
        with transaction.atomic():
            return forming.form(
                programme=programme,
                name=name,
                starts_on=starts_on,
                meets_at=meets_at,
                time_zone=settings.TIME_ZONE,
                language=place.language,
                facilitators=_in_order(proposal.leaders),
                keep_free=free_days.asked_for([UUID(one) for one in proposal.parents]),
                by=by,
                now=now,
            )
    except IntegrityError:
        raise NoLongerSo("facilitators") from None
    except membership.PseudonymTaken:
        # One of the two goes by this name.
        raise NoLongerSo("name") from None


def names_in_use() -> set[str]:
    """Names of groups that are coming or under way, folded."""
    names = SupportGroup.objects.filter(state__in=placing.OPEN).values_list("name", flat=True)
    return {pseudonyms.folded(name) for name in names}


def _in_order(leaders: Iterable[str]) -> list[Facilitator]:
    pks = [int(one.removeprefix("f")) for one in leaders]
    return list(Facilitator.objects.select_related("user").filter(pk__in=pks).order_by("pk"))


def _offered(parent: str, group: SupportGroup, *, by: User, now: datetime) -> bool:
    """Whether she has an offer now."""
    application = Application.objects.filter(pk=parent).first()
    if application is None:
        return False
    try:
        placing.offer(application=application, group=group, by=by, now=now)
    except (NotPossibleNow, placing.NoSeat, placing.GroupClosed, placing.Conflict, Application.DoesNotExist):
        return False
    return True


def _without(locks: Locks, proposal: Proposal) -> Locks:
    """What stays locked after it was carried out: its people have what was wished for them."""
    people = {*proposal.parents, *proposal.leaders}
    kept = {one: at for one, at in locks.at.items() if one not in people or at != proposal.place}
    return replace(locks, at=kept)
