"""A task of the facilitator's groups, on a page of its own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from facilitators.access import facilitator
from peersupport.accounts.models import User
from peersupport.chat.access import line_of, room_of
from peersupport.groups import tasks
from peersupport.groups.access import led_by
from peersupport.groups.models import Membership, Task
from peersupport.groups.task_page import task_page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Opened first, then closed with what came of it, or handed over."""
    user = facilitator(request)
    found = tasks.task_for(user, task_id, now=timezone.now())
    if "hand_over" in request.POST:
        return _hand_over(request, found, by=user)
    leaders = _leaders(found)
    return task_page(
        request,
        found,
        by=user,
        back="facilitators:today",
        template="facilitators/task.html",
        ways=_ways(found.about) if _is_hers(user, found) and not found.about.is_facilitator else None,
        more={
            "owner": next((one.pseudonym for one in leaders if one.user_id == found.owner), ""),
            "others": [one for one in leaders if one.user_id != found.owner],
        },
    )


def _is_hers(user: User, task: Task) -> bool:
    return led_by(user).filter(group=task.group_id).exists()


def _leaders(task: Task) -> list[Membership]:
    """Who could take a promise on; of other tasks whoever comes first sees to it."""
    if task.what != Task.What.FOLLOW_UP or task.closed_at is not None:
        return []
    leads = Membership.objects.filter(
        group=task.group_id, role=Membership.Role.FACILITATOR, state=Membership.State.ACTIVE
    )
    return list(leads.select_related("user").order_by("pseudonym")[:20])


def _hand_over(request: HttpRequest, task: Task, *, by: User) -> HttpResponse:
    to = next((one for one in _leaders(task) if str(one.pk) == request.POST.get("hand_over")), None)
    if to is None:
        messages.warning(request, _("That is not possible any more."))
        return redirect("facilitators:task", task.pk)
    tasks.hand_over(task, to=to.user, by=by)
    messages.success(request, _("%(name)s sees to it from now on.") % {"name": to.pseudonym})
    return redirect("facilitators:today")


def _ways(parent: Membership) -> dict[str, str]:
    """Where the parent can be found: the private line and the group's room; and what else can be done."""
    return {
        "line": reverse("chat:room", args=[line_of(parent).pk]) + "#newest",
        "room": reverse("facilitators:room", args=[room_of(parent).pk]),
        "worry": reverse("safeguarding:raise", args=[parent.pk]),
        "who": reverse("safeguarding:ask_who", args=[parent.pk]),
    }
