"""Forms of a facilitator's time: which times of the week she can lead, which days she is away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.groups.marking_time import WeeklyTime

WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)
CHOOSE = _("Choose one of the list.")
DAY_LIKE = _("Write the day like this: 2026-03-24")
TIME_LIKE = _("Write the time like this: 18:30")
MOST_YEARS = timedelta(days=3 * 366)


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day of the calendar."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("Name a day."), "invalid": DAY_LIKE},
        **options,
    )


def time_field(label: Any, **options: Any) -> forms.TimeField:
    """A time of the day, to the minute."""
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M"],
        error_messages={"required": _("Name a time."), "invalid": TIME_LIKE},
        **options,
    )


class WeeklyForm(forms.Form):
    """A time of every week."""

    weekday = forms.TypedChoiceField(
        label=_("Day"),
        coerce=int,
        choices=WEEKDAYS,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    from_time = time_field(_("From"))
    until_time = time_field(_("Until"))
    time_zone = forms.ChoiceField(
        label=_("On the clocks of"), error_messages={"required": CHOOSE, "invalid_choice": CHOOSE}
    )

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "weekly-%s", **options})
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = zones()
        self.initial.setdefault("time_zone", zone)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("from_time"), data.get("until_time")
        if begins is not None and ends is not None and begins >= ends:
            self.add_error("until_time", gettext("This is not after the beginning. A night needs two rows."))
        return data

    def when(self) -> WeeklyTime:
        """What was entered; once the form is valid."""
        return WeeklyTime(**self.cleaned_data)


class AwayForm(forms.Form):
    """Days on which she leads nothing. Why is not asked."""

    first = day_field(_("First day"))
    last = day_field(_("Last day"))

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "away-%s", **options})
        self.today = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first is None or last is None:
            return data
        if last < first:
            self.add_error("last", gettext("This is before the first day."))
        elif last < self.today:
            self.add_error("last", gettext("These days are over."))
        elif last > self.today + MOST_YEARS:
            self.add_error("last", gettext("Name days within the next three years."))
        return data


def zones() -> list[tuple[str, str]]:
    """Every zone of the world by its name, as a choice."""
    return [(key, key.replace("_", " ")) for key in _ZONES]


_AREAS = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
# Asked once: the library walks its directories each time.
_ZONES = tuple(sorted(key for key in available_timezones() if key.split("/")[0] in _AREAS))
