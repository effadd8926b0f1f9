"""What the console sends: which act, about whom, why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from facilitators.acts import ACTS, TARGETED, Act, Wanted
from peersupport.chat.meeting.exercises import EXERCISES
from peersupport.chat.models import Room
from peersupport.chat.moderating import kind_words
from peersupport.chat.protocol.commands import REASON_MOST, is_storable

UNSTORABLE = _("This holds a character that cannot be kept.")
#: Her own words instead of one of the templates.
OWN = kind_words.OWN
MINUTES = ((5, _("5 minutes")), (10, _("10 minutes")), (20, _("20 minutes")), (60, _("1 hour")))


#: How seldom each parent may write, in seconds.
SLOW = (0, 15, 30, 60, 120, 300)


class ActForm(forms.Form):
    """An act that is done at once."""

    act = forms.ChoiceField(choices=[(name, name) for name in ACTS], widget=forms.HiddenInput)
    target = forms.UUIDField(required=False, widget=forms.HiddenInput)
    mode = forms.ChoiceField(
        choices=Room.Mode.choices, required=False, label=_("Which messages wait"), widget=forms.Select
    )
    seconds = forms.TypedChoiceField(
        choices=[(each, each) for each in SLOW], required=False, coerce=int, empty_value=None
    )
    stage = forms.ChoiceField(choices=Room.Stage.choices, required=False)
    exercise = forms.ChoiceField(
        choices=[(name, exercise.name) for name, exercise in EXERCISES.items()], required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        act = data.get("act", "")
        if act in TARGETED and not data.get("target"):
            self.add_error("target", _("It is not clear what is meant. Please start again in the room."))
        if act == "mode" and not data.get("mode"):
            self.add_error("mode", _("Choose one of the list."))
        if act == "stage" and not data.get("stage"):
            self.add_error("stage", _("Choose one of the list."))
        return data

    def wanted(self) -> Wanted:
        """The act in the words of `acts`."""
        data = self.cleaned_data
        given = {name: data[name] for name in ("act", "target", "mode", "exercise", "stage")}
        return Wanted(**given, seconds=data["seconds"] or 0)


class AskForm(forms.Form):
    """An act that asks once: why, and for how long."""

    act = forms.CharField(widget=forms.HiddenInput)
    target = forms.UUIDField(required=False, widget=forms.HiddenInput)
    minutes = forms.TypedChoiceField(
        label=_("For how long?"), coerce=int, choices=MINUTES, initial=10, widget=forms.Select
    )
    reason = forms.ChoiceField(
        label=_("Why?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a reason.")}
    )
    own_words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only if none of the sentences fits. Leave out names and details."),
        error_messages={"max_length": _("Please say it in at most %(limit_value)s characters.")},
    )

    def __init__(self, act: Act, name: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked, self.name = act, name
        if not act.reasons:
            del self.fields["reason"], self.fields["own_words"]
        else:
            field = self.fields["reason"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*kind_words.choices(act.reasons), (OWN, _("Another reason, in my own words"))]
        if name != "mute":
            del self.fields["minutes"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        words = data.get("own_words", "")
        if data.get("reason") == OWN and not words.strip():
            self.add_error("own_words", _("Say the reason in a sentence."))
        if not is_storable(words):
            self.add_error("own_words", UNSTORABLE)
        return data

    def wanted(self) -> Wanted:
        """The act in the words of `acts`."""
        data = self.cleaned_data
        chosen = data.get("reason", "")
        own = chosen == OWN
        return Wanted(
            act=self.name,
            target=data["target"],
            template="" if own else chosen,
            reason=data["own_words"] if own else "",
            minutes=data.get("minutes", 0) or 0,
        )
