"""Stand-ins: what a facilitator sees of the calls, and how long one who said yes belongs to the group.

She is a member from a day before the meeting, so that she can prepare, until its room has closed. Who leads
the group anyway stays as she is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from peersupport.accounts import mail, switches
from peersupport.accounts.models import SafeContact
from peersupport.audit.recording import record
from peersupport.groups import membership
from peersupport.groups.models import (
    Facilitator,
    Meeting,
    Membership,
    Rostered,
    StandInAsked,
    StandInCall,
    SupportGroup,
)
from peersupport.work.one_by_one import in_pages, one_by_one

#: So long before its beginning she may come in.
BEFORE = timedelta(days=1)
SHOWN_MOST = 40
TEMPLATE = "stand-in"

State = StandInCall.State


@dataclass(frozen=True)
class Calls:
    """The calls of one facilitator for meetings that are not over.

    `asked`: she has not answered; `settled`: she was asked and another has said yes; `taken`: hers to lead;
    `own`: for herself.
    """

    asked: list[StandInCall]
    settled: list[StandInCall]
    taken: list[StandInCall]
    own: list[StandInCall]

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.asked or self.settled or self.taken or self.own)


def calls_of(facilitator: Facilitator, *, now: datetime) -> Calls:
    """What she sees. Two statements."""
    hers = StandInAsked.objects.filter(facilitator=facilitator)
    no = set(hers.exclude(said_no_at=None).values_list("call", flat=True))
    found = _ahead(now).filter(
        Q(pk__in=hers.values("call")) | Q(taken_by=facilitator) | Q(absent=facilitator)
    )
    calls = Calls([], [], [], [])
    for one in found.order_by("meeting__starts_at", "pk")[:SHOWN_MOST]:
        if one.absent_id == facilitator.pk:
            calls.own.append(one)
        elif one.taken_by_id == facilitator.pk:
            calls.taken.append(one)
        elif one.state == State.OPEN and one.pk not in no:
            calls.asked.append(one)
        elif one.state == State.TAKEN and one.pk not in no:
            calls.settled.append(one)
    return calls


def calls_for(meeting: Meeting) -> list[StandInCall]:
    """The calls about one meeting, the newest first."""
    found = StandInCall.objects.filter(meeting=meeting).exclude(state=State.WITHDRAWN)
    return list(
        found.select_related("absent", "taken_by").prefetch_related("asked").order_by("-made_at")[:20]
    )


def follow(now: datetime) -> None:
    """The sweep: stand-ins come in and go. Safe to call again and by two workers at once."""
    soon = Q(state=State.TAKEN, meeting__starts_at__lte=now + BEFORE)
    due = StandInCall.objects.filter(Q(admitted=True) | soon, over_at=None)
    one_by_one(in_pages(due), lambda call: settle(call, now=now), what="letting a stand-in in or out")


def settle(call: StandInCall, *, now: datetime) -> None:
    """Lets who has said yes in or out, as the clock says; in a transaction of the caller's."""
    # The group first, as whoever admits or reschedules does: then nobody waits in a circle.
    group = SupportGroup.objects.select_for_update().get(meetings=call.meeting_id)
    fresh = StandInCall.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=call.pk)
    if fresh.state == State.OPEN or fresh.over_at is not None or fresh.taken_by_id is None:
        return
    if _is_over(fresh, group, now):
        fresh.over_at = now
        _let_out(fresh, group, now)
    elif fresh.meeting.starts_at <= now + BEFORE:
        _let_in(fresh, group, now)
    fresh.save(update_fields=["admitted", "over_at"])


def not_needed(meetings: Iterable[Meeting], *, now: datetime) -> dict[tuple[UUID, int], int]:
    """These meetings are moved or off: nobody is held to a yes to another time, and whoever said it is told.

    Gives who led which meeting for whom: (meeting, stand-in) and the one she stood in for, by id. In the
    transaction of the caller's, who has locked the group.
    """
    calls = StandInCall.objects.filter(meeting__in=list(meetings)).exclude(state=State.WITHDRAWN)
    found = list(calls.select_related("taken_by").order_by("pk"))
    led = [one for one in found if one.taken_by is not None]
    calls.update(state=State.WITHDRAWN)
    tell([one.taken_by_id for one in led if one.taken_by_id is not None], now=now)
    return {(one.meeting_id, one.taken_by_id): one.absent_id for one in led if one.taken_by_id is not None}


def tell(facilitators: Collection[int], *, now: datetime) -> None:
    """A neutral mail to those of them (by id) who want such mails: what it is about stands on their page."""
    kind = mail.approved()[TEMPLATE].switch
    users = list(Facilitator.objects.filter(pk__in=facilitators).values_list("user", flat=True))
    off = switches.who_is_off(users, kind=kind)
    for contact in SafeContact.objects.select_related("user").filter(user__in=users, email_is_safe=True):
        if contact.user_id is None or contact.user_id in off:
            continue
        context = {
            # By name: the workspace is built upon the groups.
            "link": mail.site_link(reverse("facilitators:calls")),
            "stop": switches.link(user_id=contact.user_id, kind=kind),
        }
        mail.queue(contact=contact, template=TEMPLATE, context=context, now=now)


def _ahead(now: datetime) -> QuerySet[StandInCall]:
    ahead = StandInCall.objects.filter(meeting__ends_at__gt=now, meeting__state=Meeting.State.PLANNED)
    shown = ahead.exclude(state=State.WITHDRAWN)
    return shown.select_related("meeting__group__programme", "absent", "taken_by")


def _is_over(call: StandInCall, group: SupportGroup, now: datetime) -> bool:
    meeting = call.meeting
    if call.state == State.WITHDRAWN:
        return True
    # Taken off the list of who leads it, by whatever way.
    if not Rostered.objects.filter(meeting=meeting, facilitator=call.taken_by_id).exists():
        return True
    latest = meeting.ends_at + Meeting.RUNS_OVER
    return meeting.ends_at <= now and (not group.room_open or latest <= now)


def _let_in(call: StandInCall, group: SupportGroup, now: datetime) -> None:
    if call.admitted:
        return
    if _seat(call, group) is not None:
        # For another call of hers she is in already; who leads the group anyway is not let out afterwards.
        call.admitted = _others(call, group).exists()
        return
    facilitator = Facilitator.objects.select_related("user").get(calls_taken=call)
    admit = partial(
        membership.admit,
        user=facilitator.user,
        group=group,
        by=None,
        role=Membership.Role.FACILITATOR,
        now=now,
    )
    try:
        admit(pseudonym=facilitator.display_name)
    except membership.PseudonymTaken:
        # A parent there goes by that name.
        admit()
    call.admitted = True
    record(what="stand_in.let_in", by=None, about=call, group=str(group.pk))


def _let_out(call: StandInCall, group: SupportGroup, now: datetime) -> None:
    seat = _seat(call, group) if call.admitted else None
    call.admitted = False
    if seat is not None and not _others(call, group).exists():
        membership.leave(membership=seat, by=None, now=now)
        record(what="stand_in.let_out", by=None, about=call, group=str(group.pk))


def _seat(call: StandInCall, group: SupportGroup) -> Membership | None:
    seats = Membership.objects.filter(group=group, user__facilitator=call.taken_by_id)
    return seats.exclude(state=Membership.State.LEFT).first()


def _others(call: StandInCall, group: SupportGroup) -> QuerySet[StandInCall]:
    """Other calls for the sake of which she belongs to the group now."""
    found = StandInCall.objects.filter(meeting__group=group, taken_by=call.taken_by_id, admitted=True)
    return found.exclude(pk=call.pk)
