"""A parent goes over from one group to another: her seat there and her leaving here are one act."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import feeds, membership, notices, schedule
from peersupport.groups.models import Membership, SupportGroup
from peersupport.joining import answering, placing, seats
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.conflicts import turns
from peersupport.joining.models import Application, Placement
from peersupport.joining.placing import GroupClosed, LookedInto, NoSeat


def seat_of(application: Application) -> Membership | None:
    """The place she could go over from: the newest of her seats in a group that is coming or goes on."""
    if application.state != Application.State.PLACED or application.user_id is None:
        return None
    seats_of = Membership.objects.select_related("group__programme", "user").filter(
        user=application.user_id,
        role=Membership.Role.PARENT,
        state=Membership.State.ACTIVE,
        group__state__in=placing.OPEN,
    )
    return seats_of.order_by("-since").first()


@transaction.atomic
def transfer(
    *,
    application: Application,
    into: SupportGroup,
    by: User,
    now: datetime,
    looked_into: LookedInto | None = None,
    seen: str = "",
) -> Membership:
    """Her seat in the other group; the one she had is ended, and she is told when it begins there.

    Raises NotPossibleNow where she has no place to go over from or is in that group already, and NoSeat,
    GroupClosed and Conflict as for an offer. Then nothing has happened.
    """
    turns.before_offering()
    before = seat_of(application)
    if before is None or before.group_id == into.pk:
        raise NotPossibleNow
    # Both rows at one go and in one order, as for two groups that become one.
    pks = [before.group_id, into.pk]
    fresh = {
        one.pk: one for one in SupportGroup.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    }
    into = fresh[into.pk]
    held = Application.objects.select_for_update(of=("self",)).filter(pk=application.pk)
    application = held.get()
    # Again, under the lock: she may have left, or been led over, meanwhile.
    active = Membership.objects.select_for_update(of=("self",)).filter(state=Membership.State.ACTIVE)
    seat = active.select_related("user").filter(pk=before.pk).first()
    if seat is None or application.state != Application.State.PLACED:
        raise NotPossibleNow
    closes = schedule.closes_at(list(into.meetings.all()))
    if into.state not in placing.OPEN or closes is None or closes <= now:
        raise GroupClosed
    if seats.left(into, now) < 1:
        raise NoSeat
    clash = placing.keep_apart(application, into, looked_into, seen=seen)
    arrived = go_over(seat, into, application, by=by, now=now)
    taken = application.placements.filter(group=into, state=Placement.State.ACCEPTED)
    taken.update(looked_into=placing.to_keep(clash))
    answering.mark_open_case(application=application, group=into)
    checked = placing.in_record(clash, looked_into)
    record(what="place.transferred", by=by, about=application, group=str(into.pk), **checked)
    notices.placed(seat=arrived, now=now)
    return arrived


def go_over(
    seat: Membership, into: SupportGroup, application: Application, *, by: User, now: datetime
) -> Membership:
    """Her new seat, under her name where it is free there; her old one ends. AlreadyMember.

    For callers that have locked both groups.
    """
    try:
        arrived = membership.admit(user=seat.user, group=into, by=by, pseudonym=seat.pseudonym, now=now)
    except membership.PseudonymTaken:
        # Somebody there goes by that name: she gets one that is free.
        arrived = membership.admit(user=seat.user, group=into, by=by, now=now)
    feeds.end(member=seat, by=by)
    membership.leave(membership=seat, by=by, now=now, reason="transfer")
    taken = Placement.objects.filter(application=application, group=seat.group_id)
    taken.filter(state=Placement.State.ACCEPTED).update(group=into)
    return arrived
