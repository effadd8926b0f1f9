"""A coordinator sees every date before it counts: of a new group, of what is moved, of what is called off."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peersupport.groups import forming, marking_time
from peersupport.groups.models import Change, Meeting, SupportGroup
from peersupport.vault import keys
from tests.cast import Cast
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db
HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


def words(answer: Any) -> str:
    text = unescape(answer.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def seen(answer: Any) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', answer.content.decode())
    assert found, words(answer)
    return found[1]


def first_monday_of_december(now_year: int) -> date:
    day = date(now_year + 1, 12, 1)
    return day + timedelta(days=-day.weekday() % 7)


def asked(cast: Cast, **changes: Any) -> dict[str, Any]:
    given = {
        "programme": str(cast.birch.programme.pk),
        "name": "Hazel",
        "language": "en",
        "starts_on": first_monday_of_december(cast.now.year).isoformat(),
        "meets_at": "18:00",
        "time_zone": "Europe/Helsinki",
        "facilitators": [cast.maija.facilitator.pk],
        "countries": "fi",
        "on_holidays": "skip",
        "off": "",
    }
    return {**given, **changes}


def test_the_dates_of_a_new_group_are_shown_before_anything_is_kept(cast: Cast, salla: Client) -> None:
    off = first_monday_of_december(cast.now.year) + timedelta(weeks=1)
    form = asked(cast, off=off.isoformat())
    cast.maija.facilitator.available.all().delete()
    answer = salla.post("/desk/places/new/", form)
    assert f"{off:%a} {off.day}" in words(answer)
    assert "no meeting: left out" in words(answer)
    assert "Maija has not named any times of the week yet." in words(answer)
    assert not SupportGroup.objects.filter(name="Hazel").exists()
    # Nobody keeps dates that were not shown.
    other = salla.post("/desk/places/new/", {**form, "meets_at": "19:00", "keep": "1", "seen": seen(answer)})
    assert "The dates are others now" in words(other)
    assert not SupportGroup.objects.filter(name="Hazel").exists()
    kept = salla.post("/desk/places/new/", {**form, "keep": "1", "seen": seen(answer)}, follow=True)
    assert "The group is formed." in words(kept)
    group = SupportGroup.objects.get(name="Hazel")
    days = [one.starts_at.astimezone(HELSINKI).date() for one in group.meetings.order_by("number")]
    assert off not in days
    assert group.countries == ["fi"]
    again = salla.post("/desk/places/new/", {**form, "name": "Elm", "keep": "1", "seen": seen(answer)})
    assert "needed in another group" in words(again)
    assert not SupportGroup.objects.filter(name="Elm").exists()


def test_a_public_holiday_is_left_out_with_its_name_or_kept_and_said(cast: Cast, salla: Client) -> None:
    # Independence Day of Finland.
    day = date(cast.now.year + 1, 12, 6)
    skipped = words(salla.post("/desk/places/new/", asked(cast, starts_on=day.isoformat())))
    assert "no meeting: Independence Day (fi)" in skipped
    kept = words(salla.post("/desk/places/new/", asked(cast, starts_on=day.isoformat(), on_holidays="keep")))
    assert "no meeting:" not in kept
    assert "is a public holiday: Independence Day (fi)" in kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Abused parents"},
        {"starts_on": "2020-01-01"},
        {"starts_on": "9999-12-31"},
        {"starts_on": "soon"},
        {"meets_at": "25:00"},
        {"countries": "fi zz"},
        {"off": "Christmas"},
        {"off": "\0"},
        {"time_zone": "Moon/Base"},
        {"facilitators": ["x"]},
        {"facilitators": ["99999999999999999999"]},
        {"programme": "x"},
        {"on_holidays": "perhaps"},
        {"language": ""},
    ],
)
def test_rubbish_comes_back_with_a_message(cast: Cast, salla: Client, wrong: dict[str, Any]) -> None:
    answer = salla.post("/desk/places/new/", asked(cast, **wrong))
    assert answer.status_code == 400
    assert "Please look at this again" in words(answer)


def test_a_meeting_is_moved_after_a_look_at_what_it_means(cast: Cast, salla: Client) -> None:
    meeting = cast.meeting(cast.alder, 6)
    day = meeting.starts_at.astimezone(HELSINKI).date() + timedelta(days=1)
    marking_time.add_away(facilitator=cast.maija.facilitator, first=day, last=day, by=cast.salla)
    address = f"/desk/places/{cast.alder.slug}/dates/{meeting.pk}/"
    form = {"day": day.isoformat(), "at": "09:00", "which": "one", "reason": ""}
    shown = salla.post(address, form)
    assert "Maija is away" in words(shown)
    meeting.refresh_from_db()
    assert meeting.sequence == 0
    done = salla.post(address, {**form, "keep": "1", "seen": seen(shown)}, follow=True)
    assert "Moved." in words(done)
    assert "Maija is away" in words(done)
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.starts_at.astimezone(HELSINKI).time()) == (1, time(9))
    twice = salla.post(address, {**form, "keep": "1", "seen": seen(shown)})
    assert "when it takes place already" in words(twice)
    over = salla.get(f"/desk/places/{cast.alder.slug}/dates/{cast.meeting(cast.alder, 3).pk}/")
    assert "cannot be moved any more" in words(over)


def test_a_meeting_is_called_off_with_words_that_members_read_and_a_reason_they_do_not(
    cast: Cast, salla: Client, client: Client
) -> None:
    meeting = cast.meeting(cast.alder, 6)
    address = f"/desk/places/{cast.alder.slug}/dates/{meeting.pk}/off/"
    assert salla.post(address, {"words": "sorry", "own_words": "", "reason": ""}).status_code == 400
    assert salla.post(address, {"words": "own", "own_words": " ", "reason": "x"}).status_code == 400
    assert salla.post(address, {"words": "together", "reason": "x"}).status_code == 400
    form = {"words": "rest", "own_words": "", "reason": "The building is closed."}
    desk = words(salla.post(address, form, follow=True))
    assert "The building is closed." in desk
    client.force_login(cast.aino)
    hers = words(client.get(f"/my/{cast.alder.slug}/"))
    assert "so that everybody can rest" in hers
    assert "building" not in hers
    change = Change.objects.get()
    back = f"/desk/places/{cast.alder.slug}/changes/{change.pk}/"
    assert "takes place after all" in words(salla.post(back, follow=True))
    assert "so that everybody can rest" not in words(client.get(f"/my/{cast.alder.slug}/"))
    assert salla.post(f"/desk/places/{cast.birch.slug}/changes/{change.pk}/").status_code == 404


def test_a_group_that_is_called_off_says_so_kindly_to_its_parents(
    cast: Cast, salla: Client, client: Client
) -> None:
    address = f"/desk/places/{cast.birch.slug}/off/"
    assert "wait for another group" in words(salla.get(address))
    form = {"words": "sorry", "own_words": "", "reason": "Too few."}
    done = words(salla.post(address, form, follow=True))
    assert "The group is called off" in done
    client.force_login(cast.toivo)
    hers = words(client.get(f"/my/{cast.birch.slug}/"))
    assert "This group does not take place" in hers
    assert "It has nothing to do with you" in hers
    assert "the time you have waited counts on" in hers
    assert "Too few" not in hers
    assert "come to its end" not in hers


def test_below_the_minimum_the_desk_proposes_and_a_person_decides(cast: Cast, salla: Client) -> None:
    programme = cast.birch.programme
    group = forming.form(
        programme=programme,
        name="Hazel",
        starts_on=cast.now.date() + timedelta(days=10),
        meets_at=time(18),
        time_zone="Europe/Helsinki",
        language="en",
        facilitators=[],
        by=cast.salla,
        now=cast.now,
    )
    address = f"/desk/places/{group.slug}/"
    shown = words(salla.get(address))
    assert f"{programme.minimum} parents are missing" in shown
    assert "you decide" in shown
    assert "Begin 1 week later" in shown
    assert salla.post(f"{address}later/", {"weeks": "x"}, follow=True).status_code == 200
    assert "begins later" in words(salla.post(f"{address}later/", {"weeks": "4"}, follow=True))
    group.refresh_from_db()
    assert group.starts_on == cast.now.date() + timedelta(days=38)
    assert "are missing" not in words(salla.get(address))
    assert salla.post(f"{address}join/", {"into": "x"}, follow=True).status_code == 200


def test_a_facilitators_times_are_kept_at_the_desk(cast: Cast, salla: Client) -> None:
    maija = cast.maija.facilitator
    address = f"/desk/staff/{maija.pk}/"
    form = {
        "weekly": "1",
        "weekday": "1",
        "from_time": "17:00",
        "until_time": "20:00",
        "time_zone": "Europe/Helsinki",
    }
    salla.post(address, form)
    assert "17:00 – 20:00" in words(salla.get(address))
    assert salla.post(address, {**form, "until_time": "16:00"}).status_code == 400
    assert salla.post(address, {**form, "weekday": "9"}).status_code == 400
    today = cast.now.date()
    away = {"away": "1", "first": today.isoformat(), "last": (today + timedelta(days=3)).isoformat()}
    salla.post(address, away)
    assert salla.post(address, {**away, "last": (today - timedelta(days=3)).isoformat()}).status_code == 400
    assert maija.away.count() == 1
    assert words(salla.get("/desk/staff/")).count("Maija") == 1
    salla.post(f"/desk/staff/{cast.oskar.facilitator.pk}/", {"no_away": str(maija.away.get().pk)})
    assert maija.away.count() == 1
    salla.post(address, {"no_away": str(maija.away.get().pk)})
    salla.post(address, {"no_weekly": "9" * 30})
    assert maija.away.count() == 0
    assert browser(cast.aino).get(address).status_code == 404


def forget_keys() -> None:
    """As a process that has opened none, and as if what was made in this test were committed."""
    keys.cache.clear()
    keys._uncommitted.subjects.clear()


def test_more_meetings_changes_and_groups_cost_no_more_statements(cast: Cast, salla: Client) -> None:
    def group(name: str, days: int) -> SupportGroup:
        return forming.form(
            programme=cast.birch.programme,
            name=name,
            starts_on=cast.now.date() + timedelta(days=days),
            meets_at=time(18),
            time_zone="Europe/Helsinki",
            language="en",
            facilitators=[],
            by=cast.salla,
            now=cast.now,
        )

    hazel = group("Hazel", 10)
    address = f"/desk/places/{hazel.slug}/"

    def called_off(number: int) -> None:
        pk = hazel.meetings.get(number=number).pk
        salla.post(f"{address}dates/{pk}/off/", {"words": "own", "own_words": "A rest.", "reason": "x"})

    called_off(8)
    forget_keys()
    with CaptureQueriesContext(connection) as one:
        assert "are missing" in words(salla.get(address))
    for number in (5, 6, 7):
        called_off(number)
    for name, days in (("Elm", 10), ("Fir", 11), ("Oak", 12)):
        group(name, days)
    forget_keys()
    with CaptureQueriesContext(connection) as many:
        assert "are missing" in words(salla.get(address))
    assert len(many) == len(one)
    assert Meeting.objects.filter(group=hazel, state="cancelled").count() == 4
