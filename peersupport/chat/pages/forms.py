"""Forms of a member's own pages of her rooms."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.chat.nudges.private import LENGTH_MOST, WORDS_MOST, PrivateWords
from peersupport.chat.protocol.commands import CONTROLS, is_storable


class PrivateWordsForm(forms.Form):
    """Words to be warned about, one on each line. Empty: none."""

    words = forms.CharField(
        label=_("Your words, one on each line"),
        help_text=_("For example a first name, a town, the name of a school. At most 20."),
        required=False,
        max_length=WORDS_MOST * (LENGTH_MOST + 2),
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_words(self) -> list[str]:
        """The words without empty lines, each once."""
        text = self.cleaned_data["words"]
        if not is_storable(text):
            raise forms.ValidationError(_("This could not be read."))
        found = list(dict.fromkeys(CONTROLS.sub("", line).strip() for line in text.splitlines()))
        found = [line for line in found if line]
        if len(found) > WORDS_MOST:
            raise forms.ValidationError(_("Enter at most 20. The shortest forms find the most."))
        for line in found:
            if len(line) > LENGTH_MOST:
                raise forms.ValidationError(_("Keep each line under 60 characters: a name, not a sentence."))
            if not PrivateWords([line]):
                raise forms.ValidationError(_("One line has no word in it."))
        return found
