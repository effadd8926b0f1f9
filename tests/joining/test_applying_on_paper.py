"""One journey on a phone without scripts: apply, print the code, go on elsewhere, change an answer, send."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from peersupport.joining.models import Application
from tests.browsing import ServedSite, Visitors, assert_no_sideways_scroll
from tests.cast import Cast
from tests.joining.test_joining_in_a_browser import go_on, tick

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def on_paper(page: Page) -> list[str]:
    """The lines that a printer gets, without empty ones."""
    page.emulate_media(media="print")
    lines = [line.strip() for line in page.locator("body").inner_text().splitlines()]
    page.emulate_media(media="screen")
    return [line for line in lines if line]


def test_she_applies_prints_her_code_goes_on_elsewhere_changes_an_answer_and_sends(
    visitors: Visitors, site: ServedSite, transactional_db: None
) -> None:
    assert Cast(timezone.now()).birch
    page = visitors.enter(phone=True, width=390, javascript=False)
    page.goto(f"{site.url}/join/")
    page.get_by_role("link", name="Start").click()
    tick(page, "That a child is in danger now")
    tick(page, "I have read what stays between us, and when it cannot")
    page.get_by_label("You may keep what I write").check(force=True)
    go_on(page)
    page.get_by_text("Yes, that is the one.").wait_for()
    tick(page, "I do not know yet: help me choose")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and come back later").click()
    code = page.locator(".code-large").inner_text()
    paper = on_paper(page)
    assert paper == ["Return code", code, f"Enter it at {site.url.removeprefix('https://')}/join/return/"]

    other = visitors.enter(phone=True, width=390, javascript=False)
    other.goto(f"{site.url}/join/return/")
    other.get_by_label("Your return code").fill(code.lower().replace("-", " "))
    other.get_by_role("button", name="Go on").click()
    other.get_by_role("link", name="Go on").click()
    go_on(other)
    other.locator("input[value=tue-evening]").check(force=True)
    go_on(other)
    tick(other, "I would rather talk about it than write it here")
    go_on(other)
    tick(other, "Send me nothing. I look here myself, with my return code")
    go_on(other)
    other.get_by_label("What may we call you?").fill("Nadia")
    go_on(other)
    go_on(other)
    other.get_by_role("link", name="Change Times").click()
    other.locator("input[value=sat-morning]").check(force=True)
    go_on(other)
    other.get_by_role("heading", name="Check your answers").wait_for()
    assert_no_sideways_scroll(other)
    other.get_by_role("button", name="Send it").click()
    other.get_by_role("heading", name="Thank you. It has been sent").wait_for()
    assert Application.objects.get().told.times == ("tue-evening", "sat-morning")
    assert Application.objects.get().state == Application.State.SENT
