"""An applicant's own talk: she chooses a time, moves it, cancels it, takes it along as a calendar file."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peersupport.groups import schedule
from peersupport.groups.calendar import CONTENT_TYPE, FILE_NAME, calendar_file
from peersupport.joining import talking
from peersupport.joining.access import applicant_only, may_try
from peersupport.joining.models import Application
from peersupport.joining.standing import Talk
from peersupport.joining.talk_forms import ChooseForm

# More than anybody wants to look through; the nearest come first.
MOST = 60
CHOSEN = 60


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_only
def talk(request: HttpRequest, application: Application) -> HttpResponse:
    """The free times on her own clock, and the one that is hers. Nobody else sees what she chooses."""
    now = timezone.now()
    held = talking.talk_of(application, now)
    if not talking.may_choose(application) or (held is not None and not talking.still_hers(held, now)):
        return redirect("joining:application")
    zone = ZoneInfo(application.time_zone)
    posted = request.POST if request.method == "POST" else None
    times = list(talking.free_times(now)[:MOST])
    form = ChooseForm(posted, times=times, zone=zone)
    if posted is not None and form.is_valid() and _choose(request, form, application):
        return redirect("joining:application")
    context = {
        "form": form,
        "application": application,
        "held": held,
        "any": bool(times),
        "city": schedule.city(zone),
        "hours": settings.TALK_HOURS,
    }
    return render(request, "joining/talk.html", context)


@require_POST
@applicant_only
def cancel(request: HttpRequest, application: Application) -> HttpResponse:
    """Gives her time back."""
    try:
        talking.cancel(application=application, now=timezone.now())
    except talking.TooLate:
        messages.warning(request, _too_late())
    else:
        messages.success(request, _("The talk is cancelled. You can choose another time whenever you like."))
    return redirect("joining:application")


@require_safe
@applicant_only
def calendar(request: HttpRequest, application: Application) -> HttpResponse:
    """Her talk as a calendar file with a neutral name and title, without a place and without a person."""
    now = timezone.now()
    held = talking.talk_of(application, now)
    if held is None:
        return redirect("joining:application")
    response = HttpResponse(calendar_file([Talk(held, application)], now=now), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


def _choose(request: HttpRequest, form: ChooseForm, application: Application) -> bool:
    now = timezone.now()
    if not may_try(request, what="talk", most=CHOSEN, now=now):
        form.add_error(None, _("Please wait a quarter of an hour, then choose again."))
        return False
    try:
        talking.choose(application=application, time=form.chosen, now=now)
    except talking.TimeGone:
        form.add_error("time", form.GONE)
    except talking.TooLate:
        form.add_error(None, _too_late())
    except talking.NotInvited:
        return True
    else:
        messages.success(request, _("The time is yours."))
        return True
    return False


def _too_late() -> str:
    return _("The talk is too near to be changed here. Please use the number, link or address below.")
