"""She answers an offered place: accepts, declines, or lets it lapse."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.accounts.opening import open_account
from peersupport.audit.recording import record
from peersupport.groups import free_days, notices, running
from peersupport.groups import membership as memberships
from peersupport.groups.models import Membership, SupportGroup
from peersupport.joining import placing
from peersupport.joining.conflicts import turns
from peersupport.joining.models import Application, Placement
from peersupport.work.one_by_one import in_pages, one_by_one

State = Placement.State
# In the record: a place made it so that cases of the group may be open.
BROUGHT = "place.case_open"


class OfferGone(Exception):
    """The offer was answered, taken back, or its time is over."""


class NotGiven(Exception):
    """She wanted the place and could not be given it: she waits on, and a coordinator sees to it."""


def accept(
    *,
    placement: Placement,
    pseudonym: str,
    now: datetime,
    user: User | None = None,
    password: str | None = None,
    with_email: bool = False,
) -> Membership:
    """She takes the place: an account (unless `user` is hers already), a membership, one transaction.

    Raises OfferGone; PseudonymTaken and AlreadyMember from the group; AddressTaken and ValidationError from
    the account. `with_email`: she signs in with the address she marked as safe, else with a generated name.
    Raises NotGiven where she must not meet somebody who is there by now and nobody has looked into that, or
    where the group is full; that she waits on, and that the desk has to know, is kept.
    """
    with transaction.atomic():
        turns.before_offering()
        # Row lock on the group first, as when a place is offered: seats are counted by one at a time.
        group = SupportGroup.objects.select_for_update().get(pk=placement.group_id)
        fresh = _open(placement, now)
        application = Application.objects.select_for_update(of=("self",)).get(pk=fresh.application_id)
        try:
            # A savepoint: where she cannot come in nothing of it has happened, a new account included.
            with transaction.atomic():
                user = user or _account(application, password, with_email, now)
                return _come_in(fresh, application, group, user, pseudonym, now)
        except placing.Conflict as conflict:
            _hold(fresh, now, why="match", match=" ".join(conflict.clash.sorts))
        except memberships.GroupFull:
            _hold(fresh, now, why="full")
    raise NotGiven


def mark_open_case(*, application: Application, group: SupportGroup) -> None:
    """A family's criminal case may be open, says her last talk: then it is so for the whole group.

    Chat reads it of the group and never asks here. The caller has locked the group's row. What is noted is
    that a place brought it, for the coordinators' desk; never whose.
    """
    last = application.interviews.first()
    if last is None or group.cases_open or not last.findings.case_may_be_open:
        return
    running.say_cases_are_open(group=group, are_open=True, by=None)
    record(what=BROUGHT, by=None, about=group)


@transaction.atomic
def decline(*, placement: Placement, now: datetime) -> None:
    """She says no, kindly received: the seat is free and she waits for another place. Raises OfferGone."""
    fresh = _open(placement, now)
    _close(fresh, State.DECLINED, now)
    record(what="place.declined", by=None, about=fresh.application, group=str(fresh.group_id))


def lapse(now: datetime) -> None:
    """Ends offers that were not answered in time; the applicants wait again. Safe to call again."""
    late = Placement.objects.filter(state=State.OFFERED, answer_by__lte=now)

    def lapse_one(found: Placement) -> None:
        one = Placement.objects.select_for_update(of=("self",), skip_locked=True)
        placement = one.filter(pk=found.pk, state=State.OFFERED).first()
        if placement is not None:
            _close(placement, State.EXPIRED, now)
            record(what="place.lapsed", by=None, about=placement.application)

    one_by_one(in_pages(late), lapse_one, what="ending an offer")


def lock_offers(*, application: Application) -> None:
    """Before an application is locked whose offers may have to be given up: whoever answers an offer locks it
    first and the application second, and two that lock in opposite order stop one another.
    """
    list(application.placements.select_for_update().filter(state=State.OFFERED))


def give_up_offers(*, application: Application, now: datetime) -> None:
    """Frees whatever seat is kept for an application that is being withdrawn or erased."""
    application.placements.filter(state=State.OFFERED).update(
        state=State.DECLINED, answered_at=now, looked_into=[]
    )


def _open(placement: Placement, now: datetime) -> Placement:
    fresh = Placement.objects.select_for_update(of=("self",)).filter(pk=placement.pk).first()
    if fresh is None or not fresh.is_open(now):
        raise OfferGone
    return fresh


def _come_in(
    placement: Placement,
    application: Application,
    group: SupportGroup,
    user: User,
    pseudonym: str,
    now: datetime,
) -> Membership:
    member = memberships.admit(user=user, group=group, by=user, pseudonym=pseudonym, now=now)
    placement.end(State.ACCEPTED, now=now)
    application.state, application.user, application.changed_at = Application.State.PLACED, user, now
    application.save(update_fields=["state", "user", "changed_at"])
    # After that: her account belongs to what she is known by.
    placing.look_again(application, group)
    record(what="place.accepted", by=user, about=application, group=str(group.pk))
    mark_open_case(application=application, group=group)
    free_days.go_over(application=application.pk, user=user.pk)
    notices.placed(seat=member, now=now)
    return member


def _hold(placement: Placement, now: datetime, *, why: str, **facts: str) -> None:
    """Not `_close`: the desk sees it until a coordinator was in touch with her, and she reads a sentence."""
    placement.end(State.HELD, now=now)
    # Anew: objects in memory remember what was rolled back.
    application = Application.objects.get(pk=placement.application_id)
    words = placing.not_given_words(application)
    if words not in application.note:
        application.note = f"{application.note}\n\n{words}".strip()
    application.state, application.changed_at = Application.State.WAITING, now
    application.save(update_fields=["state", "changed_at", "note"])
    record(what="place.held", by=None, about=application, group=str(placement.group_id), why=why, **facts)


def _close(placement: Placement, state: Placement.State, now: datetime) -> None:
    placement.end(state, now=now)
    Application.objects.filter(pk=placement.application_id, state=Application.State.OFFERED).update(
        state=Application.State.WAITING, changed_at=now
    )


def _account(application: Application, password: str | None, with_email: bool, now: datetime) -> User:
    contact = application.contact
    safe = with_email and contact is not None and contact.email_is_safe
    return open_account(
        email=contact.address if contact is not None and safe else None,
        password=password,
        by=None,
        contact=contact,
        language=application.language,
        time_zone=application.time_zone,
        country=application.country,
        now=now,
    )
