"""The questions' forms. Each turns what was entered into the answer to keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.groups import schedule
from peersupport.joining import choices, consent
from peersupport.joining.applying import Given
from peersupport.joining.coming import Coming
from peersupport.joining.fields import PlainTextField
from peersupport.joining.models import Application

WORDS_MOST = 600
CHOOSE_ONE = _("Choose one of these.")


class QuestionForm(forms.Form):
    """One question. `application` is what she has told us so far, `groups` those that are coming,
    `why` the reason to ask, said under the heading."""

    #: The field whose label is the page's heading.
    heading: ClassVar[str] = ""

    def __init__(
        self,
        *args: Any,
        application: Application,
        groups: list[Coming],
        now: datetime,
        why: str = "",
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.application, self.groups, self.now = application, groups, now
        if self.heading:
            self.fields[self.heading].help_text = why
        self.set_up()

    def set_up(self) -> None:
        """Choices and first values that depend on the application."""

    def given(self) -> Given:
        """The answer of a valid form."""
        raise NotImplementedError


def clock_of(country: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The clock of a country that has one; where it has several the clock is asked (again)."""
    zones = choices.zones_of(country)
    return ({"time_zone": zones[0]} if len(zones) == 1 else {}), ("clock",)


class CourseForm(QuestionForm):
    heading = "group"
    UNSURE = "unsure"

    group = forms.ChoiceField(
        label=_("Which group would you like to join?"),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def set_up(self) -> None:
        field = self._choices()
        offered = [(str(one.group.pk), self._name(one)) for one in self.groups if one.places != "none"]
        field.choices = [*offered, (self.UNSURE, gettext("I do not know yet: help me choose"))]
        if "course" in self.application.told.done:
            self.initial["group"] = str(self.application.wanted_group_id or self.UNSURE)

    def given(self) -> Given:
        chosen = self.cleaned_data["group"]
        return Given(columns={"wanted_group_id": None if chosen == self.UNSURE else chosen})

    def _choices(self) -> forms.ChoiceField:
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        return field

    def _name(self, one: Coming) -> str:
        starts = one.first.starts_at.astimezone(ZoneInfo(one.zone))
        day = choices.DAYS[starts.weekday()][1]
        return gettext("%(title)s: %(day)s at %(time)s (%(city)s), in %(language)s") % {
            "title": one.group.programme.title,
            "day": day,
            "time": date_format(starts, "H:i"),
            "city": one.city,
            "language": choices.language_name(one.group.language),
        }


class LanguageForm(QuestionForm):
    language = forms.ChoiceField(
        label=_("Which language would you like to use in the group?"),
        choices=choices.languages,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    country = forms.ChoiceField(
        label=_("Which country do you live in?"),
        choices=choices.countries,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def set_up(self) -> None:
        told = "language" in self.application.told.done
        # Until she says otherwise she is taken to speak what she reads, not what most here speak.
        language = self.application.language if told else choices.of_reader()
        self.initial.update(language=language, country=self.application.country)

    def given(self) -> Given:
        columns = {name: self.cleaned_data[name] for name in ("language", "country")}
        moved = columns["country"] != self.application.country
        if not moved and "language" in self.application.told.done:
            return Given(columns=columns)
        clock, undone = clock_of(columns["country"])
        if moved and self._reads_otherwise(columns["country"]):
            # What stays between us is another text there: she reads it before she goes on.
            undone = (*undone, "agreement")
        return Given(columns={**columns, **clock}, undone=undone)

    def _reads_otherwise(self, country: str) -> bool:
        here, there = (
            consent.hashes(consent.NEEDED, country=one) for one in (self.application.country, country)
        )
        return here != there


class ClockForm(QuestionForm):
    heading = "zone"

    zone = forms.ChoiceField(
        label=_("Which clock do you live by?"),
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def set_up(self) -> None:
        field = self.fields["zone"]
        assert isinstance(field, forms.ChoiceField)
        near = choices.zones_of(self.application.country)
        field.choices = [
            ("", gettext("Choose")),
            (gettext("In your country"), [(zone, self._name(zone)) for zone in near]),
            (gettext("Elsewhere"), [(zone, self._name(zone)) for zone in choices.other_zones()]),
        ]
        if self.application.time_zone in near:
            self.initial["zone"] = self.application.time_zone

    def given(self) -> Given:
        return Given(columns={"time_zone": self.cleaned_data["zone"]})

    def _name(self, zone: str) -> str:
        clock = ZoneInfo(zone)
        return gettext("%(city)s, where it is %(time)s now") % {
            "city": schedule.city(clock),
            "time": date_format(self.now.astimezone(clock), "H:i"),
        }


class TimesForm(QuestionForm):
    heading = "times"

    times = forms.MultipleChoiceField(
        label=_("When could you come every week?"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "times"}),
        choices=choices.times_by_day,
        error_messages={
            "required": _("Tick at least one time."),
            "invalid_choice": _("Tick times of this list only."),
        },
    )

    def set_up(self) -> None:
        self.initial["times"] = list(self.application.told.times)

    def given(self) -> Given:
        chosen = set(self.cleaned_data["times"])
        return Given(told={"times": tuple(code for code, _name in choices.TIMES if code in chosen)})


class BackgroundForm(QuestionForm):
    happened = forms.ChoiceField(
        label=_("In broad terms, what happened?"),
        widget=forms.RadioSelect,
        choices=choices.HAPPENED,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    in_words = PlainTextField(
        label=_("Is there anything we should know before we talk with you?"),
        help_text=_("Such as a court case that is open, or somebody who must not know that you write to us."),
        required=False,
        lines=4,
        max_length=WORDS_MOST,
        error_messages={
            "max_length": _(
                "This is longer than we can keep here (%(show_value)s characters; %(limit_value)s fit). "
                "Nothing is lost: please shorten it. There is time to talk later."
            )
        },
    )
    heading = "happened"

    def set_up(self) -> None:
        told = self.application.told
        self.initial.update(happened=told.happened, in_words=told.in_words)

    def given(self) -> Given:
        return Given(told={name: self.cleaned_data[name] for name in ("happened", "in_words")})


class NameForm(QuestionForm):
    heading = "called"

    called = PlainTextField(
        label=_("What may we call you?"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Write any name that you like."),
            "max_length": _("Please choose a name of at most %(limit_value)s characters."),
        },
    )

    def set_up(self) -> None:
        self.initial["called"] = self.application.told.called

    def given(self) -> Given:
        return Given(told={"called": self.cleaned_data["called"]})
