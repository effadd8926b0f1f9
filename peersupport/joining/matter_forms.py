"""What a coordinator decides about what waits at the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.chat.models import Report
from peersupport.chat.moderating import kind_words
from peersupport.chat.moderating.reports import answers_to
from peersupport.chat.protocol.commands import REASON_MOST
from peersupport.joining.fields import PlainTextField
from peersupport.joining.forms import CHOOSE_ONE

CONFIRM, LIFT = "confirm", "lift"
TOO_LONG = _("Please say it in at most %(limit_value)s characters.")


class SuspensionForm(forms.Form):
    """Whether somebody stays out, and why."""

    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        widget=forms.RadioSelect,
        choices=[
            (LIFT, _("This person comes back into the group")),
            (CONFIRM, _("This person has left the group for good")),
        ],
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    reason = PlainTextField(
        label=_("Why?"),
        help_text=_(
            "For the record. Facilitators and coordinators can read it; the person concerned does not."
        ),
        lines=3,
        max_length=REASON_MOST,
        error_messages={"required": _("Say why in a sentence."), "max_length": TOO_LONG},
    )


class AnswerForm(forms.Form):
    """What somebody reads who reported something, or asked for a second look."""

    template = forms.ChoiceField(
        label=_("What shall be read there?"),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    words = PlainTextField(
        label=_("In your own words"),
        help_text=_("Only if none of the sentences fits. Leave out names and details."),
        required=False,
        lines=3,
        max_length=REASON_MOST,
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, report: Report, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["template"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *((name, words) for name, words in kind_words.choices("answer") if name in answers_to(report)),
            (kind_words.OWN, _("Something else, in my own words")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        own = data.get("template") == kind_words.OWN
        if own and not data.get("words"):
            self.add_error("words", _("Say it in a sentence."))
        if own:
            data["template"] = ""
        else:
            data["words"] = ""
        return data
