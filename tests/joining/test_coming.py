"""Which groups are coming: public facts, and nothing that counts or names people."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import translation

from peersupport.accounts import where
from peersupport.joining.choices import countries, part_of_day, zones_of
from peersupport.joining.fitting import Possible, Wish, reasons, time_of_week
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_page_says_for_whom_a_group_is_and_for_whom_it_is_not(client: Client, cast: Cast) -> None:
    programme = cast.birch.programme
    page = client.get("/join/").content.decode()

    assert programme.title in page
    assert "a relative, a friend, a coach" in page
    assert "Not for families in which one child harmed another" in page
    assert 'href="/help/"' in page
    # Alder is past its second meeting, Cedar has ended.
    assert cast.alder.name not in page
    assert cast.alder.programme.title not in page
    assert page.index("There is one limit") > 0


def test_neither_page_nor_api_tells_how_many_or_who(client: Client, cast: Cast) -> None:
    private = [member.pseudonym for member in cast.birch.memberships.all()]
    private += [cast.birch.slug, str(cast.birch.pk)]
    for path in ("/join/", "/api/v1/groups/"):
        text = client.get(path).content.decode()
        assert [word for word in private if word in text] == []


def test_places_are_told_in_words(client: Client, cast: Cast) -> None:
    programme = cast.birch.programme
    for planned, words in ((8, "places left"), (5, "few places left"), (3, "no place just now")):
        programme.goes_on_from = programme.minimum = 3
        programme.planned = planned
        programme.save()
        assert f">{words}</span>" in client.get("/join/").content.decode()


def test_with_no_group_coming_she_can_apply_all_the_same(client: Client) -> None:
    page = client.get("/join/").content.decode()

    assert "No date is set just now" in page
    assert 'href="/join/agreement/"' in page


def test_partners_read_the_same_facts_in_pages(client: Client, cast: Cast) -> None:
    group = cast.birch
    answer = client.get("/api/v1/groups/?size=1")
    body = json.loads(answer.content)

    assert body["count"] == 1
    [shown] = body["results"]
    assert shown == {
        "title": group.programme.title,
        "audience": group.programme.audience,
        "not_for": group.programme.not_for,
        "language": "en",
        "time_zone": "Europe/Helsinki",
        "starts_at": shown["starts_at"],
        "meetings": len(group.programme.topics),
        "minutes": 90,
        "places": "yes",
    }
    assert client.get("/api/v1/groups/?page=99").status_code == 404
    assert client.get("/api/v1/groups/?page=%00&size=-1").status_code == 400
    assert client.post("/api/v1/groups/", {}).status_code == 405


def test_reasons_are_told_on_her_own_clock(cast: Cast) -> None:
    meets = cast.meeting(cast.birch, 1).starts_at
    azores, helsinki = ZoneInfo("Atlantic/Azores"), ZoneInfo("Europe/Helsinki")
    there, here = time_of_week(meets, azores), time_of_week(meets, helsinki)
    assert (there.split("-")[1], here.split("-")[1]) == ("afternoon", "evening")

    possible = Possible(language="en", meets=meets, group=1)
    for zone, times, fits in ((azores, {there}, True), (azores, {here}, False), (helsinki, {here}, True)):
        found = reasons(Wish(language="en", zone=zone, times=times, group=None), possible)
        assert [reason.speaks_for for reason in found] == [True, fits]


@pytest.mark.parametrize(
    ("hour", "part"), [(3, "evening"), (6, "morning"), (12, "afternoon"), (17, "evening"), (23, "evening")]
)
def test_the_day_has_three_parts(hour: int, part: str) -> None:
    assert part_of_day(hour) == part


def test_every_clock_of_a_country_is_known() -> None:
    assert zones_of("fi") == ("Europe/Helsinki",)
    assert "Europe/Lisbon" in zones_of("pt")
    assert dict(countries())["fi"] == "Finland"
    assert "zz" not in dict(countries())
    assert [code for code, _name in countries() if not zones_of(code)] == []


@pytest.mark.parametrize(
    ("language", "sooner", "later"),
    [("fi", "Itävalta", "Zimbabwe"), ("sv", "Zimbabwe", "Österrike"), ("fr", "Égypte", "Zambie")],
)
def test_countries_stand_in_the_order_of_the_readers_alphabet(language: str, sooner: str, later: str) -> None:
    with translation.override(language):
        for listed in (countries(), where.countries()):
            names = [name for _code, name in listed]
            assert names.index(sooner) < names.index(later)
