"""Who leads a meeting, at the desk: a stand-in is looked for where a facilitator cannot come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from peersupport.accounts.models import User
from peersupport.groups import standing_in
from peersupport.groups.models import Facilitator, Meeting, StandInCall
from peersupport.groups.rearranging import NotPossible
from peersupport.joining import calling_in
from peersupport.joining.access import coordinator_only

WHY = {
    "state": gettext_lazy("This meeting does not take place."),
    "begun": gettext_lazy("This meeting is over."),
    "rostered": gettext_lazy("This facilitator does not lead it any more."),
    "called": gettext_lazy("We are looking for somebody already."),
    "taken": gettext_lazy("Somebody has said yes already."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def stand_in(request: HttpRequest, by: User, slug: str, meeting_id: UUID) -> HttpResponse:
    """Who leads it, who is looked for; asking for a stand-in, and taking that back."""
    meeting = (
        Meeting.objects.select_related("group__programme").filter(pk=meeting_id, group__slug=slug).first()
    )
    if meeting is None:
        raise Http404
    if request.method == "POST":
        _act(request, meeting, by)
        return redirect(request.path)
    return render(request, "joining/desk/stand_in.html", _context(meeting))


def _context(meeting: Meeting) -> dict[str, Any]:
    calls = standing_in.calls_for(meeting)
    looked_for = {one.absent_id for one in calls if one.state == StandInCall.State.OPEN}
    leaders = Facilitator.objects.filter(rostered__meeting=meeting).order_by("display_name")
    return {
        "meeting": meeting,
        "group": meeting.group,
        "calls": calls,
        "leaders": [(one, one.pk in looked_for) for one in leaders[:20]],
        "is_ahead": meeting.state == Meeting.State.PLANNED and meeting.ends_at > timezone.now(),
    }


def _act(request: HttpRequest, meeting: Meeting, by: User) -> None:
    try:
        if "call" in request.POST:
            _ask(request, meeting, by)
        elif "withdraw" in request.POST:
            calls = {str(one.pk): one for one in standing_in.calls_for(meeting)}
            if request.POST["withdraw"] in calls:
                calling_in.withdraw(call=calls[request.POST["withdraw"]], by=by)
                messages.success(request, _("Taken back."))
    except NotPossible as refused:
        messages.warning(request, WHY[str(refused)])


def _ask(request: HttpRequest, meeting: Meeting, by: User) -> None:
    leaders = Facilitator.objects.filter(rostered__meeting=meeting)
    absent = {str(one.pk): one for one in leaders}.get(request.POST["call"])
    if absent is None:
        raise NotPossible("rostered")
    call = calling_in.call(meeting=meeting, absent=absent, by=by, now=timezone.now())
    if call.asked.exists():
        messages.success(request, _("Whoever could lead it is asked."))
    else:
        messages.warning(request, _("Nobody who is trained for it is known to be free at that time."))
