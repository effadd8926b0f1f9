"""After a meeting, in a browser and without a script: from who was there to closing it."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from facilitators import debriefing
from facilitators.debriefing import Written
from peersupport.groups import tasks
from peersupport.groups.models import Meeting, Rostered
from tests.browsing import ServedSite, Visitors, assert_accessible, assert_no_sideways_scroll
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, committed: the server reads over connections of its own."""
    return Cast(timezone.now())


@pytest.fixture
def third(people: Cast) -> Meeting:
    """Alder's third meeting is over; Oskar has handed in his part, and something was promised."""
    found = people.meeting(people.alder, 3)
    found.debriefed_at = None
    found.save()
    Rostered.objects.filter(meeting=found).delete()
    oskar = people.seat(people.oskar, people.alder)
    debriefing.write(
        meeting=found,
        member=oskar,
        written=Written(went_well="They listened to each other.", hard="", strain=2, incident="none"),
        hand_in=True,
        now=people.now,
    )
    tasks.promise(
        about=people.seat(people.aino, people.alder),
        words="To send the address of the housing service",
        owner=people.oskar,
        until=people.later(days=3),
        by=people.oskar,
        now=people.now,
    )
    return found


def on(page: Page, site: ServedSite, meeting: Meeting, name: str) -> Page:
    """One of the three pages."""
    page.goto(f"{site.url}/today/meeting/{meeting.pk}/{name}/")
    return page


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
def test_the_pages_are_accessible_and_fit_the_screen(
    site: ServedSite, visitors: Visitors, people: Cast, third: Meeting, phone: bool, dark: bool
) -> None:
    page = visitors.enter(people.maija, phone=phone, dark=dark)
    for name in ("after", "attendance", "debrief"):
        on(page, site, third, name)
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_without_a_script_she_looks_over_who_was_there_hands_in_her_part_and_closes_the_meeting(
    site: ServedSite, visitors: Visitors, people: Cast, third: Meeting
) -> None:
    page = visitors.enter(people.maija, javascript=False, phone=True)
    on(page, site, third, "after").get_by_role("link", name="Who was there").click()
    page.get_by_role("group", name="Willow").get_by_label("there", exact=True).check()
    page.get_by_role("button", name="That is how it was").click()
    page.get_by_role("link", name="Your part").click()
    page.get_by_label("What went well?").fill("A calm close.")
    page.get_by_label("No", exact=True).check(force=True)
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a number")
    expect(page.get_by_label("What went well?")).to_have_value("A calm close.")
    # The browser notes in its console that the form came back.
    visitors.problems[:] = [problem for problem in visitors.problems if "400" not in problem]
    page.get_by_label("4", exact=True).check(force=True)
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_role("main")).to_contain_text("They listened to each other.")
    page.get_by_role("button", name="Close the meeting").click()
    expect(page.get_by_role("main")).to_contain_text("The meeting is closed.")
    third.refresh_from_db()
    assert third.debriefed_at is not None
