"""Waiting: what can be said honestly, a sign of life once a month, leaving with one tap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peersupport.accounts.models import Mail
from peersupport.groups.models import SupportGroup
from peersupport.joining import consenting, signs, waiting
from peersupport.joining.models import Application
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import applicants

pytestmark = pytest.mark.django_db
ADDRESS = "greta@safe.example"


def form_group(cast: Cast, *, days: int, state: str = "forming", language: str = "en") -> SupportGroup:
    """A group that begins (or began) in so many days, of Birch's programme."""
    day = (cast.now + timedelta(days=days)).date()
    ended = cast.now if state in {"ended", "cancelled"} else None
    return SupportGroup.objects.create(
        programme=cast.birch.programme,
        name="Larch",
        language=language,
        state=state,
        starts_on=day,
        meets_at="18:00",
        ended_at=ended,
    )


@pytest.fixture
def greta(cast: Cast) -> Application:
    """She waits, in a language in which there is no group."""
    return applicants.waiting(cast.now, by=cast.salla, language="et")


def test_where_nothing_is_known_it_says_so(cast: Cast, greta: Application) -> None:
    found = waiting.expectation(greta, cast.now)
    assert (found.kind, found.before, found.seats, found.per_quarter) == ("unknown", 0, 0, 0)
    assert "We cannot say" in page(greta)


def page(application: Application) -> str:
    browser = SecureClient()
    browser.post("/join/return/", {"code": application.code})
    return str(browser.get("/join/application/").content.decode())


def test_a_group_that_forms_with_places_enough_is_named_with_its_day(cast: Cast, greta: Application) -> None:
    group = form_group(cast, days=20, language="et")
    found = waiting.expectation(greta, cast.now)
    assert (found.kind, found.begins) == ("group", group.starts_on)
    assert found.seats == group.programme.planned
    assert f"{group.starts_on:%B %Y}" in page(greta)


def test_whoever_waited_longer_comes_first_and_the_answer_changes_as_groups_form(
    cast: Cast, greta: Application
) -> None:
    first = form_group(cast, days=20, language="et")
    for number in range(first.programme.planned):
        applicants.waiting(cast.later(days=-1), by=cast.salla, language="et", called=f"N{number}")
    applicants.waiting(cast.later(minutes=1), by=cast.salla, language="et", called="Later")
    applicants.waiting(cast.later(days=-1), by=cast.salla, language="fi", called="Other language")
    applicants.sent(cast.later(days=-1), language="et", called="Not talked to")
    found = waiting.expectation(greta, cast.now)
    assert (found.kind, found.before) == ("unknown", first.programme.planned)

    second = form_group(cast, days=40, language="et")
    assert waiting.expectation(greta, cast.now).begins == second.starts_on
    second.delete()
    for days in (-30, -100, -200, -300):
        form_group(cast, days=days, state="ended", language="et")
    form_group(cast, days=-400, state="ended", language="et")
    form_group(cast, days=-10, state="cancelled", language="et")
    found = waiting.expectation(greta, cast.now)
    # All seats of the group that forms are for others: one more of 4 × planned seats a year.
    assert (found.kind, found.months, found.per_quarter) == ("months", 1, 1.0)
    assert "About a month" in page(greta)


def test_a_wait_longer_than_a_year_is_not_put_into_months(cast: Cast, greta: Application) -> None:
    for days in (-30, -100):
        form_group(cast, days=days, state="ended", language="et")
    for number in range(20):
        applicants.waiting(cast.later(days=-1), by=cast.salla, language="et", called=f"N{number}")
    assert waiting.expectation(greta, cast.now).kind == "unknown"


def test_a_group_that_has_begun_or_speaks_otherwise_is_no_place(cast: Cast, greta: Application) -> None:
    form_group(cast, days=20, language="lv")
    form_group(cast, days=-1, language="et")
    form_group(cast, days=20, state="cancelled", language="et")
    assert waiting.expectation(greta, cast.now).seats == 0


def test_her_page_costs_as_many_statements_for_many_groups_as_for_one(cast: Cast, greta: Application) -> None:
    browser = SecureClient()
    browser.post("/join/return/", {"code": greta.code})
    form_group(cast, days=20, language="et")
    browser.get("/join/application/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/join/application/")
    for days in range(21, 27):
        form_group(cast, days=days, language="et")
        applicants.waiting(cast.later(days=-1), by=cast.salla, language="et")
    with CaptureQueriesContext(connection) as many:
        browser.get("/join/application/")
    assert len(many) == len(one)


# The sign of life.


def waits(cast: Cast, **changes: Any) -> Application:
    usual: dict[str, Any] = {"address": ADDRESS, "wishes": ("signs",)}
    application = applicants.waiting(cast.now, by=cast.salla, **{**usual, **changes})
    Mail.objects.all().delete()
    return application


@pytest.mark.check(48)
def test_a_sign_of_life_comes_once_a_month_in_neutral_words(cast: Cast) -> None:
    waits(cast)
    signs.send(cast.later(days=29))
    assert not Mail.objects.exists()
    for _twice in range(2):
        signs.send(cast.later(days=30))
    mail = Mail.objects.get()
    assert (mail.template, mail.title, mail.address) == ("sign-of-life", "A short note", ADDRESS)
    signs.send(cast.later(days=59))
    assert Mail.objects.count() == 1
    signs.send(cast.later(days=60))
    assert Mail.objects.count() == 2


@pytest.mark.check(48)
@pytest.mark.parametrize("changes", [{"wishes": ()}, {"address": ""}])
def test_none_comes_unasked_or_to_an_address_that_is_not_safe(cast: Cast, changes: dict[str, Any]) -> None:
    waits(cast, **changes)
    waits(cast, called="Hanna", address="hanna@safe.example")
    signs.send(cast.later(days=31))
    assert [mail.address for mail in Mail.objects.all()] == ["hanna@safe.example"]


def test_none_comes_once_she_took_it_back_or_does_not_wait_any_more(cast: Cast) -> None:
    back, gone = waits(cast), waits(cast, address="gone@safe.example")
    consenting.take_back(application=back, layer="signs", now=cast.now)
    Application.objects.filter(pk=gone.pk).update(state="withdrawn")
    signs.send(cast.later(days=31))
    assert not Mail.objects.exists()
    Application.objects.filter(pk=gone.pk).update(state="waiting")
    signs.send(cast.later(days=31))
    assert Mail.objects.count() == 1


def test_a_sign_waits_for_her_hours_and_begins_with_her_words(cast: Cast) -> None:
    application = waits(cast)
    application.tell(opener="enquiry")
    application.save()
    contact = application.contact
    assert contact is not None
    hour = (cast.now.hour + 12) % 24
    contact.from_hour, contact.until_hour, contact.time_zone = hour, (hour + 1) % 24 or 24, "UTC"
    contact.save()
    signs.send(cast.later(days=30))
    mail = Mail.objects.get()
    assert mail.due_at.hour == hour
    assert mail.body.startswith("Good day, about your enquiry:")


# Leaving.


def test_she_leaves_the_list_with_one_tap_after_one_page(cast: Cast, client: Client) -> None:
    application = applicants.waiting(cast.now, by=cast.salla)
    client.post("/join/return/", {"code": application.code})
    asked = client.get("/join/application/withdraw/").content.decode()
    assert 'name="how" value="erase"' in asked
    assert 'name="how" value="pause"' in asked
    assert (
        client.post("/join/application/withdraw/", {"how": "erase"})["Location"]
        == "/join/application/erased/"
    )
    assert not Application.objects.exists()
