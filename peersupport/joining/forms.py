"""The questions' forms. Each turns what was entered into the answer to keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.contact import Wishes
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


class AgreementForm(QuestionForm):
    limits = forms.BooleanField(
        label=_("I have read what stays between us, and when it cannot"),
        error_messages={
            "required": _("Read it above and tick here. If you do not agree, you can stop here.")
        },
    )
    keeping = forms.BooleanField(
        label=_(
            "You may keep what I write and, once I send it, let your coordinators read it to find me a "
            "group. I may take "
            "this back at any time"
        ),
        error_messages={"required": _("Without this we cannot go on. You can stop here; nothing is sent.")},
    )

    def set_up(self) -> None:
        agreed = self.application.consent_version == consent.VERSION
        self.initial.update(limits=agreed, keeping=agreed)

    def given(self) -> Given:
        return Given(columns={"consent_version": consent.VERSION, "consent_at": self.now})


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
            "time": starts.strftime("%H:%M"),
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
        self.initial.update(language=self.application.language, country=self.application.country)

    def given(self) -> Given:
        columns = {name: self.cleaned_data[name] for name in ("language", "country")}
        moved = columns["country"] != self.application.country
        if not moved and "language" in self.application.told.done:
            return Given(columns=columns)
        # Where a country has one clock there is nothing to ask; otherwise the clock is asked (again).
        zones = choices.zones_of(columns["country"])
        clock = {"time_zone": zones[0]} if len(zones) == 1 else {}
        return Given(columns={**columns, **clock}, undone=("clock",))


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
            "time": self.now.astimezone(clock).strftime("%H:%M"),
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


class ContactForm(QuestionForm):
    heading = "reach"

    reach = forms.ChoiceField(
        label=_("How is it safe to reach you?"),
        widget=forms.RadioSelect,
        choices=choices.REACH,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def set_up(self) -> None:
        self.initial["reach"] = self.application.told.reach

    def given(self) -> Given:
        chosen = self.cleaned_data["reach"]
        if chosen == "email":
            return Given(told={"reach": chosen})
        # An address that was given before is not kept.
        return Given(told={"reach": chosen}, reach=Wishes(email_is_safe=False), undone=("address",))


class AddressForm(QuestionForm):
    HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]
    ANY_HOUR = ("", _("any hour"))

    address = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Write the address, or go back and choose the return code."),
            "invalid": _("Write the address like this: name@example.org"),
        },
    )
    others_read = forms.ChoiceField(
        label=_("Who else could open this mailbox, or see your phone when a mail comes?"),
        widget=forms.RadioSelect,
        choices=choices.OTHERS_READ,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    from_hour = forms.ChoiceField(
        label=_("From which hour may a mail come?"),
        required=False,
        choices=[ANY_HOUR, *HOURS],
        error_messages={"invalid_choice": CHOOSE_ONE},
    )
    until_hour = forms.ChoiceField(
        label=_("And until which hour?"),
        required=False,
        choices=[ANY_HOUR, *HOURS[1:], ("24", "24:00")],
        error_messages={"invalid_choice": CHOOSE_ONE},
    )

    def set_up(self) -> None:
        contact = self.application.contact
        if contact is not None and contact.email_is_safe:
            self.initial.update(
                address=contact.address,
                others_read="nobody",
                from_hour="" if contact.from_hour is None else str(contact.from_hour),
                until_hour="" if contact.until_hour is None else str(contact.until_hour),
            )

    def clean_others_read(self) -> str:
        """A mailbox that somebody else may open is not safe enough."""
        answer = str(self.cleaned_data["others_read"])
        if answer == "perhaps":
            raise forms.ValidationError(
                gettext("Then e-mail is not safe enough. Go back and choose the return code instead.")
            )
        return answer

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("from_hour"), data.get("until_hour")
        if begins is None or ends is None:
            return data
        if bool(begins) != bool(ends):
            self.add_error("until_hour", gettext("Choose both hours, or “any hour” for both."))
        elif begins and int(begins) % 24 == int(ends) % 24:
            self.add_error("until_hour", gettext("These hours are the same. Choose two that differ."))
        return data

    def given(self) -> Given:
        data = self.cleaned_data
        hours = {name: int(data[name]) if data[name] else None for name in ("from_hour", "until_hour")}
        wishes = Wishes(email_is_safe=True, address=data["address"], **hours)
        return Given(told={"reach": "email"}, reach=wishes)


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


class ReturnForm(forms.Form):
    """Back with the return code."""

    NOT_FOUND = _(
        "No application answers to this code. Look at it letter by letter: it has four groups of four. "
        "If it was not used for a long time, or you had everything erased, you can simply begin again."
    )
    TOO_OFTEN = _("Too many codes were tried from here. Please wait a quarter of an hour. Nothing is lost.")

    code = PlainTextField(
        label=_("Your return code"),
        help_text=_("Capital or small letters, with or without the dashes."),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Write the code here."), "max_length": NOT_FOUND},
    )


class WithdrawForm(forms.Form):
    """How to take an application back."""

    WAYS = (
        ("pause", _("Stop, and keep it for a while in case I come back with my code")),
        ("erase", _("Erase all of it now")),
    )

    how = forms.ChoiceField(
        label=_("What shall we do with what you wrote?"),
        widget=forms.RadioSelect,
        choices=WAYS,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def __init__(self, *args: Any, placed: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["how"]
        if placed and isinstance(field, forms.ChoiceField):
            # A place that was taken is left from the group; what she told us on the way may go at once.
            field.choices = [(value, words) for value, words in WithdrawForm.WAYS if value == "erase"]


FORMS: dict[str, type[QuestionForm]] = {
    "agreement": AgreementForm,
    "course": CourseForm,
    "language": LanguageForm,
    "clock": ClockForm,
    "times": TimesForm,
    "background": BackgroundForm,
    "contact": ContactForm,
    "address": AddressForm,
    "name": NameForm,
}
