"""The levels: shipped, edited by the organisation, on a card for a side room."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from guides.front_matter import ContentError
from peersupport.safeguarding import levels, protocol
from peersupport.safeguarding.forms import as_entered
from peersupport.safeguarding.models import LevelsEdition
from tests.cast import Cast
from tests.safeguarding.conftest import text

pytestmark = pytest.mark.django_db


def content(**minutes: int) -> dict[str, Any]:
    """The shipped content with other minutes."""
    changed: Any = deepcopy(dict(levels.shipped()))
    for code, number in minutes.items():
        changed[code]["minutes"] = number
    return changed


def test_the_card_holds_levels_steps_sentences_and_the_numbers_of_the_country() -> None:
    card = protocol.protocol_card("fi", "fi")
    assert [one.code for one in card.levels] == ["watch", "talk", "urgent", "danger"]
    assert card.levels[3].name == "Välitön vaara"
    assert all(one.signs and one.steps and one.sentences and one.tell for one in card.levels)
    assert "112" in {phone.tel for line in card.emergency for phone in line.phones}
    assert card.crisis


def test_a_language_without_words_is_answered_in_english_and_a_country_without_lines_by_europe() -> None:
    card = protocol.protocol_card("sv", "zz")
    assert card.levels[3].name == "Immediate danger"
    assert "112" in {phone.tel for line in card.emergency for phone in line.phones}


def test_a_coordinator_writes_a_new_edition_and_the_old_one_is_kept(cast: Cast, salla: Client) -> None:
    entered = as_entered(*protocol.content())
    for number in (1, 2):
        entered |= {"danger-minutes": 5 + number, "danger-en-steps": f"Call first\n\nThen step {number}"}
        answer = salla.post("/desk/levels/edit/", entered | {"based_on": number - 1})
        assert answer.headers["Location"] == "/desk/levels/"
    card = protocol.protocol_card("en", "fi")
    assert card.levels[3].minutes == 7
    assert card.levels[3].steps == ("Call first", "Then step 2")
    assert [one.content["danger"]["minutes"] for one in LevelsEdition.objects.all()] == [7, 6]
    assert "Then step 2" in text(salla, "/desk/levels/")


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(cast: Cast, salla: Client) -> None:
    protocol.write(content=content(danger=9), based_on=0, by=cast.salla, now=cast.now)
    entered = as_entered(0, levels.shipped()) | {"danger-minutes": 3}
    answer = salla.post("/desk/levels/edit/", entered)
    assert answer.status_code == 422
    assert protocol.protocol_card("en", "fi").levels[3].minutes == 9


def test_an_edition_with_nothing_in_a_part_comes_back_with_its_field(cast: Cast, salla: Client) -> None:
    entered = as_entered(*protocol.content()) | {"talk-fi-steps": "x" * 300}
    answer = salla.post("/desk/levels/edit/", entered)
    assert answer.status_code == 422
    assert answer.content.decode().count("field-wrong") == 1
    assert not LevelsEdition.objects.exists()


def test_the_clock_of_a_concern_follows_the_organisations_edition(cast: Cast) -> None:
    protocol.write(content=content(urgent=17), based_on=0, by=cast.salla, now=cast.now)
    assert protocol.until("urgent", now=cast.now) == cast.later(minutes=17)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("minutes: 1440", "minutes: 0", "levels.yaml:4: watch.minutes must be"),
        (
            "  texts:\n    en:\n      name: Talk aside",
            "  texts:\n    de:\n      name: x",
            "talk.texts.en is missing",
        ),
        ("format: 1", "format: 2", "levels.yaml:3: format must be 1"),
        ("      name: Keep an eye on it\n", "", "watch.texts.en.name must be"),
        ("format: 1", "format: 1\nother: 1", "levels.yaml:4: other is not a known field"),
        ("format: 1", "format: [", "not valid YAML"),
    ],
)
def test_a_wrong_file_says_line_and_field(old: str, new: str, says: str) -> None:
    shipped = levels.SHIPPED.read_text(encoding="utf-8")
    assert old in shipped
    with pytest.raises(ContentError, match=says.replace("[", r"\[")):
        levels.read(shipped.replace(old, new, 1), "levels.yaml")


def test_the_chart_is_an_ordered_list_with_the_gravest_first(cast: Cast, maija: Client) -> None:
    page = text(maija, "/today/levels/")
    assert page.index("Immediate danger") < page.index("Urgent: today") < page.index("Keep an eye on it")
    assert page.count('<ol class="chart-steps">') == 4
    assert "Write a new edition" not in page
