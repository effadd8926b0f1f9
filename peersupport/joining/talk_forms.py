"""What is entered about times to talk: the coordinator's offer, the applicant's choice, what is urgent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.joining import needs
from peersupport.joining.desk_forms import TOO_LONG
from peersupport.joining.fields import PlainTextField
from peersupport.joining.forms import CHOOSE_ONE
from peersupport.joining.models import TalkTime

WEEKS_MOST = 12
TIMES_MOST = 12
MINUTES = (20, 30, 45, 60, 90)
CLOCK = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?$")


class NeedsForm(forms.Form):
    """What makes a talk urgent."""

    needs = forms.MultipleChoiceField(
        label=_("What makes it urgent?"),
        help_text=_("Brings them forward in the queue. Kept sealed; never shown to them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": CHOOSE_ONE},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["needs"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(need.code, gettext(need.label)) for need in needs.needs().values()]


class ClocksField(forms.CharField):
    """One or several times of a day: "9:00, 10:30"."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = sorted({_clock(part) for part in re.split(r"[,;\s]+", text) if part})
        if not found or len(found) > TIMES_MOST:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        return found


class TimesForm(forms.Form):
    """Times to talk, several at once, on the coordinator's own clock."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Name a day."),
            "invalid": _("Write the day like this: 2026-03-24"),
        },
    )
    times = ClocksField(
        label=_("Times"),
        help_text=_("On your own clock. One or several, such as 9:00, 10:00, 14:30"),
        max_length=200,
        error_messages={
            "required": _("Name a time."),
            "invalid": _("Write times like this: 9:00, 10:00, 14:30"),
            "max_length": TOO_LONG,
        },
    )
    minutes = forms.TypedChoiceField(
        label=_("How long?"),
        coerce=int,
        initial=45,
        choices=[(number, str(number)) for number in MINUTES],
        help_text=_("Minutes."),
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    weeks = forms.IntegerField(
        label=_("For how many weeks?"),
        help_text=_("1 for this day only; more repeats it on the same weekday."),
        initial=1,
        min_value=1,
        max_value=WEEKS_MOST,
    )
    how = forms.ChoiceField(
        label=_("How?"),
        widget=forms.RadioSelect,
        choices=[(value, capfirst(words)) for value, words in TalkTime.How.choices],
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    where = PlainTextField(
        label=_("Number, link or address"),
        help_text=_(
            "Shown to whoever chose the time, and to nobody else. By phone: the number they call; nobody has "
            "to tell us theirs."
        ),
        lines=2,
        max_length=400,
        error_messages={"required": _("Say how they reach you."), "max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now

    def clean_day(self) -> Any:
        """Not a day that is over; the verb leaves out hours that are."""
        day = self.cleaned_data["day"]
        if day < timezone.localtime(self.now).date():
            raise forms.ValidationError(gettext("Name a day that lies ahead."))
        if (day - self.now.date()).days > 366:
            raise forms.ValidationError(gettext("Name a day within a year."))
        return day


class ChooseForm(forms.Form):
    """Which of the free times she would like, on her own clock, day by day."""

    GONE = _("This time has just been taken. Nothing is lost: please choose another one.")

    time = forms.ChoiceField(
        label=_("When would you like to talk?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these times."), "invalid_choice": GONE},
    )

    def __init__(self, *args: Any, times: Iterable[TalkTime], zone: ZoneInfo, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["time"]
        assert isinstance(field, forms.ChoiceField)
        local = [(talk.starts_at.astimezone(zone), talk) for talk in times]
        field.choices = [
            (
                capfirst(date_format(day, "l j F")),
                [(str(talk.pk), _time_in_words(start, talk, zone)) for start, talk in of_day],
            )
            for day, of_day in groupby(local, key=lambda one: one[0].date())
        ]

    @property
    def chosen(self) -> UUID:
        """Which; once the form is valid."""
        return UUID(self.cleaned_data["time"])


def _clock(text: str) -> time:
    found = CLOCK.match(text)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise forms.ValidationError(gettext("Write times like this: 9:00, 10:00, 14:30"), "invalid")
    return time(int(found[1]), int(found[2] or 0))


def _time_in_words(start: datetime, talk: TalkTime, zone: ZoneInfo) -> str:
    return gettext("%(begins)s – %(ends)s, %(how)s") % {
        "begins": date_format(start, "H:i"),
        "ends": date_format(talk.ends_at.astimezone(zone), "H:i"),
        "how": talk.get_how_display(),
    }
