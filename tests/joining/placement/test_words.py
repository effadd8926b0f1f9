"""What the coordinator reads: each reason, each lack, each rule has words."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from peersupport.joining.placement import words
from peersupport.joining.placement.facts import Place
from peersupport.joining.placement.model import RULES
from peersupport.joining.placement.proposals import Lack, Proposal, Reasons, Unplaced

NOTHING = Reasons(waiting=1, free=1, prefer=0, rather=0, near=0, longest=0, leaders_free=0, least=2, most=8)
HERE = Place("harbour", "fi", "1-18")


class Plain:
    def slot(self, slot: str) -> str:
        return "Tuesday 18:00"

    def language(self, language: str) -> str:
        return "Finnish"


def said(leaders: tuple[str, ...] = (), **numbers: int) -> list[str]:
    reasons = replace(NOTHING, **numbers)
    return words.reasons(Proposal(HERE, ("a", "b"), leaders, reasons), Plain())


def test_reasons_say_what_speaks_for_it_and_what_was_traded() -> None:
    found = said(("f1", "f2"), waiting=9, free=7, prefer=3, rather=1, near=1, longest=5, leaders_free=4)

    assert found == [
        "7 of 9 who wait are free at every meeting on Tuesday 18:00.",
        "3 of them prefer this time.",
        "1 would rather have another time.",
        "The longest of them waits for 5 weeks.",
        "4 facilitators could lead it.",
        "1 pair may know each other, from the same place or school: ask both first.",
    ]


def test_nothing_is_said_of_what_is_not_there() -> None:
    assert said() == ["1 of 1 who waits is free at every meeting on Tuesday 18:00."]


@pytest.mark.parametrize("lack", get_args(Lack))
def test_whoever_is_left_is_told_what_would_help(lack: Lack) -> None:
    for missing in (1, 2):
        text = words.what_would_help(Unplaced("a", lack, HERE, missing), Plain())
        assert text.endswith(".")
        assert "%" not in text


def test_how_much_is_missing_is_said_with_time_and_language() -> None:
    people = words.what_would_help(Unplaced("a", "people", HERE, 2), Plain())
    assert people == "2 more parents who are free on Tuesday 18:00 would make a group in Finnish."
    leaders = words.what_would_help(Unplaced("a", "facilitators", HERE, 1), Plain())
    assert leaders == "1 more facilitator who is free on Tuesday 18:00 could lead a group in Finnish."


def test_every_rule_that_can_be_in_the_way_has_a_name() -> None:
    assert set(words.RULES) == set(RULES)
    assert "smallest size" in words.contradiction(["size"])
    assert "several rules" in words.contradiction([])


def test_how_good_a_plan_is_is_proved_or_a_number() -> None:
    assert "proved" in words.how_good(optimal=True, gap=0.0)
    assert "up to 3.2% better" in words.how_good(optimal=False, gap=0.032)
