"""Forms of a member's own pages of her groups."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

WORDS_MOST, GOODBYE_MOST = 2000, 1000


class LinesField(forms.CharField):
    """Several lines. The end of a line counts once, as in the box: a browser sends two characters for it."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        """The text with one kind of line ends, before its length is looked at."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class AskForm(forms.Form):
    """What somebody whose place is suspended would like to say."""

    words = LinesField(
        label=_("What would you like the coordinators to know?"),
        max_length=WORDS_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write something first."),
            "max_length": _("This could not be kept. Please write at most 2,000 characters."),
        },
    )


class GoodbyeForm(forms.Form):
    """What somebody who leaves would like to say to the others, if anything."""

    words = LinesField(
        label=_("Would you like to say goodbye?"),
        help_text=_(
            "You need not. A facilitator reads it first, then shows it to the others under your name here."
        ),
        required=False,
        max_length=GOODBYE_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("This could not be kept. Please write at most 1,000 characters.")},
    )
