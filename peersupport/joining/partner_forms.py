"""A token for a partner: for whom, for what, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import ApiToken
from peersupport.joining.desk_forms import TOO_LONG
from peersupport.joining.fields import PlainTextField
from peersupport.joining.forms import CHOOSE_ONE

CHOOSE = _("Tick at least one.")


class TokenForm(forms.Form):
    """What a new token opens. Every token ends; a longer one is a new one."""

    partner = PlainTextField(
        label=_("Which organisation is it for?"),
        help_text=_("Its name, not a person's."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write a name."), "max_length": TOO_LONG},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it read?"),
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        initial=90,
        widget=forms.RadioSelect,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def until(self, now: datetime) -> datetime:
        """When it ends; once the form is valid."""
        return now + timedelta(days=self.cleaned_data["days"])

    def what_for(self) -> list[ApiToken.Scope]:
        """What was ticked; once the form is valid."""
        return [ApiToken.Scope(value) for value in self.cleaned_data["scopes"]]
