"""What somebody who left would like to say: a facilitator reads it first, and decides who reads it then."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from facilitators.access import facilitator
from peersupport.groups import leaving


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def goodbye(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Her words, and three ways to go on."""
    user, now = facilitator(request), timezone.now()
    found = leaving.goodbye_for(user, member_id)
    if request.method != "POST":
        return render(request, "facilitators/goodbye.html", {"goodbye": found})
    try:
        if "now" in request.POST or "next" in request.POST:
            leaving.show(goodbye=found, by=user, now=now, at_next_meeting="next" in request.POST)
            messages.success(request, _("The others read it on the page of the group."))
        elif "keep" in request.POST:
            leaving.keep_back(goodbye=found, by=user, now=now)
            messages.success(request, _("It stays with you."))
    except leaving.Decided:
        messages.warning(request, _("Somebody else was quicker. Thank you."))
    return redirect("facilitators:today")
