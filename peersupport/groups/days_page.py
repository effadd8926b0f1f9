"""The page of days on which nothing should be planned, for a parent with a place or without one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.groups import free_days
from peersupport.groups.time_forms import day_field


class DayForm(forms.Form):
    """One day."""

    day = day_field(gettext_lazy("Which day?"))

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self._today = today

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < self._today:
            raise forms.ValidationError(_("This day is over."))
        if day > self._today + free_days.AHEAD:
            raise forms.ValidationError(_("Name a day within the next two years."))
        return day


def days_page(
    request: HttpRequest,
    whose: UUID,
    *,
    by: models.Model | None,
    today: date,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """The page, and what its buttons do: "add" keeps a day, "remove" takes one out."""
    form = DayForm(request.POST if "add" in request.POST else None, today=today)
    if request.method == "POST" and _done(request, form, whose, by):
        return redirect(request.path)
    days = free_days.days_of(whose, today=today)
    shown = {"form": form, "days": days, **context}
    return render(request, template, shown, status=400 if form.errors else 200)


def _done(request: HttpRequest, form: DayForm, whose: UUID, by: models.Model | None) -> bool:
    if "remove" in request.POST:
        day = _day(request.POST["remove"])
        if day is not None:
            free_days.remove(whose=whose, day=day, by=by)
            messages.success(request, _("Taken out."))
        return True
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        free_days.add(whose=whose, day=form.cleaned_data["day"], by=by)
    except free_days.Enough:
        messages.warning(request, _("There are many already. Please take some out first."))
    else:
        messages.success(request, _("Kept."))
    return True


def _day(given: str) -> date | None:
    try:
        return parse_date(given)
    except ValueError:
        return None
