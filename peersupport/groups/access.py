"""The one door to a group: who may see what of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from peersupport.accounts.models import User
from peersupport.groups.models import Feed, Membership
from peersupport.vault.hashing import keyed_hash

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def memberships_of(user: User) -> QuerySet[Membership]:
    """The groups a person belongs to now, with group and programme.

    A facilitator leads her groups for as long as the organisation calls her one: without that role, and the
    second factor that goes with it, the group's list alone opens nothing.
    """
    found = Membership.objects.filter(user=user, state=Membership.State.ACTIVE)
    if not user.has_perm("groups.facilitate"):
        found = found.exclude(role=Membership.Role.FACILITATOR)
    return found.select_related("group__programme")


def led_by(user: User) -> QuerySet[Membership]:
    """Her seats in the groups she leads now."""
    return memberships_of(user).filter(role=Membership.Role.FACILITATOR)


def paused_of(user: User) -> QuerySet[Membership]:
    """Her places in groups that are suspended: what is decided about them is still open."""
    found = Membership.objects.filter(user=user, state=Membership.State.SUSPENDED)
    return found.select_related("group")


def membership_for(user: User, group_slug: str) -> Membership:
    """Her membership of the group. Http404 alike for a missing group and for someone else's."""
    membership = memberships_of(user).filter(group__slug=group_slug).first()
    if membership is None:
        raise Http404
    return membership


def feed_hash(token: str) -> bytes:
    """What is stored of the secret part of a calendar's address."""
    return keyed_hash(token, purpose="calendar feed")


def feed_behind(token: str) -> Feed | None:
    """The feed of a secret address, with its member, as long as she may see the group herself."""
    feeds = Feed.objects.select_related("member__user").filter(token_hash=feed_hash(token))
    feed = feeds.filter(member__user__is_active=True).first()
    if feed is None or not memberships_of(feed.member.user).filter(pk=feed.member_id).exists():
        return None
    return feed


def or_her_places(lookup: str) -> Callable[[View[Given]], View[Given]]:
    """Whose place in the group is suspended is led to the page that says so, not told: nothing is here.

    For views behind login_required whose one argument names the group: `lookup` finds it from a membership.
    """

    def led(view: View[Given]) -> View[Given]:
        @wraps(view)
        def shown(request: HttpRequest, /, *args: Given.args, **given: Given.kwargs) -> HttpResponse:
            try:
                return view(request, *args, **given)
            except Http404:
                assert isinstance(request.user, User)
                (named,) = given.values()
                if request.method == "POST" or not paused_of(request.user).filter(**{lookup: named}).exists():
                    raise
                return redirect("groups:mine")

        return shown

    return led
