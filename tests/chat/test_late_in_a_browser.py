"""A parent waits before a room that nobody opens, in a browser: the site itself tells her."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from peersupport.groups.models import Meeting
from tests.browsing import ServedSite, Visitors
from tests.chat.between import in_between
from tests.chat.conftest import Evening
from tests.chat.screen import Screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.check(58)]


def began(evening: Evening, *, minutes: int) -> None:
    starts_at = timezone.now() - timedelta(minutes=minutes)
    Meeting.objects.filter(group=evening.cast.alder, number=4).update(starts_at=starts_at)


def test_the_page_she_waits_on_says_that_they_are_late_and_opens_when_they_come(
    site: ServedSite, visitors: Visitors, settled_evening: Evening
) -> None:
    evening = settled_evening
    began(evening, minutes=5)
    screen = Screen(visitors.enter(evening.cast.aino, phone=True), site, evening).opens()
    screen.is_in("early")
    # The site looks by itself.
    began(evening, minutes=11)
    screen.is_in("late")
    late = screen.page.locator("[data-phase-section=late]")
    expect(late.get_by_role("heading")).to_be_in_viewport()
    expect(late).to_contain_text("You may just as well go")
    expect(screen.page.locator("[data-phase-section=early]")).to_be_hidden()
    expect(screen.page.locator("[data-part=status]")).to_contain_text(
        "We are sorry: the facilitators are late. The coordinators have been told."
    )
    screen.page.reload()
    screen.is_in("late")
    maija = visitors.enter(evening.cast.maija)
    oskar = visitors.enter(evening.cast.oskar)
    for facilitator in (maija, oskar):
        facilitator.goto(f"{site.url}/today/room/{evening.room.pk}/")
        expect(facilitator.locator("[data-beside=state]")).to_contain_text("One parent waits in the room.")
    expect(maija.locator(".console-state").first).to_contain_text("2 of 2 facilitators here")
    maija.get_by_role("button", name="Open the room").click()
    screen.is_in("open")
    expect(late).to_be_hidden()
    expect(maija.locator("[data-beside=state]")).not_to_contain_text("waits in the room")


def test_where_no_socket_can_be_had_the_page_says_so_as_well(
    browser: Browser, site: ServedSite, settled_evening: Evening
) -> None:
    evening = settled_evening
    began(evening, minutes=5)
    with in_between(site) as between:
        between.manner = "refuses"
        visitors = Visitors(browser, between)
        screen = Screen(visitors.enter(evening.cast.aino), between, evening).opens(within=20)
        screen.is_in("early")
        began(evening, minutes=11)
        screen.is_in("late")
        assert between.sockets == 0
        visitors.leave()
    assert visitors.problems == []
