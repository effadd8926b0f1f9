"""Pages of staff speak of "this person": a parent may be a father, and nobody is assumed to be a she."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from peersupport.chat.models import Report, Room, Signal
from peersupport.groups.models import Task

CHECKOUT = Path(__file__).resolve().parents[2]
ASSUMING = re.compile(r"\b(she|her|hers|herself|he|him|his|himself)\b", re.IGNORECASE)
SAID = re.compile(
    r"{%\s*translate\s+(?:\"([^\"]*)\"|'([^']*)')|{%\s*blocktranslate[^%]*%}(.*?){%\s*endblocktranslate",
    re.DOTALL,
)
SAID_BY_CODE = re.compile(r"(?:\b_|gettext|gettext_lazy)\(\s*((?:\"[^\"]*\"\s*)+)", re.DOTALL)
TEMPLATES = ("facilitators/templates", "peersupport/joining/templates/joining/desk")
CODE = ("facilitators", "peersupport/joining/views/matters.py", "peersupport/joining/views/desk.py")
FORMS = ("peersupport/joining/desk_forms.py", "peersupport/joining/matter_forms.py")
TASK = "peersupport/groups/templates/groups/_task.html"


def files(*places: str, ending: str) -> list[Path]:
    found = [CHECKOUT / place for place in places]
    return [path for place in found for path in ([place] if place.is_file() else place.rglob(ending))]


def sentences(text: str, pattern: re.Pattern[str]) -> list[str]:
    return ["".join(filter(None, match.groups())) for match in pattern.finditer(text)]


def test_what_looks_for_it_finds_it() -> None:
    assert sentences('{% translate "She wrote" %}', SAID) == ["She wrote"]
    assert sentences("{% blocktranslate with a=b %}ask her{% endblocktranslate %}", SAID) == ["ask her"]
    assert "her" in sentences('_(\n    "I have "\n    "reached her")', SAID_BY_CODE)[0]
    assert ASSUMING.search("I have reached her.")
    assert not ASSUMING.search("The others are there: this person is here.")


@pytest.mark.parametrize(
    ("found", "pattern"),
    [
        (files(*TEMPLATES, TASK, ending="*.html"), SAID),
        (files(*CODE, *FORMS, ending="*.py"), SAID_BY_CODE),
    ],
)
def test_no_page_of_staff_assumes_who_a_parent_is(found: list[Path], pattern: re.Pattern[str]) -> None:
    said = [(path.name, words) for path in found for words in sentences(path.read_text("utf-8"), pattern)]
    assert len(said) > 50
    assert [one for one in said if ASSUMING.search(one[1])] == []


@pytest.mark.parametrize(
    "choices",
    [Task.What, Task.Outcome, Task.For, Signal.Kind, Signal.Level, Signal.Source, Report.Kind, Room.Mode],
)
def test_no_choice_does_either(choices: type[Task.What]) -> None:
    assert [str(label) for label in choices.labels if ASSUMING.search(str(label))] == []
