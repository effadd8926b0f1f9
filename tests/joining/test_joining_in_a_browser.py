"""The way in as it looks and works in a real browser: a small phone, no script, a reader of screens."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from peersupport.joining import placing, talking
from peersupport.joining.models import Application
from peersupport.joining.placement.facts import Locks
from peersupport.joining.placement.proposals import Unplaced
from tests.browsing import ServedSite, Visitors, assert_accessible, assert_no_sideways_scroll
from tests.cast import Cast
from tests.joining import applicants, proposed
from tests.registries.visitors import staff_browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, where the served site can read it."""
    people = Cast(timezone.now())
    assert people.birch
    assert people.salla
    return people


def good(page: Page) -> None:
    """Readable by everybody, and no wider than the screen."""
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def go_on(page: Page) -> None:
    # With errors it is the same address.
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()


def tick(page: Page, label: str) -> None:
    page.get_by_text(label, exact=True).click()


def walk(page: Page, url: str, look: bool) -> str:
    """Answers every question and gives the return code."""

    def seen() -> None:
        if look:
            good(page)

    page.goto(f"{url}/join/")
    seen()
    page.get_by_role("link", name="Start").click()
    page.get_by_text("Choose another country").click()
    page.get_by_label("Which country do you live in?").select_option("pt")
    page.get_by_role("button", name="Show its text").click()
    page.wait_for_url("**/agreement/?country=pt")
    go_on(page)
    page.get_by_text("Please look at this again").wait_for()
    seen()
    tick(page, "I have read what stays between us, and when it cannot")
    page.get_by_label("You may keep what I write").check(force=True)
    go_on(page)
    seen()
    tick(page, "I do not know yet: help me choose")
    go_on(page)
    seen()
    page.get_by_label("Which country do you live in?").select_option("pt")
    go_on(page)
    seen()
    page.get_by_label("Which clock do you live by?").select_option("Europe/Lisbon")
    go_on(page)
    seen()
    page.locator("input[value=tue-evening]").check(force=True)
    go_on(page)
    seen()
    tick(page, "I would rather talk about it than write it here")
    go_on(page)
    seen()
    tick(page, "By e-mail, at an address that only I read")
    go_on(page)
    seen()
    page.get_by_label("Your e-mail address").fill("nadia@safe.example")
    tick(page, "Nobody but me")
    go_on(page)
    seen()
    page.get_by_label("What may we call you?").fill("Nadia")
    go_on(page)
    seen()
    page.get_by_label("A sign of life once a month").check(force=True)
    go_on(page)
    page.get_by_role("heading", name="Check your answers").wait_for()
    seen()
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("heading", name="Thank you. It has been sent").wait_for()
    seen()
    return page.locator(".code-large").inner_text()


def test_she_applies_on_a_small_phone_without_script(
    visitors: Visitors, site: ServedSite, cast: Cast
) -> None:
    page = visitors.enter(phone=True, width=320, javascript=False)
    code = walk(page, site.url, look=False)
    assert_no_sideways_scroll(page)

    other = visitors.enter(phone=True, javascript=False)
    other.goto(f"{site.url}/join/return/")
    other.get_by_label("Your return code").fill(code.lower())
    other.get_by_role("button", name="Go on").click()
    other.get_by_role("heading", name="We have it").wait_for()
    assert Application.objects.get().told.called == "Nadia"


def test_every_page_of_the_way_in_is_accessible_and_fits_a_narrow_screen(
    visitors: Visitors, site: ServedSite, cast: Cast
) -> None:
    page = visitors.enter(phone=True, width=320)
    walk(page, site.url, look=True)
    page.get_by_role("button", name="I have noted it").click()
    page.get_by_role("heading", name="We have it").wait_for()
    good(page)
    page.get_by_role("link", name="Take it back").click()
    page.wait_for_url("**/withdraw/")
    good(page)


def test_the_invitation_and_the_group_are_accessible_and_fit_a_narrow_screen(
    visitors: Visitors, site: ServedSite, cast: Cast
) -> None:
    application = applicants.waiting(cast.now, by=cast.salla)
    code = application.code
    page = visitors.enter(phone=True, width=320)
    page.goto(f"{site.url}/join/return/")
    good(page)
    page.get_by_label("Your return code").fill(code)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="You are waiting for a place").wait_for()
    good(page)
    placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    page.reload()
    page.get_by_role("link", name="Look at the place").click()
    page.wait_for_url("**/invitation/")
    good(page)
    page.get_by_label("Choose a password").fill("kettle garden morning")
    tick(page, "I agree to this")
    page.get_by_role("button", name="Yes, I take the place").click()
    page.get_by_role("heading", name="You are in. Welcome").wait_for()
    good(page)
    page.get_by_role("link", name="To my group").click()
    page.get_by_role("heading", name="Next meeting").wait_for()
    good(page)


def test_the_group_page_is_accessible_while_its_room_is_open(
    visitors: Visitors, site: ServedSite, cast: Cast
) -> None:
    page = visitors.enter(cast.aino, phone=True, width=320, dark=True)
    page.goto(f"{site.url}/my/")
    expect(page.get_by_role("link", name="Go to the room")).to_be_visible()
    good(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_desk_is_accessible_and_no_wider_than_the_screen(
    visitors: Visitors, site: ServedSite, cast: Cast, width: int
) -> None:
    one = applicants.waiting(cast.now, by=cast.salla)
    other = applicants.invited(cast.now, by=cast.salla, called="Hanna")
    free = applicants.times_to_talk(cast.now, by=cast.salla)
    talking.choose(application=other, time=free[0].pk, now=cast.now)
    programme = proposed.small_groups(cast)
    proposed.run(
        cast,
        proposed.group(programme, [one], [cast.maija, cast.oskar]),
        proposed.seats(cast.birch, [one]),
        unplaced=[Unplaced(str(other.pk), "people", proposed.place(programme), 2)],
        locks=Locks(at={str(one.pk): proposed.place(programme)}),
    )
    page = visitors.enter(width=width)
    session = staff_browser(cast.salla).cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {**visitors.cookie(cast.salla), "value": session}
    page.context.add_cookies([cookie])
    paths = [
        "",
        "places/",
        "talks/",
        f"applications/{other.pk}/",
        f"applications/{other.pk}/interview/",
        f"applications/{one.pk}/place/",
        "proposals/",
    ]
    for path in paths:
        page.goto(f"{site.url}/desk/{path}")
        assert page.url.endswith(f"/desk/{path}")
        good(page)
    # Folded open, too: what can be changed.
    for summary in page.get_by_text("Change something").all():
        summary.click()
    good(page)
