"""Back to an application, out of it, and in with a card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.joining.fields import PlainTextField
from peersupport.joining.forms import CHOOSE_ONE


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


class LinkForm(forms.Form):
    """A link by mail, to an address that she marked as safe."""

    TOO_OFTEN = _("Very many links were asked for from here. Please wait a quarter of an hour.")

    address = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Write the address that you marked as safe."),
            "invalid": _("Write the address like this: name@example.org"),
        },
    )


class CardForm(forms.Form):
    """What a professional says of herself or himself, and nothing of anybody else."""

    organisation = PlainTextField(
        label=_("Your organisation"),
        help_text=_("Only its name. No name of a family, nothing of a case."),
        max_length=80,
        error_messages={
            "required": _("Write the name of your organisation."),
            "max_length": _("At most %(limit_value)s characters, please."),
        },
    )
    address = forms.EmailField(
        label=_("Your work e-mail address"),
        help_text=_("Nothing is sent there unless the person who uses the card allows it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Write your address at work."),
            "invalid": _("Write the address like this: name@example.org"),
        },
    )


class UseCardForm(forms.Form):
    """She uses a card: only that says how she came."""

    NOT_FOUND = _(
        "This code is not known, was used already, or its time is over. You need no card: you can begin "
        "without one."
    )

    code = PlainTextField(
        label=_("The code on your card"),
        help_text=_("Capital or small letters, with or without the dashes."),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Write the code here."), "max_length": NOT_FOUND},
    )
    may_tell = forms.BooleanField(
        required=False,
        label=_("Whoever gave me the card may learn that I used it"),
        help_text=_("They read that a card was used, and nothing else. Leave it out if you are not sure."),
    )


class WithdrawForm(forms.Form):
    """How to take an application back: each way is a button of its own."""

    WAYS = (
        ("pause", _("Stop, and keep it for a while in case I come back with my code")),
        ("erase", _("Erase all of it now")),
    )

    how = forms.ChoiceField(
        label=_("What shall we do with what you wrote?"),
        choices=WAYS,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )

    def __init__(self, *args: Any, placed: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["how"]
        if placed and isinstance(field, forms.ChoiceField):
            # A place that was taken is left from the group; what she told us on the way may go at once.
            field.choices = [(value, words) for value, words in WithdrawForm.WAYS if value == "erase"]
