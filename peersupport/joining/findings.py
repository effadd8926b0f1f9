"""What a coordinator found in the talk: one value, written as JSON into the sealed column."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: What is asked in every talk, as MIELI asks before its groups: each yes, not sure or no, with a note.
QUESTIONS = (
    ("benefit", _("Will they benefit from a group?")),
    ("course", _("Can they stay the course?")),
    ("well", _("Are they well enough for it now?")),
)
ANSWERS = (("yes", _("yes")), ("unsure", _("not sure")), ("no", _("no")))
CASES = (
    ("yes", _("yes")),
    ("no", _("no")),
    ("unknown", pgettext_lazy("whether a criminal case is open", "not known")),
)


@dataclass(frozen=True)
class Findings:
    """Answers are the codes of `ANSWERS` and `CASES`, "" where nothing was asked; the rest is in her words.

    Whom to call in an emergency is kept only with her consent: without it `emergency` and `whereabouts`
    (a country's code) are empty.
    """

    benefit: str = ""
    benefit_note: str = ""
    course: str = ""
    course_note: str = ""
    well: str = ""
    well_note: str = ""
    case: str = ""
    others: str = ""
    emergency_agreed: bool = False
    emergency: str = ""
    whereabouts: str = ""

    def __post_init__(self) -> None:
        """Holds the one rule that no caller may forget."""
        if not self.emergency_agreed and (self.emergency or self.whereabouts):
            raise ValueError("Whom to call in an emergency is kept only with her consent.")

    @property
    def case_may_be_open(self) -> bool:
        """As for a whole group: where it is not known, it may be. Nothing asked says nothing."""
        return self.case in {"yes", "unknown"}

    @classmethod
    def read(cls, text: str) -> Findings:
        """The findings in a text that `written` made; unknown names of later versions are left out."""
        stored = json.loads(text) if text else {}
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def written(self) -> str:
        """The findings as JSON; nothing where nothing was found."""
        return "" if self == Findings() else json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
