"""What a coordinator writes down."""

from __future__ import annotations

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from peersupport.groups.models import SupportGroup
from peersupport.joining.conflicts.checking import Clash
from peersupport.joining.fields import PlainTextField
from peersupport.joining.forms import CHOOSE_ONE
from peersupport.joining.placing import LookedInto

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


class SearchForm(forms.Form):
    """What somebody at the desk looks for."""

    words = PlainTextField(
        label=_("Whom or what are you looking for?"),
        help_text=_(
            "A name in a group, what to call a parent, a full name that was noted, an e-mail address, a "
            "telephone number, a return code, or a group."
        ),
        min_length=2,
        max_length=120,
        # A browser neither keeps the words nor offers them to the next person.
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Write what you are looking for."),
            "min_length": _("Write at least two letters."),
            "max_length": TOO_LONG,
        },
    )


class OfferForm(forms.Form):
    """Which group a place is offered in; and where there may be a match, what was found out about which."""

    group = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    looked_into = forms.TypedChoiceField(
        label=_("What have you found out?"),
        widget=forms.RadioSelect,
        choices=LookedInto.choices,
        coerce=LookedInto,
        empty_value=None,
        required=False,
    )

    @classmethod
    def of(cls, group: SupportGroup, clash: Clash | None) -> OfferForm:
        """To be shown beside a group, several on one page."""
        form = cls(
            auto_id=f"id_%s_{group.slug}", initial={"group": group.pk, "seen": clash.seen if clash else ""}
        )
        form.fields["looked_into"].required = clash is not None
        return form

    def chosen(self) -> SupportGroup:
        """The group that was chosen. Http404 where the form says none that is there."""
        if not self.is_valid():
            raise Http404
        return get_object_or_404(SupportGroup, pk=self.cleaned_data["group"])
