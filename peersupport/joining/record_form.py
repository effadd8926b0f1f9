"""The record of a talk: what was found, whom to call, what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.joining import choices, findings
from peersupport.joining.desk_forms import TOO_LONG
from peersupport.joining.fields import PlainTextField
from peersupport.joining.findings import Findings
from peersupport.joining.forms import CHOOSE_ONE
from peersupport.joining.models import Application, Interview

NOTE_MOST = 1000
# Of a record that is not finished, in characters of all its fields.
BEGUN_MOST = 40_000
# Whoever comes back on her day still finds her application for so many days.
LEFT = 30
WAS_FOUND = tuple(Findings.__dataclass_fields__)
EMERGENCY = ("emergency", "whereabouts")


def _answer(label: Any, offered: Any, hint: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        widget=forms.RadioSelect,
        choices=[(code, capfirst(words)) for code, words in offered],
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )


def _text(
    label: str | Promise, hint: str | Promise = "", *, lines: int = 2, most: int = NOTE_MOST
) -> PlainTextField:
    return PlainTextField(
        label=label,
        help_text=hint,
        required=False,
        lines=lines,
        max_length=most,
        error_messages={"max_length": TOO_LONG},
    )


def _questions() -> Iterator[tuple[str, forms.Field]]:
    for code, label in findings.QUESTIONS:
        yield code, _answer(label, findings.ANSWERS)
        yield f"{code}_note", _text(_("A note on this"))


class FindingsForm(forms.Form):
    """What was found in the talk. All of it is sealed; nothing of what was done, not the child's name."""

    held_at = forms.DateTimeField(
        label=_("When did you talk?"),
        help_text=_("On your own clock."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Say when you talked."),
            "invalid": _("Write day and time like this: 2026-03-24 14:30"),
        },
    )
    case = _answer(
        _("Is a criminal case open?"),
        findings.CASES,
        _(
            "With “yes” and “not known” the group is marked when a place in it is taken: there a parent who "
            "writes an account of what happened is asked whether to say how it feels instead."
        ),
    )
    others = _text(_("Who else is involved?"), _("Such as a social worker, a therapist, a lawyer."))
    emergency_agreed = forms.BooleanField(
        label=_("They agree that we keep whom to call in an emergency"), required=False
    )
    emergency = _text(
        _("Whom to call in an emergency"), _("Name and number. Only with consent."), lines=1, most=200
    )
    whereabouts = forms.ChoiceField(
        label=_("In which country would they be then?"),
        help_text=_("Only with consent. Emergency numbers depend on it."),
        required=False,
    )
    code_word = _text(
        _("Code word"),
        _("Agreed in the talk, and asked for when it is not sure who is writing or speaking."),
        lines=1,
        most=40,
    )
    words = _text(
        _("What the parent will read"),
        _(
            "These words are shown at the return code. For “not now” and “another service”, name what can "
            "help instead and how to reach it. Never a bare no."
        ),
        lines=4,
        most=2000,
    )
    notes = _text(
        _("Notes for coordinators"),
        _("Sealed. As little as you need: not what was done, not the child's name."),
        lines=5,
        most=4000,
    )
    #: The order in which a talk goes, and the headings between.
    sections: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
        (_("The talk"), ("held_at", "benefit", "benefit_note", "course", "course_note", "well", "well_note")),
        (_("Around them"), ("case", "others")),
        (_("In an emergency"), ("emergency_agreed", "emergency", "whereabouts", "code_word")),
        (_("Outcome"), ("outcome", "words", "come_back_on", "notes")),
    )

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now
        self.fields.update(_questions())
        whereabouts = self.fields["whereabouts"]
        assert isinstance(whereabouts, forms.ChoiceField)
        whereabouts.choices = [("", gettext("not asked")), *choices.countries()]

    @property
    def in_sections(self) -> list[tuple[str | Promise, list[BoundField]]]:
        """The fields under their headings."""
        return [
            (heading, [self[name] for name in names if name in self.fields])
            for heading, names in self.sections
        ]

    @property
    def found(self) -> Findings:
        """What was found; once the form is valid."""
        return Findings(**{name: self.cleaned_data[name] for name in WAS_FOUND})

    @property
    def rest(self) -> dict[str, Any]:
        """What else the record holds; once the form is valid."""
        return {name: value for name, value in self.cleaned_data.items() if name not in WAS_FOUND}

    def entered(self) -> dict[str, Any]:
        """Everything as it was entered, right or wrong; whom to call only where that was agreed to."""
        raw = {name: self[name].data for name in self.fields}
        if not raw["emergency_agreed"]:
            raw.update(dict.fromkeys(EMERGENCY, ""))
        return {name: value for name, value in raw.items() if value not in {None, ""}}

    def is_short_enough(self) -> bool:
        """Whether what was entered can be kept unfinished; if not, the form says so."""
        if sum(len(str(value)) for value in self.entered().values()) <= BEGUN_MOST:
            return True
        self.add_error(None, gettext("This is too long to keep. Nothing is lost: please shorten it."))
        return False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        held = data.get("held_at")
        if held is not None and held > self.now:
            self.add_error("held_at", gettext("This is in the future. Record the talk after it was held."))
        if not data.get("emergency_agreed") and any(data.get(name) for name in EMERGENCY):
            self.add_error(
                "emergency_agreed", gettext("Tick that they agree, or leave name and country out.")
            )
        return data


class RecordForm(FindingsForm):
    """The record with its outcome: the gate, and never a bare no."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=[(value, capfirst(words)) for value, words in Interview.Outcome.choices],
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    come_back_on = forms.DateField(
        label=_("From when could they come back?"),
        help_text=_("For “not now”."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day like this: 2026-03-24")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        outcome = data.get("outcome")
        needs_words = outcome in {Interview.Outcome.NOT_NOW, Interview.Outcome.REFER}
        if needs_words and not data.get("words") and "words" not in self.errors:
            self.add_error("words", gettext("Write what can help instead."))
        if outcome == Interview.Outcome.NOT_NOW:
            self._clean_return(data)
        elif "come_back_on" in data:
            data["come_back_on"] = None
        return data

    def _clean_return(self, data: dict[str, Any]) -> None:
        day, today = data.get("come_back_on"), self.now.date()
        if day is None and "come_back_on" not in self.errors:
            self.add_error("come_back_on", gettext("Name a day from which they can come back."))
        elif day is not None and day <= today:
            self.add_error("come_back_on", gettext("Name a day that lies ahead."))
        elif day is not None and day > today + timedelta(days=max(1, settings.APPLICATION_DAYS - LEFT)):
            words = gettext(
                "An application is erased after %(days)d days. Name a day at least %(left)d before."
            )
            self.add_error("come_back_on", words % {"days": settings.APPLICATION_DAYS, "left": LEFT})


def first_values(interview: Interview) -> dict[str, Any]:
    """What stands in a record, to be put right in a new one."""
    found = interview.findings
    return {
        **{name: getattr(found, name) for name in WAS_FOUND},
        "held_at": interview.held_at,
        "code_word": interview.code_word,
        "words": interview.words,
        "notes": interview.notes,
        "outcome": interview.outcome,
        "come_back_on": interview.come_back_on,
    }


def form_for(application: Application) -> type[FindingsForm]:
    """With a place offered or taken only what was found can be put right; the outcome stands."""
    with_a_place = {Application.State.OFFERED, Application.State.PLACED}
    return FindingsForm if application.state in with_a_place else RecordForm
