"""A parent's own ways out of something: of her group, and of days on which she cannot be planned for."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peersupport.accounts.models import User
from peersupport.groups import leaving
from peersupport.groups.access import membership_for, or_her_places, paused_of
from peersupport.groups.days_page import days_page
from peersupport.groups.forms import GoodbyeForm
from peersupport.groups.models import Membership
from peersupport.groups.views import person


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@or_her_places("group__slug")
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """One page: a goodbye if she likes, and the button. No reason is asked for."""
    user = person(request)
    if request.method == "POST" and _has_left(user, slug):
        return redirect("groups:mine")
    paused = _paused(user, slug)
    member = paused or _parent(user, slug)
    form = GoodbyeForm(request.POST if request.method == "POST" and paused is None else None)
    if request.method == "POST" and (paused is not None or form.is_valid()):
        # Whoever was asked to stay out leaves as she likes, and says nothing to the group by it.
        words = "" if paused is not None else form.cleaned_data["words"].strip()
        leaving.leave(member=member, words=words, by=user, now=timezone.now())
        messages.success(request, _("You have left. Thank you for having been there. Nobody is told why."))
        return redirect("groups:mine")
    status = 400 if form.errors else 200
    context = {"group": member.group, "form": form, "paused": paused is not None}
    return render(request, "groups/leave.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@or_her_places("group__slug")
def days(request: HttpRequest, slug: str) -> HttpResponse:
    """Days on which nothing should be planned. The day alone is kept."""
    user = person(request)
    member = _parent(user, slug)
    return days_page(
        request,
        user.pk,
        by=user,
        today=timezone.localdate(timezone=ZoneInfo(user.time_zone)),
        template="groups/days.html",
        context={"group": member.group},
    )


def _parent(user: User, slug: str) -> Membership:
    member = membership_for(user, slug)
    if member.is_facilitator:
        raise Http404
    return member


def _paused(user: User, slug: str) -> Membership | None:
    """Her place, where it is suspended: to give it up is open to her all the same."""
    return paused_of(user).filter(group__slug=slug, role=Membership.Role.PARENT).first()


def _has_left(user: User, slug: str) -> bool:
    """Whether this is the second tap of somebody who has just left."""
    left = Membership.objects.filter(user=user, group__slug=slug, state=Membership.State.LEFT)
    return left.filter(role=Membership.Role.PARENT).exists()
