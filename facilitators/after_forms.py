"""The forms of the time after a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facilitators.debriefing import Written
from facilitators.forms import UNSTORABLE
from facilitators.models import DebriefPart
from facilitators.putting_right import Line, Was
from peersupport.chat.protocol.commands import is_storable
from peersupport.groups.models import Membership

WORDS_MOST = 4000
PROMISE_MOST = 300
#: A promise is for the weeks of a course.
LATEST = timedelta(days=180)
TOO_LONG = {"max_length": gettext_lazy("Please say it in at most %(limit_value)s characters.")}
COORDINATORS = "coordinators"


class DebriefForm(forms.Form):
    """Her part. It can be kept half written; handed in, it has her strain and whether something happened."""

    went_well = forms.CharField(
        label=gettext_lazy("What went well?"),
        help_text=gettext_lazy("Read by those who lead this group with you."),
        required=False,
        max_length=WORDS_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=TOO_LONG,
    )
    hard = forms.CharField(
        label=gettext_lazy("What was hard?"),
        help_text=gettext_lazy("In pseudonyms, and without what a child told."),
        required=False,
        max_length=WORDS_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=TOO_LONG,
    )
    ticked = forms.TypedMultipleChoiceField(
        label=gettext_lazy("What was as planned?"),
        help_text=gettext_lazy("What was left out may have been left out for a good reason."),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    incident = forms.ChoiceField(
        label=gettext_lazy("Did something happen that the coordinators should know?"),
        choices=[
            (one.value, one.label)
            for one in (DebriefPart.Incident.NONE, DebriefPart.Incident.TOLD, DebriefPart.Incident.TELL)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the list.")},
    )
    strain = forms.TypedChoiceField(
        label=gettext_lazy("How heavy was it for you?"),
        help_text=gettext_lazy(
            "0: not at all, 10: as heavy as can be. The number is yours alone. From {alert} on, the "
            "coordinators are asked to call you; they do not see the number."
        ),
        choices=[(number, str(number)) for number in range(11)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a number, also when it was an easy evening.")},
    )

    def __init__(self, *args: Any, ticks: Sequence[str], alert: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ticks = ticks
        field = self.fields["ticked"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = list(enumerate(ticks))
        for name in ("strain", "incident"):
            # Half written it may be without them.
            self.fields[name].required = not self.is_bound or self.hands_in
        self.fields["strain"].help_text = str(self.fields["strain"].help_text).format(alert=alert)

    @property
    def hands_in(self) -> bool:
        """Whether it was sent for good, and not to be gone on with later."""
        return "hand_in" in self.data

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("went_well", "hard"):
            if not is_storable(data.get(name, "")):
                self.add_error(name, UNSTORABLE)
        return data

    def written(self) -> Written:
        """What she wrote, as it is kept."""
        data = self.cleaned_data
        return Written(
            went_well=data["went_well"].strip(),
            hard=data["hard"].strip(),
            strain=data["strain"],
            incident=data["incident"],
            ticked=tuple(sorted(data["ticked"])),
            ticks=len(self.ticks),
        )


class AttendanceForm(forms.Form):
    """For every parent of a meeting how it was; a line that is not sent stays as it stands."""

    def __init__(self, lines: Sequence[Line], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = lines
        for line in lines:
            self.fields[line.member.pk.hex] = forms.ChoiceField(
                label=line.member.pseudonym,
                choices=Was.choices,
                initial=line.was,
                required=False,
                widget=forms.RadioSelect,
            )

    def rows(self) -> list[tuple[Line, forms.BoundField]]:
        """Each line with its field."""
        return [(line, self[line.member.pk.hex]) for line in self.lines]

    def said(self) -> dict[UUID, str]:
        """What was chosen, by membership."""
        return {UUID(name): was for name, was in self.cleaned_data.items() if was}


class PromiseForm(forms.Form):
    """Something that was promised: what, about whom, who sees to it, until when."""

    words = forms.CharField(
        label=gettext_lazy("What was promised?"),
        max_length=PROMISE_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={**TOO_LONG, "required": gettext_lazy("Say in a few words what was promised.")},
    )
    about = forms.ChoiceField(label=gettext_lazy("To whom?"), required=False, widget=forms.Select)
    owner = forms.ChoiceField(label=gettext_lazy("Who sees to it?"), widget=forms.Select)
    until = forms.DateField(
        label=gettext_lazy("Until which day?"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Choose a day."), "invalid": gettext_lazy("Choose a day.")},
    )

    def __init__(
        self,
        parents: Sequence[Membership],
        leaders: Sequence[Membership],
        today: date,
        *args: Any,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.today = today
        self._seats = {str(one.pk): one for one in (*parents, *leaders)}
        about, owner = self.fields["about"], self.fields["owner"]
        assert isinstance(about, forms.ChoiceField)
        assert isinstance(owner, forms.ChoiceField)
        about.choices = [("", _("the whole group")), *((str(one.pk), one.pseudonym) for one in parents)]
        owner.choices = [
            *((str(one.pk), one.pseudonym) for one in leaders),
            (COORDINATORS, _("the coordinators")),
        ]

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"].strip()
        if not is_storable(words):
            raise forms.ValidationError(str(UNSTORABLE))
        return words

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not self.today <= until <= self.today + LATEST:
            raise forms.ValidationError(_("Choose a day from today on, within half a year."))
        return until

    @property
    def to_whom(self) -> Membership | None:
        """The parent it was promised to; None: the group."""
        return self._seats.get(self.cleaned_data["about"])

    @property
    def by_whom(self) -> Membership | None:
        """Who of the facilitators sees to it; None: the coordinators."""
        return self._seats.get(self.cleaned_data["owner"])

    def until_when(self, zone: ZoneInfo) -> datetime:
        """The end of that day on her clock."""
        return datetime.combine(self.cleaned_data["until"] + timedelta(days=1), time(), tzinfo=zone)
