"""What staff write about a concern, ask of an identity, and change in the levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.chat.models import Event
from peersupport.safeguarding import levels, protocol
from peersupport.safeguarding.levels import CardLevel, Content
from peersupport.safeguarding.models import Asked, Concern, Level

WORDS_MOST = 4000
SHORT_MOST = 200
CHOOSE_ONE = gettext_lazy("Choose one of the list.")
SAY_IT = gettext_lazy("Please say it in a sentence.")
TOO_LONG = gettext_lazy("Please say it in at most %(limit_value)s characters.")
#: How much of a message stands in a list, to know it again.
BEGINNING = 80
#: For how long telling somebody can be put off at once.
PUT_OFF_DAYS = 90


def words(label: Any, *, hint: Any = "", required: bool = True, lines: int = 3) -> forms.CharField:
    """A field for several lines."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=WORDS_MOST,
        widget=forms.Textarea(attrs={"rows": lines}),
        error_messages={"required": SAY_IT, "max_length": TOO_LONG},
    )


def line(label: Any, *, hint: Any = "", required: bool = True) -> forms.CharField:
    """A field for one line."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=SHORT_MOST,
        error_messages={"required": SAY_IT, "max_length": TOO_LONG},
    )


def choice(label: Any, choices: Iterable[tuple[Any, Any]], *, hint: Any = "") -> forms.ChoiceField:
    """One of a list, as radio buttons."""
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=list(choices),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )


class ConcernForm(forms.Form):
    """Something that worries somebody: how urgent, what was seen, and apart from it what she thinks."""

    level = choice(gettext_lazy("How urgent is it?"), Level.choices)
    fact = words(
        gettext_lazy("What did you see or hear?"),
        hint=gettext_lazy(
            "Only that: what was said or done, when and where. No details of what was done to a child."
        ),
        lines=5,
    )
    opinion = words(
        gettext_lazy("What do you think about it?"),
        hint=gettext_lazy("Your impression, kept apart from the facts."),
        required=False,
    )
    somebody_else = line(
        gettext_lazy("Is it about somebody else, too?"),
        hint=gettext_lazy("For instance “her younger child”. No name where you can do without."),
        required=False,
    )
    message = forms.ChoiceField(
        label=gettext_lazy("Shall words from the room stand with it?"),
        help_text=gettext_lazy("They are copied only when a second person of the staff agrees."),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": CHOOSE_ONE},
    )

    def __init__(
        self, *args: Any, lasting: list[tuple[Event, str]], card: tuple[CardLevel, ...], **options: Any
    ):
        super().__init__(*args, **options)
        level, message = self.fields["level"], self.fields["message"]
        assert isinstance(level, forms.ChoiceField)
        assert isinstance(message, forms.ChoiceField)
        level.choices = [(one.code, one.name) for one in card]
        message.choices = [
            ("", _("No")),
            *((str(event.message_id), _begins(event, said)) for event, said in lasting),
        ]


class MoreForm(forms.Form):
    """Who raised it has seen or heard more."""

    fact = words(gettext_lazy("What else did you see or hear?"))
    opinion = words(gettext_lazy("What do you think about it?"), required=False)


class AskForm(forms.Form):
    """Asks who a member is."""

    reason = words(
        gettext_lazy("Why do you have to know who this is?"),
        hint=gettext_lazy("A second person reads it, and it stays on the record."),
    )
    in_danger = forms.BooleanField(
        label=gettext_lazy("Somebody is in danger now: show it at once"),
        help_text=gettext_lazy("Then your key is enough. Every coordinator is told at this very moment."),
        required=False,
    )


class NoteForm(forms.Form):
    """An entry: facts apart from what somebody thinks."""

    fact = words(gettext_lazy("What is known?"), required=False)
    opinion = words(gettext_lazy("What do you think about it?"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("fact") and not data.get("opinion"):
            self.add_error("fact", SAY_IT)
        return data


class DecisionForm(forms.Form):
    """What is decided, and why."""

    fact = words(gettext_lazy("What is decided?"))
    opinion = words(gettext_lazy("Why?"))


class AnswerForm(forms.Form):
    """What who raised it may read."""

    fact = words(
        gettext_lazy("What may the person who raised it read?"),
        hint=gettext_lazy("Only what is needed to go on with the group."),
    )


class ToldForm(forms.Form):
    """Somebody outside knows."""

    whom = line(gettext_lazy("Who knows now?"), hint=gettext_lazy("A role, or a person and the office."))
    what = words(gettext_lazy("What were they told?"))


class NameForm(forms.Form):
    """Another coordinator may read it."""

    user = forms.ChoiceField(
        label=gettext_lazy("Which coordinator?"),
        error_messages={"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE},
    )
    reason = words(gettext_lazy("Why is it needed there?"))

    def __init__(self, *args: Any, people: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["user"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(people.items())


class LevelForm(forms.Form):
    """Another level, and why."""

    level = choice(gettext_lazy("How urgent is it now?"), Level.choices)
    reason = words(gettext_lazy("Why?"))


class CloseForm(forms.Form):
    """What came of it."""

    outcome = choice(gettext_lazy("What came of it?"), Concern.Outcome.choices)
    reason = words(gettext_lazy("How do you know?"))


class ReasonForm(forms.Form):
    """A reason alone."""

    reason = words(gettext_lazy("Why?"))


class PutOffForm(forms.Form):
    """The person concerned is told later."""

    until = forms.DateField(
        label=gettext_lazy("Tell from which day on?"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Choose a day."), "invalid": gettext_lazy("Choose a day.")},
    )
    reason = words(gettext_lazy("How would telling now endanger a child?"))

    def clean_until(self) -> datetime:
        day, today = self.cleaned_data["until"], timezone.localdate()
        if not today < day <= today + timedelta(days=PUT_OFF_DAYS):
            raise forms.ValidationError(
                _("Choose a day after today, in the next %(days)d days."), params={"days": PUT_OFF_DAYS}
            )
        return timezone.make_aware(datetime.combine(day, time(0, 0)))


class QuestionForm(forms.Form):
    """The answer to one question of a country's list."""

    answer = choice(gettext_lazy("Answer"), Asked.Answer.choices)
    words = line(gettext_lazy("From whom, and what was said?"), required=False)


