"""The one rule for helplines: what a reader sees of each, and what nobody ever sees."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.template import Context, Template

from guides import helplines
from guides.helplines import Country, Standing, for_country, numbers, strip_for
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
    assert helplines.site(field) == site


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
