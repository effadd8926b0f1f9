"""Forms of a person's own account pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peersupport.accounts import switches, where
from peersupport.accounts.contact import Wishes
from peersupport.accounts.hours import on_the_hour_lazy
from peersupport.accounts.models import MailSwitch, SafeContact

ANY_HOUR = ("any", _("at any hour"))


def _hour(value: str) -> int | None:
    return None if value == "any" else int(value)


class PreferencesForm(forms.Form):
    """Language, country and clock."""

    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    country = forms.ChoiceField(
        label=_("Country"), choices=where.countries, help_text=_("Whose helplines are shown first.")
    )
    time_zone = forms.ChoiceField(
        label=_("Clock"),
        choices=where.time_zones,
        help_text=_("Meetings are shown in the time of this place."),
    )


class ReachForm(forms.Form):
    """Whether, where and when a mail is safe."""

    email_is_safe = forms.TypedChoiceField(
        label=_("Is it safe to write e-mails to you?"),
        help_text=_(
            "Think of who else can open your mailbox or see your screen. You can change this any time."
        ),
        choices=[
            ("no", _("No. Send me nothing; I look here myself")),
            ("yes", _("Yes, at an address that only I read")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these.")},
    )
    address = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter the address that is safe.")},
    )
    from_hour = forms.TypedChoiceField(
        label=_("From which hour may a mail come?"),
        coerce=_hour,
        choices=[ANY_HOUR, *((str(hour), on_the_hour_lazy(hour)) for hour in range(24))],
    )
    until_hour = forms.TypedChoiceField(
        label=_("And until which hour?"),
        coerce=_hour,
        choices=[ANY_HOUR, *((str(hour), on_the_hour_lazy(hour)) for hour in range(1, 25))],
        help_text=_("By your own clock. What comes up at other hours waits."),
    )

    #: Asked only of those who say yes; every one is shown, for pages without script.
    ONLY_IF_SAFE = ("address", "from_hour", "until_hour")

    use_required_attribute = False

    def __init__(self, *args: Any, contact: SafeContact | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"from_hour": "any", "until_hour": "any"}
        if contact is not None:
            self.initial = {
                "email_is_safe": "yes" if contact.email_is_safe else "no",
                "address": contact.address,
                "from_hour": "any" if contact.from_hour is None else contact.from_hour,
                "until_hour": "any" if contact.until_hour is None else contact.until_hour,
            }

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("email_is_safe") is False:
            for name in self.ONLY_IF_SAFE:
                self.errors.pop(name, None)
        elif not {"from_hour", "until_hour"} & self.errors.keys():
            self._clean_hours(data.get("from_hour"), data.get("until_hour"))
        return data

    def _clean_hours(self, begins: int | None, ends: int | None) -> None:
        if (begins is None) != (ends is None):
            self.add_error("until_hour", _("Choose both hours, or “at any hour” for both."))
        elif begins is not None and begins == (ends or 0) % 24:
            self.add_error("until_hour", _("These hours are the same. Choose two that differ."))

    def wishes(self) -> Wishes:
        """What a valid form says."""
        data = self.cleaned_data
        if not data["email_is_safe"]:
            return Wishes(email_is_safe=False)
        return Wishes(
            email_is_safe=True,
            address=data["address"],
            from_hour=data["from_hour"],
            until_hour=data["until_hour"],
        )


class MailsForm(forms.Form):
    """Which kinds of mails she gets."""

    wanted = forms.MultipleChoiceField(
        label=_("Which mails would you like?"),
        choices=MailSwitch.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Without the second kind you would learn only here that a date has changed, and might come for "
            "nothing."
        ),
    )
    use_required_attribute = False

    def leaves_out_needed(self) -> bool:
        """Whether a valid form switches something off that she needs to know."""
        return bool(switches.NEEDED - set(self.cleaned_data["wanted"]))
