"""What a coordinator writes down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.joining.fields import PlainTextField
from peersupport.joining.forms import CHOOSE_ONE
from peersupport.joining.models import Interview

TOO_LONG = _(
    "This is too long (%(show_value)s characters; %(limit_value)s fit). Nothing is lost: please shorten it."
)


class CasesForm(forms.Form):
    """Whether criminal cases of families in a group may still be open."""

    cases = forms.ChoiceField(
        label=_("May criminal cases of families in this group still be open?"),
        widget=forms.RadioSelect,
        choices=[
            ("open", _("Yes, or we do not know")),
            ("closed", _("No, none")),
        ],
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    @staticmethod
    def of(are_open: bool) -> str:
        """The choice that says so."""
        return "open" if are_open else "closed"

    @property
    def are_open(self) -> bool:
        """What was chosen; once the form is valid."""
        return bool(self.cleaned_data["cases"] == "open")


class InterviewForm(forms.Form):
    """The talk: when, what came of it, what she will read, what only coordinators read."""

    held_at = forms.DateTimeField(
        label=_("When did you talk?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Say when you talked."),
            "invalid": _("Write day and time like this: 2026-03-24 14:30"),
        },
    )
    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=[(value, capfirst(words)) for value, words in Interview.Outcome.choices],
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    words = PlainTextField(
        label=_("What the parent will read"),
        help_text=_(
            "These words are shown at the return code. For “not now” and “another service”, name what can "
            "help instead and how to reach it. Never a bare no."
        ),
        required=False,
        lines=4,
        max_length=2000,
        error_messages={"max_length": TOO_LONG},
    )
    come_back_on = forms.DateField(
        label=_("From when could they come back?"),
        help_text=_("For “not now”."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day like this: 2026-03-24")},
    )
    code_word = PlainTextField(
        label=_("Code word"),
        help_text=_("Agreed in the talk, and asked for when it is not sure who is writing or speaking."),
        required=False,
        max_length=40,
        error_messages={"max_length": TOO_LONG},
    )
    notes = PlainTextField(
        label=_("Notes for coordinators"),
        help_text=_("Sealed. As little as you need: not what was done, not the child's name."),
        required=False,
        lines=5,
        max_length=4000,
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        held = data.get("held_at")
        if held is not None and held > self.now:
            self.add_error("held_at", gettext("This is in the future. Record the talk after it was held."))
        outcome = data.get("outcome")
        needs_words = outcome in {Interview.Outcome.NOT_NOW, Interview.Outcome.REFER}
        if needs_words and not data.get("words") and "words" not in self.errors:
            self.add_error("words", gettext("Write what can help instead."))
        if outcome == Interview.Outcome.NOT_NOW:
            self._clean_return(data)
        return data

    def _clean_return(self, data: dict[str, Any]) -> None:
        day = data.get("come_back_on")
        if day is None and "come_back_on" not in self.errors:
            self.add_error("come_back_on", gettext("Name a day from which they can come back."))
        elif day is not None and day <= self.now.date():
            self.add_error("come_back_on", gettext("Name a day that lies ahead."))


class WordsForm(forms.Form):
    """Words for her to read at her return code."""

    words = PlainTextField(
        label=_("Leave a note"),
        help_text=_(
            "Such as when and how you could talk. The note is read at the return code; a mail, if that is "
            "safe, only says that there is one."
        ),
        lines=3,
        max_length=2000,
        error_messages={"required": _("Write something first."), "max_length": TOO_LONG},
    )


class CodeWordForm(forms.Form):
    """What a caller says, to be compared with the code word that nobody sees."""

    said = PlainTextField(
        label=_("Which word did you agree on?"),
        help_text=_("Ask for it and type what you hear. The word itself is shown to nobody."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type what was said."), "max_length": TOO_LONG},
    )


class OfferForm(forms.Form):
    """Which group a place is offered in."""

    group = forms.UUIDField()
