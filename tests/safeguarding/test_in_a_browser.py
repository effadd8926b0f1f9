"""The pages for when something is wrong, in a browser: on a small screen, in the dark, for everybody."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from peersupport.safeguarding.models import Concern, Look
from tests.browsing import ServedSite, Visitors, apart, assert_accessible, assert_no_sideways_scroll
from tests.cast import Cast
from tests.safeguarding.conftest import CALLED, told_us

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, committed: the server reads over connections of its own."""
    people = Cast(timezone.now())
    told_us(people, people.now)
    return people


def holds(page: Page) -> None:
    """What every page here keeps to, whichever is open."""
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_from_a_worry_on_a_phone_to_a_decision_at_the_desk(
    site: ServedSite, visitors: Visitors, people: Cast
) -> None:
    member = people.seat(people.aino)
    maija = visitors.enter(people.maija, width=320, height=640)
    maija.goto(f"{site.url}/today/concern/{member.pk}/")
    holds(maija)
    maija.get_by_text("Immediate danger", exact=True).first.click()
    maija.get_by_label("What did you see or hear?").fill("She left in the middle of a sentence.")
    maija.get_by_role("button", name="Hand it to the coordinators").click()
    expect(maija.get_by_role("heading", name="It was received")).to_be_visible()
    holds(maija)
    concern = apart(lambda: Concern.objects.get())
    salla = visitors.enter(people.salla, dark=True)
    salla.goto(f"{site.url}/desk/")
    salla.get_by_role("link", name="1 concern that nobody has opened").click()
    holds(salla)
    salla.goto(f"{site.url}/desk/matters/concerns/{concern.pk}/")
    holds(salla)
    salla.get_by_role("button", name="Open it").click()
    expect(salla.get_by_text("She left in the middle of a sentence.")).to_be_visible()
    holds(salla)
    for path in (f"/desk/matters/concerns/{concern.pk}/country/", "/desk/levels/", "/desk/levels/edit/"):
        salla.goto(site.url + path)
        holds(salla)


def test_who_somebody_is_with_two_keys(site: ServedSite, visitors: Visitors, people: Cast) -> None:
    member = people.seat(people.aino)
    maija = visitors.enter(people.maija, phone=True)
    maija.goto(f"{site.url}/today/who/{member.pk}/")
    holds(maija)
    maija.get_by_label("Why do you have to know who this is?").fill("She does not answer.")
    maija.get_by_role("button", name="Ask", exact=True).click()
    expect(maija.get_by_role("heading", name="Waits for a second person")).to_be_visible()
    holds(maija)
    look = apart(lambda: Look.objects.get())
    salla = visitors.enter(people.salla)
    salla.goto(f"{site.url}/desk/matters/who/{look.pk}/")
    holds(salla)
    salla.get_by_role("button", name="Agree: show it for a short time").click()
    expect(salla.get_by_text("Noted.")).to_be_visible()
    maija.get_by_role("link", name="Load again").click()
    expect(maija.get_by_text(CALLED)).to_be_visible()
    holds(maija)
    maija.goto(f"{site.url}/today/concern/")
    holds(maija)
    maija.goto(f"{site.url}/today/levels/")
    holds(maija)
