"""What a coordinator decides about dates: of a new group, of a meeting, and what is called off."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from peersupport.groups import public_holidays, schedule
from peersupport.groups.cancelling import Said
from peersupport.groups.models import Change, Facilitator, Programme, SupportGroup
from peersupport.groups.neutral import holds_telling_word
from peersupport.groups.time_forms import CHOOSE, day_field, time_field, zones
from peersupport.joining import choices
from peersupport.joining.desk_forms import TOO_LONG
from peersupport.joining.fields import PlainTextField

#: So far ahead a group or a meeting can be set.
FAR = timedelta(days=2 * 366)
MOST_COUNTRIES, MOST_DAYS_OFF = 5, 60
REASON_MOST = 2000


if TYPE_CHECKING:
    _Leaders = forms.ModelMultipleChoiceField[Facilitator]
    _Programmes = forms.ModelChoiceField[Programme]
else:
    _Leaders, _Programmes = forms.ModelMultipleChoiceField, forms.ModelChoiceField


class LeadersField(_Leaders):
    """Facilitators by the names parents see."""

    def label_from_instance(self, obj: Facilitator) -> str:
        return obj.display_name


class ProgrammeField(_Programmes):
    """Programmes by their titles."""

    def label_from_instance(self, obj: Programme) -> str:
        return obj.title


class GroupForm(forms.Form):
    """A new group of a programme: when it meets, who leads it, which days are left out."""

    programme = ProgrammeField(
        Programme.objects.filter(kept_of=None).order_by("title"),
        label=_("Programme"),
        empty_label=None,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    name = forms.CharField(
        label=_("Name of the group"),
        max_length=60,
        error_messages={"required": _("Give the group a name that says nothing, such as a tree.")},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=choices.languages,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    starts_on = day_field(_("Day of the first meeting"))
    meets_at = time_field(_("Time of every meeting"))
    time_zone = forms.ChoiceField(
        label=_("On the clocks of"),
        choices=zones,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    facilitators = LeadersField(
        Facilitator.objects.none(),
        label=_("Who leads it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": CHOOSE, "invalid_pk_value": CHOOSE, "invalid_list": CHOOSE},
    )
    countries = forms.CharField(
        label=_("Public holidays of these countries"),
        help_text=_("Two letters each, such as: fi se"),
        required=False,
        max_length=40,
    )
    on_holidays = forms.ChoiceField(
        label=_("On a public holiday"),
        widget=forms.RadioSelect,
        choices=[
            ("skip", _("no meeting; one more is added at the end")),
            ("keep", _("the meeting takes place")),
        ],
        initial="skip",
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    off = PlainTextField(
        label=_("No meeting on"),
        help_text=_("Days as 2026-12-24, with spaces or on lines of their own."),
        required=False,
        lines=2,
        max_length=1000,
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        leaders = self.fields["facilitators"]
        assert isinstance(leaders, forms.ModelMultipleChoiceField)
        leaders.queryset = leading()
        self.initial.setdefault("time_zone", settings.TIME_ZONE)
        self.initial.setdefault("countries", settings.COUNTRY)

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if holds_telling_word(name):
            raise forms.ValidationError(gettext("This name says too much. A tree or a bird says nothing."))
        return name

    def clean_starts_on(self) -> date:
        return _ahead(self.cleaned_data["starts_on"], self.today)

    def clean_countries(self) -> list[str]:
        codes = sorted(set(re.split(r"[\s,;]+", self.cleaned_data["countries"].strip().lower())) - {""})
        unknown = [code for code in codes if not public_holidays.known(code)]
        if unknown or len(codes) > MOST_COUNTRIES:
            words = gettext("Name at most five countries by their two letters. Not known: %(codes)s")
            raise forms.ValidationError(words % {"codes": ", ".join(unknown) or "–"})
        return codes

    def clean_off(self) -> list[date]:
        words = re.split(r"[\s,;]+", self.cleaned_data["off"].strip())
        try:
            days = {date.fromisoformat(word) for word in words if word}
        except ValueError:
            raise forms.ValidationError(gettext("Write each day like this: 2026-03-24")) from None
        if len(days) > MOST_DAYS_OFF:
            raise forms.ValidationError(
                ngettext("Name at most %(n)s day.", "Name at most %(n)s days.", MOST_DAYS_OFF)
                % {"n": MOST_DAYS_OFF}
            )
        return sorted(days)


def leading() -> Any:
    """Those who lead groups now, by name."""
    found = Facilitator.objects.filter(user__is_active=True, user__staff_roles__role="facilitator")
    return found.order_by("display_name", "pk").distinct()


class MoveForm(forms.Form):
    """A new day and time, and which meetings."""

    day = day_field(_("New day"))
    at = time_field(_("New time"))
    which = forms.ChoiceField(
        label=_("Which meetings?"),
        widget=forms.RadioSelect,
        choices=[("one", _("Only this one")), ("following", _("This one and all that follow"))],
        initial="one",
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    reason = PlainTextField(
        label=_("Why, for the coordinators' record"),
        required=False,
        lines=2,
        max_length=REASON_MOST,
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, group: SupportGroup, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.group, self.now = group, now

    def clean_day(self) -> date:
        zone = ZoneInfo(self.group.time_zone)
        return _ahead(self.cleaned_data["day"], self.now.astimezone(zone).date())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, at = data.get("day"), data.get("at")
        if day and at and schedule.moment(day, at, ZoneInfo(self.group.time_zone)) <= self.now:
            self.add_error("at", gettext("This time is over."))
        return data


class CancelForm(forms.Form):
    """Why something does not take place, and what members read."""

    words = forms.ChoiceField(
        label=_("What members read"),
        widget=forms.RadioSelect,
        choices=[(value, name) for value, name in Change.Words.choices if value != Change.Words.TOGETHER],
        initial=Change.Words.SORRY,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    own_words = PlainTextField(
        label=_("In our own words"),
        help_text=_("Only if none of the sentences fits. Leave out names and details."),
        required=False,
        lines=3,
        max_length=600,
        error_messages={"max_length": TOO_LONG},
    )
    reason = PlainTextField(
        label=_("Why, for the coordinators' record"),
        help_text=_("Sealed. Members do not read it."),
        lines=3,
        max_length=REASON_MOST,
        error_messages={"required": _("Say why in a sentence."), "max_length": TOO_LONG},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("words") == Change.Words.OWN and not data.get("own_words", "").strip():
            self.add_error("own_words", gettext("Write what members read."))
        return data

    def said(self) -> Said:
        """What was entered; once the form is valid."""
        return Said(**{name: self.cleaned_data[name] for name in ("reason", "words", "own_words")})


class LaterForm(forms.Form):
    """By how many weeks a beginning is moved."""

    weeks = forms.IntegerField(min_value=1, max_value=26)


class MergeForm(forms.Form):
    """Which group another one joins."""

    into = forms.UUIDField()


def _ahead(day: date, today: date) -> date:
    if not today <= day <= today + FAR:
        raise forms.ValidationError(gettext("Name a day within the next two years."))
    return day
