"""What she agrees to: what is needed to apply, read before the first personal word, and what is not."""

from __future__ import annotations

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from peersupport.joining import choices, consent, consenting
from peersupport.joining.applying import Given
from peersupport.joining.forms import CHOOSE_ONE, QuestionForm, clock_of
from peersupport.joining.models import Application

LABELS = {
    "emergency": _("Somebody to call in an emergency"),
    "signs": _("A sign of life once a month"),
    "research": _("Research, later"),
}


class AgreementForm(QuestionForm):
    """The limits of a country. `passed_on` is the read-back: it explains afterwards and never blocks."""

    field_order = ("passed_on", "limits", "keeping", "country")

    passed_on = forms.ChoiceField(
        label=_("A small question, to be sure that we wrote it clearly: what would we have to pass on?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": CHOOSE_ONE},
    )
    limits = forms.BooleanField(
        label=_("I have read what stays between us, and when it cannot"),
        error_messages={
            "required": _("Read it above and tick here. If you do not agree, you can stop here.")
        },
    )
    keeping = forms.BooleanField(
        error_messages={"required": _("Without this we cannot go on. You can stop here; nothing is sent.")}
    )
    country = forms.CharField(required=False, widget=forms.HiddenInput)

    def set_up(self) -> None:
        asked = str(self.data.get("country") or self.initial.get("country") or "")
        known = asked in dict(choices.countries())
        self.chosen = asked if known else self.application.country
        self.text = consent.limits(self.chosen, get_language() or consent.ENGLISH)
        self.fields["keeping"].label = self._needed().words
        passed_on = self.fields["passed_on"]
        assert isinstance(passed_on, forms.ChoiceField)
        passed_on.choices = [(one.code, one.words) for one in self.text.passed_on]
        agreed = "agreement" in self.application.told.done and self.chosen == self.application.country
        self.initial.update(limits=agreed, keeping=agreed, country=self.chosen)

    @property
    def country_name(self) -> str:
        """The country whose text stands on the page."""
        return choices.name_of(self.chosen, choices.countries())

    @property
    def countries(self) -> tuple[tuple[str, str], ...]:
        """Every country she can choose."""
        return choices.countries()

    def explained(self) -> str:
        """Why her answer to the read-back is so or not; empty where she gave none."""
        chosen = self.cleaned_data.get("passed_on")
        example = next((one for one in self.text.passed_on if one.code == chosen), None)
        if example is None:
            return ""
        right = gettext("Yes, that is the one. %(why)s")
        wrong = gettext("We should have said that more clearly. %(why)s")
        return (right if example.passed_on else wrong) % {"why": example.why}

    def given(self) -> Given:
        columns = {"consent_version": self._needed().version, "consent_at": self.now}
        agreed = {consent.NEEDED: True}
        if self.chosen == self.application.country:
            return Given(columns=columns, agreed=agreed)
        clock, undone = clock_of(self.chosen)
        return Given(columns={**columns, "country": self.chosen, **clock}, undone=undone, agreed=agreed)

    def _needed(self) -> consent.Text:
        language = get_language() or consent.ENGLISH
        return consent.text(consent.NEEDED, country=self.chosen, language=language)


class WishesForm(QuestionForm):
    """The layers that nobody needs: unticked until she ticks them."""

    emergency = forms.BooleanField(required=False)
    signs = forms.BooleanField(required=False)
    research = forms.BooleanField(required=False)

    def set_up(self) -> None:
        given = consenting.given(self.application) if _is_kept(self.application) else set()
        for layer in consent.OPTIONAL:
            self.fields[layer].label = LABELS[layer]
            self.fields[layer].help_text = consenting.text_for(self.application, layer).words
            self.initial[layer] = layer in given

    def given(self) -> Given:
        return Given(agreed={layer: self.cleaned_data[layer] for layer in consent.OPTIONAL})


def _is_kept(application: Application) -> bool:
    # A blank one has its id before it has its row.
    return not application._state.adding
