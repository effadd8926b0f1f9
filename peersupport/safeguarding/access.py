"""Who may raise, read and decide. Not hers, not there, and about herself are the same 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from peersupport.accounts.models import StaffRole, User
from peersupport.groups.access import led_by
from peersupport.groups.models import Membership
from peersupport.safeguarding.models import Concern, Excerpt, Look

View = Callable[..., HttpResponse]
Given = Callable[Concatenate[HttpRequest, User, ...], HttpResponse]


def coordinates(user: User) -> bool:
    """Whether this person answers for safety at the desk."""
    return user.has_perm("safeguarding.keep")


def coordinator_only(view: Given) -> View:
    """For the desk: gives the view the coordinator. To anybody else the page does not exist."""
    return _for_whom(view, coordinates)


def facilitator_only(view: Given) -> View:
    """For the workspace: gives the view the facilitator. To anybody else the page does not exist."""
    return _for_whom(view, lambda user: user.has_perm("groups.facilitate"))


def member_for(user: User, member_id: UUID) -> Membership:
    """Somebody of a group she leads, or of any group for a coordinator; never herself. Http404 else."""
    member = (
        Membership.objects.select_related("group", "user").filter(pk=member_id).exclude(user=user).first()
    )
    if member is None or not (coordinates(user) or leads(user, member)):
        raise Http404
    return member


def leads(user: User, member: Membership) -> bool:
    """Whether she leads the group of somebody who has not left it."""
    if member.state == Membership.State.LEFT:
        return False
    return leads_group(user, member.group_id)


def leads_group(user: User, group_id: UUID) -> bool:
    """Whether she leads this group now."""
    return led_by(user).filter(group=group_id).exists()


def concerns_for(user: User) -> QuerySet[Concern]:
    """What this coordinator sees that there is: nobody has opened it yet, or she is named on it."""
    hers = Q(opened_at=None) | Q(named__user=user.pk)
    return Concern.objects.filter(hers).exclude(person=user.pk).distinct()


def concern_for(user: User, concern_id: UUID) -> Concern:
    """One she is named on. Http404 alike for a missing one, one of others and one about herself."""
    named = Concern.objects.filter(pk=concern_id, named__user=user.pk).exclude(person=user.pk).first()
    if named is None or not coordinates(user):
        raise Http404
    return named


def raised_for(user: User, concern_id: UUID) -> Concern:
    """One she raised herself. Http404 alike for a missing one and one of somebody else."""
    raised = Concern.objects.filter(pk=concern_id, raised_by=user.pk).first()
    if raised is None:
        raise Http404
    return raised


def excerpts_for(user: User) -> QuerySet[Excerpt]:
    """Words of her groups that a colleague wants kept, and nobody has agreed to.

    Not where it is about somebody who leads: then the coordinators alone know of it.
    """
    led = led_by(user).values("group")
    about_leaders = Membership.objects.filter(role=Membership.Role.FACILITATOR).values("pk")
    waiting = Excerpt.objects.filter(decided_at=None, concern__group__in=led)
    waiting = waiting.exclude(asked_by=user.pk).exclude(concern__person=user.pk)
    return waiting.exclude(concern__member__in=about_leaders).select_related("concern")


def looks_for(user: User) -> QuerySet[Look]:
    """What a coordinator sees of looks: all but those at herself."""
    return Look.objects.exclude(person=user.pk)


def coordinators() -> QuerySet[User]:
    """Everybody who answers for safety now."""
    held = StaffRole.objects.filter(role=StaffRole.Role.COORDINATOR).values("user")
    return User.objects.filter(is_active=True, pk__in=held)


def _for_whom(view: Given, may: Callable[[User], bool]) -> View:
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not may(user):
            raise Http404
        return view(request, user, *args, **kwargs)

    return login_required(shown)
