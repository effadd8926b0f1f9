"""A task of the facilitator's groups, on a page of its own."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from facilitators.access import facilitated_by, facilitator
from peersupport.chat.access import line_of, room_of
from peersupport.groups import tasks
from peersupport.groups.models import Membership
from peersupport.groups.task_page import task_page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Opened first, then closed with what came of it."""
    user = facilitator(request)
    found = tasks.task_for(user, task_id, now=timezone.now())
    return task_page(
        request,
        found,
        by=user,
        back="facilitators:today",
        template="facilitators/task.html",
        ways=_ways(found.about) if facilitated_by(user).filter(group=found.group_id).exists() else None,
    )


def _ways(parent: Membership) -> dict[str, str]:
    """Where the parent can be found: the private line and the group's room; and what else can be done."""
    return {
        "line": reverse("chat:room", args=[line_of(parent).pk]) + "#newest",
        "room": reverse("facilitators:room", args=[room_of(parent).pk]),
        "worry": reverse("safeguarding:raise", args=[parent.pk]),
        "who": reverse("safeguarding:ask_who", args=[parent.pk]),
    }
