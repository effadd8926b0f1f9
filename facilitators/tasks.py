"""A task of the facilitator's groups, on a page of its own."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from facilitators.access import facilitator
from peersupport.groups import tasks
from peersupport.groups.task_page import task_page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Opened first, then closed with what came of it."""
    user = facilitator(request)
    found = tasks.task_for(user, task_id, now=timezone.now())
    return task_page(request, found, by=user, back="facilitators:today", template="facilitators/task.html")
