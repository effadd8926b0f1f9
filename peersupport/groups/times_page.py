"""The page of a facilitator's time, as she and the coordinators have it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.accounts.models import User
from peersupport.groups import marking_time
from peersupport.groups.models import Facilitator
from peersupport.groups.time_forms import WEEKDAYS, AwayForm, WeeklyForm


def times_page(
    request: HttpRequest, facilitator: Facilitator, *, by: User, template: str, back: str
) -> HttpResponse:
    """The page, and what its buttons do: "weekly" and "away" add, "no_weekly" and "no_away" take one out."""
    zone = ZoneInfo(facilitator.user.time_zone)
    asked = request.POST if request.method == "POST" else None
    weekly = WeeklyForm(asked if asked and "weekly" in asked else None, zone=zone.key)
    away = AwayForm(asked if asked and "away" in asked else None, today=timezone.localdate(timezone=zone))
    if asked is not None and (
        _taken_out(request, facilitator, by) or _added(request, facilitator, by, weekly, away)
    ):
        return redirect(request.path)
    names = dict(WEEKDAYS)
    rows = [(names[row.weekday], row) for row in facilitator.available.all()[: marking_time.MOST]]
    context = {
        "facilitator": facilitator,
        "weekly": weekly,
        "away": away,
        "form": away if away.errors else weekly,
        "rows": rows,
        "absences": facilitator.away.filter(last__gte=away.today)[: marking_time.MOST],
        "back": back,
    }
    return render(request, template, context, status=400 if weekly.errors or away.errors else 200)


def _taken_out(request: HttpRequest, facilitator: Facilitator, by: User) -> bool:
    for name, remove in (("no_weekly", marking_time.remove_time), ("no_away", marking_time.remove_away)):
        row = request.POST.get(name, "")
        # As long as an id of the database can be.
        if row.isascii() and row.isdigit() and len(row) < 19:
            remove(facilitator=facilitator, row=int(row), by=by)
            messages.success(request, _("Taken out."))
            return True
    return False


def _added(
    request: HttpRequest, facilitator: Facilitator, by: User, weekly: WeeklyForm, away: AwayForm
) -> bool:
    try:
        if _is_valid(weekly):
            marking_time.add_time(facilitator=facilitator, when=weekly.when(), by=by)
        elif _is_valid(away):
            marking_time.add_away(facilitator=facilitator, by=by, **away.cleaned_data)
        else:
            return False
    except marking_time.Enough:
        messages.warning(request, _("There are many already. Please take some out first."))
        return True
    messages.success(request, _("Kept."))
    return True


def _is_valid(form: forms.Form) -> bool:
    return form.is_bound and form.is_valid()