class ReportForm(forms.Form):
    """Whether an authority is told."""

    report = choice(
        gettext_lazy("Do you propose to report?"),
        [
            ("yes", gettext_lazy("Yes: an authority is told")),
            ("no", gettext_lazy("No: no authority is told")),
        ],
    )
    reason = words(gettext_lazy("Why?"))


class SecondForm(forms.Form):
    """The second person's word."""

    agree = choice(
        gettext_lazy("Do you agree?"),
        [("yes", gettext_lazy("I agree")), ("no", gettext_lazy("I do not agree"))],
    )
    reason = words(gettext_lazy("Why?"))


class LevelsForm(forms.Form):
    """The four levels in every language, one item on each line."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code in levels.CODES:
            self.fields[f"{code}-minutes"] = forms.IntegerField(
                label=_("Minutes until a coordinator must have opened it"),
                min_value=1,
                max_value=levels.MOST_MINUTES,
            )
            for language in levels.LANGUAGES:
                self.fields[f"{code}-{language}-name"] = line(_("Name"))
                for part, label in labels().items():
                    self.fields[f"{code}-{language}-{part}"] = words(label, lines=5)

    def content(self) -> dict[str, Any]:
        """What was entered, as `levels` describes it."""
        return {
            code: {
                "minutes": self.cleaned_data[f"{code}-minutes"],
                "texts": {language: self._text(code, language) for language in levels.LANGUAGES},
            }
            for code in levels.CODES
        }

    def mark(self, wrong: protocol.Wrong) -> None:
        """Puts each problem beside its field."""
        for field, _words in wrong.problems:
            code, *rest = field.split(".")
            name = f"{code}-{'-'.join(rest[1:])}" if rest[:1] == ["texts"] else f"{code}-minutes"
            self.add_error(
                name if name in self.fields else None,
                _("At least one line and at most %(lines)d, each of at most %(most)d characters.")
                % {"lines": levels.MOST_LINES, "most": levels.LINE_MOST},
            )

    def parts(self) -> list[dict[str, Any]]:
        """The fields by level and language, for the page."""
        names = dict(settings.LANGUAGES)
        return [
            {
                "code": code,
                "label": Level(code).label,
                "minutes": self[f"{code}-minutes"],
                "languages": [
                    (names[language], [self[f"{code}-{language}-{part}"] for part in ("name", *levels.PARTS)])
                    for language in levels.LANGUAGES
                ],
            }
            for code in levels.CODES
        ]

    def _text(self, code: str, language: str) -> dict[str, Any]:
        text: dict[str, Any] = {"name": self.cleaned_data[f"{code}-{language}-name"]}
        for part in levels.PARTS:
            entered = self.cleaned_data[f"{code}-{language}-{part}"].splitlines()
            text[part] = [one.strip() for one in entered if one.strip()]
        return text


def labels() -> dict[str, str]:
    """What the parts of a level are called."""
    return {
        "signs": _("Signs, one on each line"),
        "steps": _("Steps in their order, one on each line"),
        "sentences": _("Sentences to say, one on each line"),
        "tell": _("Who must know, one on each line"),
    }


def as_entered(number: int, content: Content) -> dict[str, Any]:
    """What the form begins with: the edition there is."""
    entered: dict[str, Any] = {"based_on": number}
    for code in levels.CODES:
        entered[f"{code}-minutes"] = content[code]["minutes"]
        for language in levels.LANGUAGES:
            text = content[code]["texts"][language]
            entered[f"{code}-{language}-name"] = text["name"]
            entered |= {f"{code}-{language}-{part}": "\n".join(text[part]) for part in levels.PARTS}
    return entered


def _begins(event: Event, said: str) -> str:
    begins = said if len(said) <= BEGINNING else said[:BEGINNING].rstrip() + "…"
    return f"{date_format(timezone.localtime(event.at), 'j F, H:i')}: {begins}"
