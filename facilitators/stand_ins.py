"""Stand-ins: a facilitator who cannot come asks for one, and those who are asked answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facilitators.access import facilitator, meeting_of
from peersupport.groups import standing_in
from peersupport.groups.models import Facilitator, Meeting, Rostered, StandInCall
from peersupport.groups.rearranging import NotPossible
from peersupport.joining import calling_in

WHY = {
    "taken": gettext_lazy("Somebody else was quicker. Thank you: you are not needed there."),
    "able": gettext_lazy("As things stand now you cannot lead this one. Nothing has changed for you."),
    "elsewhere": gettext_lazy("You lead something else at that time by now."),
    "state": gettext_lazy("It does not take place, so nobody is needed."),
    "begun": gettext_lazy("It is over."),
    "rostered": gettext_lazy("This has changed meanwhile: nobody is needed in that place."),
    "called": gettext_lazy("We are looking for somebody already."),
}


@require_safe
@login_required
def calls(request: HttpRequest) -> HttpResponse:
    """What she is asked, what she has taken on, and her own calls."""
    hers = _facilitator(request)
    found = standing_in.calls_of(hers, now=timezone.now())
    context = {"calls": found, "zone": hers.user.time_zone}
    return render(request, "facilitators/calls.html", context)


@require_POST
@login_required
def answer(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """She says yes or no; or takes her own call back."""
    hers, now = _facilitator(request), timezone.now()
    call = StandInCall.objects.select_related("meeting__group").filter(pk=call_id).first()
    if call is None:
        raise Http404
    if call.absent_id == hers.pk:
        if "withdraw" in request.POST:
            _do(request, _("Taken back: you are expected as before."), call=call, by=hers)
        return redirect("facilitators:calls")
    if not call.asked.filter(facilitator=hers).exists():
        raise Http404
    if "no" in request.POST:
        calling_in.say_no(call=call, by=hers, now=now)
        messages.success(request, _("Thank you for saying so. Nobody asks why."))
    elif "yes" in request.POST:
        try:
            calling_in.take(call=call, by=hers, now=now)
        except NotPossible as refused:
            messages.warning(request, WHY[str(refused)])
        else:
            messages.success(request, _("Thank you. It is yours; you can go in from a day before."))
    return redirect("facilitators:calls")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """She cannot come to a meeting she leads: what happens is said before."""
    user = facilitator(request)
    meeting = meeting_of(user, meeting_id)
    hers = _rostered(user.pk, meeting)
    if request.method == "POST":
        try:
            call = calling_in.call(meeting=meeting, absent=hers, by=user, now=timezone.now())
        except NotPossible as refused:
            messages.warning(request, WHY[str(refused)])
        else:
            _say_how_many(request, call)
        return redirect("facilitators:calls")
    return render(request, "facilitators/ask_stand_in.html", {"meeting": meeting, "zone": user.time_zone})


def _say_how_many(request: HttpRequest, call: StandInCall) -> None:
    if call.asked.exists():
        messages.success(request, _("Whoever could lead it is asked. You are told when somebody says yes."))
    else:
        words = _("Nobody is free and trained for it at that time. Please call the coordinator.")
        messages.warning(request, words)


def _do(request: HttpRequest, said: str, *, call: StandInCall, by: Facilitator) -> None:
    try:
        calling_in.withdraw(call=call, by=by.user)
    except NotPossible:
        messages.warning(request, _("Somebody has said yes already. Please talk with each other."))
    else:
        messages.success(request, said)


def _rostered(user_id: UUID, meeting: Meeting) -> Facilitator:
    row = Rostered.objects.select_related("facilitator__user")
    found = row.filter(meeting=meeting, facilitator__user=user_id).first()
    if found is None:
        raise Http404
    return found.facilitator


def _facilitator(request: HttpRequest) -> Facilitator:
    user = facilitator(request)
    found = Facilitator.objects.select_related("user").filter(user=user).first()
    if found is None:
        raise Http404
    return found
