"""The one rule for helplines: what a reader sees of each, and what nobody ever sees."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.utils import timezone, translation

from guides import fields, helpline_file, helplines
from guides.checks import helplines_can_be_read
from guides.fields import numbers
from guides.helplines import Country, Standing, for_country, narrowed, spoken, strip_for
from guides.rounds import due
from tests.guides.conftest import TODAY
from tests.guides.trees import Tree


def entry(name: str, *needs: str, **facts: Any) -> dict[str, Any]:
    """A line of the file; not verified, its number seen, unless the test says otherwise."""
    return {
        "name": name,
        "for": list(needs),
        "phone": "0100 200 300",
        "web": "tea.example",
        "chat": None,
        "languages": ["fi"],
        "hours": None,
        "cost": None,
        "source": "SECRET-SOURCE",
        "confidence": "seen",
        "confidence_detail": "SECRET-DETAIL",
        "editor_note": "SECRET-NOTE",
        "verified_by_ngo": None,
        "last_checked": "2001-01-01",
        "number_seen_in": 98765,
        **facts,
    }


def shown(tree: Tree, *entries: dict[str, Any]) -> Country:
    """What a reader in Finland sees of these entries."""
    tree.helplines(fi=list(entries))
    country = for_country("fi", TODAY)
    assert country is not None
    return country


def test_a_line_never_verified_says_so_and_keeps_its_number_only_where_it_was_seen(tree: Tree) -> None:
    seen, unseen = shown(
        tree, entry("Seen", "parent"), entry("Unseen", "parent", confidence="not seen")
    ).lines
    assert seen.mark == unseen.mark == "Not yet confirmed by us"
    assert [phone.shown for phone in seen.phones] == ["0100 200 300"]
    assert unseen.phones == ()


def test_an_emergency_number_is_always_given(tree: Tree) -> None:
    (line,) = shown(tree, entry("Emergency", "emergency", phone="112", confidence="not seen")).lines
    assert [phone.tel for phone in line.phones] == ["112"]


@pytest.mark.parametrize(
    ("verified", "standing", "mark"),
    [
        ("2026-11-22", Standing.FRESH, "Confirmed by us on 22 November 2026"),
        ("2026-05-23", Standing.FRESH, "Confirmed by us on 23 May 2026"),
        ("2026-05-22", Standing.AGEING, "Last confirmed by us on 22 May 2026: it may have changed"),
        ("2025-11-22", Standing.AGEING, "Last confirmed by us on 22 November 2025: it may have changed"),
    ],
)
def test_a_verified_line_says_when(tree: Tree, verified: str, standing: Standing, mark: str) -> None:
    (line,) = shown(tree, entry("Line", "parent", verified_by_ngo=verified, confidence="not seen")).lines
    assert (line.standing, line.mark) == (standing, mark)
    assert line.phones


def test_a_line_verified_too_long_ago_is_hidden(tree: Tree) -> None:
    old = entry("Old", "parent", verified_by_ngo="2025-11-21")
    assert [line.name for line in shown(tree, entry("New", "parent"), old).lines] == ["New"]


def test_the_last_line_for_a_need_is_never_hidden_nor_is_an_emergency_number(tree: Tree) -> None:
    older = entry("Older", "parent", "legal", verified_by_ngo="2024-01-01")
    old = entry("Old", "legal", verified_by_ngo="2025-01-01")
    emergency = [entry("One", "emergency", verified_by_ngo="2020-01-01"), entry("Two", "emergency")]
    country = shown(tree, older, old, *emergency, entry("New", "parent"))
    assert {line.name for line in country.lines} == {"Old", "One", "Two", "New"}
    (kept,) = (line for line in country.lines if line.name == "Old")
    assert "may have changed" in kept.mark


def test_free_words_wait_until_somebody_has_verified_them(tree: Tree) -> None:
    words = {"hours": "Mon (2019 page)", "cost": "local rate?", "languages": ["fi", "sv (limited)"]}
    before, after = shown(
        tree,
        entry("Before", "parent", **words),
        entry("After", "parent", verified_by_ngo="2026-11-01", **words),
    ).lines
    assert (before.hours, before.cost, before.languages) == ("", "", ("Finnish",))
    assert (after.hours, after.cost) == ("Mon (2019 page)", "local rate?")
    assert after.languages == ("Finnish", "sv (limited)")


def test_notes_of_those_who_collect_the_data_never_come_out(tree: Tree) -> None:
    country = shown(tree, entry("Line", "parent"), entry("Other", "child", verified_by_ngo="2026-11-01"))
    told = str(dataclasses.asdict(country))
    assert "Line" in told
    for secret in ("SECRET", "2001-01-01", "98765"):
        assert secret not in told


def test_no_note_of_the_real_file_comes_out_in_any_country() -> None:
    data = json.loads((Path(site.GUIDES_DIR) / "helplines.json").read_text(encoding="utf-8"))
    assert all(
        line["verified_by_ngo"] is None for code, lines in data.items() if code[0] != "_" for line in lines
    )
    for code, _name in helplines.countries():
        country = for_country(code, TODAY)
        assert country is not None
        told = str(dataclasses.asdict(country)).lower()
        for hint in ("general knowledge", "not seen", "2021", "(2019", "recalled", "conflict", "confirm it"):
            assert hint not in told, (code, hint)


@pytest.mark.parametrize(
    ("field", "tels"),
    [
        ("112", ["112"]),
        ("112; 0900-8844", ["112", "09008844"]),
        ("112 or 999", ["112", "999"]),
        ("17 / 112 / 15 / 114", ["17", "112", "15", "114"]),
        ("1-800-843-5678 (1-800-THE-LOST)", ["18008435678"]),
        ("988 (call or text)", ["988"]),
        ("1-800-668-6868; text CONNECT to 686868", ["18006686868"]),
        ("1-800-CALL-FBI", []),
        ("+44 1372 847 161", ["+441372847161"]),
        ("", []),
    ],
)
def test_only_what_can_be_dialled_becomes_a_number(field: str, tels: list[str]) -> None:
    assert [phone.tel for phone in numbers(field)] == tels


@pytest.mark.parametrize(
    ("field", "site"),
    [
        ("riku.fi", "riku.fi"),
        ("pelastakaalapset.fi > Nettivihje (nettivihje.fi)", "pelastakaalapset.fi"),
        ("nspcc.org.uk / help@nspcc.org.uk", "nspcc.org.uk"),
        ("mll.fi/vanhemmille", "mll.fi/vanhemmille"),
        ("local hospital / ARS", ""),
    ],
)
def test_only_an_address_becomes_a_link(field: str, site: str) -> None:
    assert fields.site(field) == site


def test_every_line_of_the_real_file_offers_a_way_to_reach_it_or_is_a_place_others_lead_to() -> None:
    for code, _name in helplines.countries():
        country = for_country(code, TODAY)
        assert country is not None
        emergency = [line for line in country.lines if "emergency" in line.needs]
        assert all(line.phones for line in emergency), code


@pytest.mark.parametrize(
    ("code", "tel"), [("fi", "112"), ("gb", "999"), ("fr", "112"), ("us", "911"), ("au", "000")]
)
def test_the_strip_gives_the_number_people_know(code: str, tel: str) -> None:
    strip = strip_for(code, TODAY)
    assert strip.emergency is not None
    assert strip.emergency.tel == tel
    assert strip.line is not None


def test_the_strip_of_a_country_we_know_nothing_of_is_the_european_one() -> None:
    strip = strip_for("zz", TODAY)
    assert strip.country == "eu"
    assert strip.emergency is not None


def test_the_strip_can_be_drawn_without_a_request() -> None:
    html = Template("{% load helplines %}{% help_now_strip 'gb' %}").render(Context())
    assert 'href="tel:999"' in html
    assert "<script" not in html


def test_a_line_helps_with_several_needs_and_stands_once(tree: Tree) -> None:
    country = shown(tree, entry("Both", "parent", "legal"), entry("Law", "legal"))
    parent, legal = country.groups
    assert [line.name for line in parent.lines] == ["Both"]
    assert [line.name for line in legal.lines] == ["Law"]
    assert [line.name for line in legal.also] == ["Both"]
    assert [line.name for line in country.lines] == ["Both", "Law"]


def test_the_rule_is_asked_about_the_day_it_is_told(tree: Tree) -> None:
    tree.helplines(fi=[entry("Line", "parent", verified_by_ngo="2026-11-01"), entry("Other", "parent")])
    names = {}
    for day in (date(2026, 11, 22), date(2028, 1, 1)):
        country = for_country("fi", day)
        assert country is not None
        names[day.year] = [line.name for line in country.lines]
    assert names == {2026: ["Line", "Other"], 2028: ["Other"]}


def test_lines_are_narrowed_to_a_need_and_a_language_but_never_the_emergency_number(tree: Tree) -> None:
    country = shown(
        tree,
        entry("Danger", "emergency", phone="112", languages=[]),
        entry("Both", "parent", "legal", languages=["sv"]),
        entry("Law", "legal"),
        entry("Child", "child", languages=["sv (limited)"]),
        entry("Checked", "child", languages=["sv (limited)"], verified_by_ngo="2026-11-01"),
    )

    def names(**asked: str) -> list[tuple[str, list[str]]]:
        found = narrowed(country, **asked)
        return [(group.need, [line.name for line in group.lines]) for group in found.groups]

    assert names(need="legal") == [("emergency", ["Danger"]), ("legal", ["Both", "Law"])]
    assert names(language="sv") == [
        ("emergency", ["Danger"]),
        ("parent", ["Both"]),
        ("child", ["Checked"]),
        ("legal", []),
    ]
    assert names(need="legal", language="sv") == [("emergency", ["Danger"]), ("legal", ["Both"])]
    assert names(need="removal") == [("emergency", ["Danger"])]
    assert names(need="emergency") == [("emergency", ["Danger"])]
    assert spoken(country, None) == [("fi", "Finnish"), ("sv", "Swedish")]


def test_countries_stand_where_a_reader_of_each_language_looks_for_them(tree: Tree) -> None:
    tree.helplines(**{code: [entry("Line", "parent")] for code in ("at", "de", "gb", "us", "ax")})
    found = {}
    for language in ("fr", "sv"):
        with translation.override(language):
            found[language] = [name for _code, name in helplines.countries()]
    assert found["fr"] == ["Allemagne", "Autriche", "États-Unis", "Îles Åland", "Royaume-Uni"]
    assert found["sv"] == ["Storbritannien", "Tyskland", "USA", "Åland", "Österrike"]


def test_a_line_for_who_fears_her_own_thoughts_is_never_the_one_on_every_page(tree: Tree) -> None:
    tree.helplines(fi=[entry("Thoughts", "concerned_adult", "parent"), entry("Parents", "parent")])
    strip = strip_for("fi", TODAY)
    assert strip.line is not None
    assert strip.line.name == "Parents"
    for code, _name in helplines.countries():
        line = strip_for(code, TODAY).line
        assert line is None or line.needs[0] != "concerned_adult"


def test_what_is_due_is_told_by_how_long_ago_it_was_verified(tree: Tree) -> None:
    days = [None, "2025-11-21", "2025-11-22", "2026-05-22", "2026-05-23", "2026-06-22", "2026-06-23"]
    lines = [entry(f"Line {day}", "parent", verified_by_ngo=day) for day in days]
    tree.helplines(fi=lines, se=[entry("Swedish", "parent")])
    found = [(words, [one.name for one in each]) for words, each in due(TODAY, "fi")]
    assert found == [
        ("never verified", ["Line None"]),
        ("verified more than 12 months ago", ["Line 2025-11-21"]),
        ("verified more than 6 months ago", ["Line 2025-11-22", "Line 2026-05-22"]),
        ("verified more than 5 months ago", ["Line 2026-05-23", "Line 2026-06-22"]),
    ]
    assert [len(each) for _words, each in due(TODAY)] == [2, 1, 2, 2]
    assert [one.name for _words, each in due(TODAY) for one in each if one.hidden] == ["Line 2025-11-21"]


def test_the_round_of_checks_ends_well_whatever_is_due(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.helplines(fi=[entry("Line", "parent")], se=[entry("Other", "parent")])
    call_command("helplines", "due", "--country", "FI")
    said = capsys.readouterr().out
    assert "never verified: 1\n  fi  1  Line\n" in said
    assert "Other" not in said
    tree.helplines(fi=[entry("Line", "parent", verified_by_ngo=str(timezone.localdate()))])
    call_command("helplines", "due")
    assert "Nothing is due." in capsys.readouterr().out


def test_the_file_that_ships_is_right() -> None:
    call_command("helplines", "check")
    assert list(helpline_file.problems(TODAY + timedelta(days=30))) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"for": ["tea"]}, "fi 1 Line: for: tea is none of"),
        ({"for": []}, "fi 1 Line: for is empty"),
        ({"name": " "}, "name is empty"),
        ({"phone": 112}, "phone has the wrong type"),
        ({"languages": [1]}, "languages is a list of texts"),
        ({"confidence": "perhaps"}, "confidence is one of seen, not seen"),
        ({"verified_by_ngo": "yesterday"}, "'yesterday' is no day"),
        ({"verified_by_ngo": "2999-01-01"}, "2999-01-01 is still to come"),
        ({"opening": {"zone": "Europe/Helsinki"}}, "opening: it has zone and hours"),
        ({"open": "24/7"}, "open is not a known field"),
    ],
)
def test_a_fault_of_the_file_is_named(tree: Tree, changed: dict[str, Any], words: str) -> None:
    tree.helplines(fi=[{**entry("Line", "parent"), **changed}])
    (said,) = helpline_file.problems(TODAY)
    assert words in said
    with pytest.raises(CommandError, match="to put right in"):
        call_command("helplines", "check")


def test_an_entry_that_lacks_something_or_is_no_entry_is_named(tree: Tree) -> None:
    lacking = entry("Line", "parent")
    del lacking["verified_by_ngo"], lacking["source"]
    tree.helplines(fi=[lacking, []], Finland=[])  # type: ignore[list-item]
    said = "\n".join(helpline_file.problems(TODAY))
    assert "fi 1 Line: verified_by_ngo is missing" in said
    assert "fi 2 : expected a line" in said
    assert "Finland: a country is two small letters" in said
    assert "source" not in said
    (tree.root / "helplines.json").write_text("{")
    assert list(helpline_file.problems(TODAY)) == [
        "line 1: no JSON: Expecting property name enclosed in double quotes"
    ]
    assert [str(error.id) for error in helplines_can_be_read(None)] == ["guides.E001"]
