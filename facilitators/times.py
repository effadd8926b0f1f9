"""When she can lead, and when she is away: her own page of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from facilitators.access import facilitator
from peersupport.groups.models import Facilitator
from peersupport.groups.times_page import times_page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def times(request: HttpRequest) -> HttpResponse:
    """Her times of the week and her days away."""
    user = facilitator(request)
    found = Facilitator.objects.select_related("user").filter(user=user).first()
    if found is None:
        raise Http404
    return times_page(request, found, by=user, template="facilitators/times.html", back="facilitators:today")
