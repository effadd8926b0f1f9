"""A group does not take place: its parents wait again, with the time they have waited already."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import cancelling
from peersupport.groups.models import Change, Membership, SupportGroup
from peersupport.groups.rearranging import NotPossible
from peersupport.joining import placing
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.models import Application, Placement

State = Application.State


@transaction.atomic
def call_off(
    *, group: SupportGroup, said: cancelling.Said, by: User, now: datetime, joined: int = 0
) -> Change:
    """Cancels the group: open offers are taken back, its parents wait for another one. NotPossible.

    Since when they wait does not change. `joined`: so many have gone over to another group before; then this
    cannot be taken back.
    """
    # Row lock on the group first, as wherever seats are given.
    SupportGroup.objects.select_for_update().get(pk=group.pk)
    for placement in Placement.objects.filter(group=group, state=Placement.State.OFFERED):
        # Whoever says no, or whose time lapses, in this very moment waits again already.
        with suppress(NotPossibleNow):
            placing.take_back(placement=placement, by=by, now=now)
    taken = [placement for placement in _taken(group) if _waits_again(placement, by, now)]
    waiting = [[str(one.application_id), str(one.pk)] for one in taken]
    before = {"waiting": waiting, "joined": joined}
    return cancelling.cancel_group(group=group, said=said, by=by, now=now, before=before)


@transaction.atomic
def take_back(*, change: Change, by: User, now: datetime) -> None:
    """The group takes place after all, with the same parents. NotPossible ("follows") once one of them was
    offered another place, said something else, or went over to another group.
    """
    SupportGroup.objects.select_for_update().get(pk=change.group_id)
    places = dict(change.before.get("waiting", []))
    found = list(
        Application.objects.select_for_update(of=("self",)).filter(pk__in=places, state=State.WAITING)
    )
    if len(found) < len(places) or change.before.get("joined"):
        raise NotPossible("follows")
    cancelling.take_back(change=change, by=by, now=now)
    for application in found:
        application.state, application.changed_at = State.PLACED, now
        application.save(update_fields=["state", "changed_at"])
        record(what="place.given_again", by=by, about=application, group=str(change.group_id))
    Placement.objects.filter(pk__in=places.values()).update(state=Placement.State.ACCEPTED)


def _taken(group: SupportGroup) -> list[Placement]:
    """The places taken in the group, of parents who belong to it now."""
    members = Membership.objects.filter(
        group=group, state=Membership.State.ACTIVE, role=Membership.Role.PARENT
    )
    taken = Placement.objects.filter(
        group=group, state=Placement.State.ACCEPTED, application__state=State.PLACED
    )
    return list(taken.filter(application__user__in=members.values("user")).order_by("pk"))


def _waits_again(placement: Placement, by: User, now: datetime) -> bool:
    """False where she has just had her application erased."""
    # The application first, as an erasure does.
    held = Application.objects.select_for_update(of=("self",)).filter(state=State.PLACED)
    application = held.filter(pk=placement.application_id).first()
    if application is None:
        return False
    fresh = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
    # Or the end of this group would erase, in time, what she told us, also where she is in another by then.
    fresh.state = Placement.State.TAKEN_BACK
    fresh.save(update_fields=["state"])
    application.state, application.changed_at = State.WAITING, now
    if application.wanted_group_id == fresh.group_id:
        application.wanted_group = None
    application.save(update_fields=["state", "changed_at", "wanted_group"])
    record(what="place.lost", by=by, about=application, group=str(fresh.group_id))
    return True
