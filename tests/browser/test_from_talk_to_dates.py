"""From the talk to a place, and on to a date that moves: the desk at 1280 px, her phone at 390 px."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import vobject
from django.utils import timezone
from playwright.sync_api import Page, expect

from peersupport.demo.cast import PASSWORD
from tests.accounts.doors import with_app
from tests.browser import walking
from tests.browser.walking import follows, presses, stands_before
from tests.browsing import ServedSite, Visitors, assert_accessible, assert_no_sideways_scroll
from tests.cast import Cast
from tests.joining import applicants

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HELSINKI = ZoneInfo("Europe/Helsinki")


def good(page: Page) -> None:
    """Readable by everybody, and no wider than the screen."""
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def makes_her_feed(phone: Page) -> str:
    """From her group's page: an address that her calendar can look at."""
    follows(phone, "Keep my calendar up to date")
    stands_before(phone, "Dates in my calendar")
    presses(phone, "Make my address")
    good(phone)
    return phone.locator(".copy-out").inner_text()


def calendar_at(address: str) -> dict[str, Any]:
    """What a calendar program reads there, without a cookie: its entries by UID."""
    with httpx.Client(verify=False) as program:
        answer = program.get(address)
    assert answer.status_code == 200
    return {event.uid.value: event for event in vobject.readOne(answer.text).vevent_list}


def moves(desk: Page, day: datetime, to: datetime) -> None:
    """On the page of the group: one meeting goes to another day."""
    desk.get_by_role("link", name=f"Move {day.day} {day:%B}").click()
    stands_before(desk, "Move a meeting")
    desk.get_by_label("New day").fill(f"{to:%Y-%m-%d}")
    presses(desk, "Show what this means")
    good(desk)
    presses(desk, "Move it")
    expect(desk.get_by_role("status")).to_be_visible()


def calls_off(desk: Page, day: datetime) -> None:
    """On the page of the group: one meeting does not take place."""
    desk.get_by_role("link", name=f"Call off {day.day} {day:%B}").click()
    stands_before(desk, "Call off a meeting")
    desk.get_by_label("Why, for the coordinators' record").fill("Both are away that week.")
    presses(desk, "Call off this meeting")
    expect(desk.get_by_role("status")).to_be_visible()


@pytest.mark.check(20, 28)
def test_from_the_talk_to_a_seat_and_what_moves_moves_in_her_calendar(
    site: ServedSite, visitors: Visitors, cast: Cast
) -> None:
    group = cast.birch
    [time] = applicants.times_to_talk(cast.now, by=cast.salla, number=1)
    application = applicants.sent(cast.now, called="Nadia")
    desk = visitors.enter(width=1280)
    walking.signs_in_with_app(desk, site, cast.salla.email or "", with_app(cast.salla))
    walking.reads_the_application(desk, "Nadia")
    presses(desk, "Ask to choose a time")

    phone = visitors.enter(phone=True, width=390)
    walking.returns(phone, site, application.code)
    follows(phone, "See the free times")
    phone.locator(f"input[value='{time.pk}']").check(force=True)
    presses(phone, "Take this time")
    expect(phone.get_by_text("Call 0100 555")).to_be_visible()
    good(phone)

    walking.reads_the_application(desk, "Nadia")
    walking.records_the_talk(desk, words="A group can help now.", now=timezone.now())
    walking.offers_a_place(desk, group.name)
    # Still open on her phone.
    walking.finds_the_way_in(phone, site)
    follows(phone, "See where things stand")
    follows(phone, "Look at the place")
    walking.takes_the_place(phone, sign_in="With a sign-in name", password=PASSWORD)
    follows(phone, "To my group")
    address = makes_her_feed(phone)
    before = calendar_at(address)

    second, third = (cast.meeting(group, number) for number in (2, 3))
    on, off = (one.starts_at.astimezone(HELSINKI) for one in (second, third))
    desk.goto(f"{site.url}/desk/places/{group.slug}/")
    later = on + timedelta(days=1)
    moves(desk, on, later)
    calls_off(desk, off)
    after = calendar_at(address)
    assert after.keys() == before.keys()
    moved, gone = after[str(second.pk)], after[str(third.pk)]
    assert moved.dtstart.value == later
    assert gone.status.value == "CANCELLED"
    for uid in (str(second.pk), str(third.pk)):
        assert int(after[uid].sequence.value) > int(before[uid].sequence.value)

    phone.goto(f"{site.url}/my/{group.slug}/")
    expect(phone.locator("main")).to_contain_text(f"{later.day} {later:%b}")
    good(phone)
