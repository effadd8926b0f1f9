"""Whom an application names: people who must not meet, the accused, who wishes to be together, herself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from peersupport.joining.conflicts.naming import forms as forms_of_line
from peersupport.joining.conflicts.spellings import TooVague
from peersupport.joining.fields import PlainTextField
from peersupport.joining.forms import CHOOSE_ONE
from peersupport.joining.models import Identifier

Kind = Identifier.Kind
MOST_LINES = 20
LONGEST_LINE = 120
TOO_VAGUE = _(
    "Line %(number)d does not say who it is. Write a first name and a surname, a whole e-mail address, or a "
    "whole telephone number with its country code."
)


class PeopleForm(forms.Form):
    """One name, address or number in each line. Nothing of it is kept but hashes."""

    kind = forms.ChoiceField(
        label=_("Who is it?"),
        widget=forms.RadioSelect,
        choices=[
            (Kind.MUST_NOT_MEET, _("Somebody this parent must never meet")),
            (Kind.ACCUSED, _("The person who is said to have done harm")),
            (Kind.WITH, _("Somebody to be in one group with: counts once both have named each other")),
            (Kind.SELF, _("This parent: other names and numbers of their own")),
            (Kind.PLACE, _("Their village or the child's school: others from there rather not")),
        ],
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    lines = PlainTextField(
        label=_("Names, e-mail addresses, telephone numbers"),
        help_text=_(
            "One in each line, in any script. A first name and a surname: a surname alone does not say who "
            "it is."
        ),
        lines=4,
        max_length=MOST_LINES * (LONGEST_LINE + 1),
        error_messages={
            "required": _("Write at least one line."),
            "max_length": _("At most 20 lines at a time, each of at most 120 characters."),
        },
    )

    def __init__(self, *args: Any, country: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.country = country
        # A browser neither keeps the words nor sends them to be checked for spelling.
        off = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        self.fields["lines"].widget.attrs.update(off)

    def clean_lines(self) -> list[str]:
        """The lines that say something; each tells somebody."""
        lines = self.cleaned_data["lines"].split("\n")
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            raise ValidationError(self.fields["lines"].error_messages["max_length"])
        vague = [
            number for number, line in enumerate(lines, start=1) if line.strip() and not self._tells(line)
        ]
        if vague:
            raise ValidationError([ValidationError(TOO_VAGUE, params={"number": number}) for number in vague])
        return [line for line in lines if line.strip()]

    def _tells(self, line: str) -> bool:
        try:
            forms_of_line(line, kind=self.cleaned_data.get("kind", ""), country=self.country)
        except TooVague:
            return False
        return True
