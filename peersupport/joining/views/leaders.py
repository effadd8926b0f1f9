"""Facilitators at the desk: when each can lead, and when she is away."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from peersupport.accounts.models import User
from peersupport.groups.models import Facilitator
from peersupport.groups.times_page import times_page
from peersupport.joining import desk
from peersupport.joining.access import coordinator_only


@require_safe
@coordinator_only
def leaders(request: HttpRequest, by: User) -> HttpResponse:
    """Everybody who leads, with whether times of the week are marked and who is away now or soon."""
    page = Paginator(desk.leaders(timezone.localdate()), desk.PAGE).get_page(request.GET.get("page"))
    return render(request, "joining/desk/leaders.html", {"page": page, "rows": list(page.object_list)})


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def leader(request: HttpRequest, by: User, facilitator_id: int) -> HttpResponse:
    """One facilitator's times of the week and days away."""
    found = get_object_or_404(Facilitator.objects.select_related("user"), pk=facilitator_id)
    template = "joining/desk/leader.html"
    return times_page(request, found, by=by, template=template, back="joining:desk_leaders")
