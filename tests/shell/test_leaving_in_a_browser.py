"""Leaving in a real browser: by tap, Shift three times and the skip link, with script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.shell.conftest import Sample

pytestmark = pytest.mark.browser

PRIVATE = "/sample/private/"


def arrive(page: Page) -> None:
    """Open something private twice, so that a kept copy would show."""
    page.goto("/about-this-button/")
    page.goto(PRIVATE)
    page.reload()
    expect(page.locator("#asked")).to_have_text("2")


def is_gone(page: Page, sample: Sample) -> None:
    """The reader is somewhere else, without a cookie."""
    page.wait_for_url(sample.away)
    assert page.title() == "Weather"
    assert page.context.cookies(sample.url) == []


@pytest.mark.check(45, 46)
def test_by_tap_without_script_on_the_narrowest_phone_and_back_shows_nothing(
    visitor_without_script: Page, sample: Sample
) -> None:
    page = visitor_without_script
    arrive(page)
    page.locator(".leave").click()
    is_gone(page, sample)
    page.go_back()
    # Asked anew, for a new session: nothing of the old one is left.
    expect(page.locator("#asked")).to_have_text("1")


@pytest.mark.check(45, 46)
def test_by_tap_with_script_the_page_is_covered_and_back_does_not_lead_to_it(
    visitor: Page, sample: Sample
) -> None:
    arrive(visitor)
    visitor.locator(".leave").click()
    is_gone(visitor, sample)
    visitor.go_back()
    assert visitor.url.endswith("/about-this-button/")


@pytest.mark.check(46)
def test_by_pressing_shift_three_times_with_dots_that_count_along(visitor: Page, sample: Sample) -> None:
    arrive(visitor)
    dots = visitor.locator(".leave-progress-dot-on")
    visitor.keyboard.press("Shift")
    expect(dots).to_have_count(1)
    visitor.keyboard.press("Shift")
    expect(dots).to_have_count(2)
    visitor.keyboard.press("Shift")
    is_gone(visitor, sample)


@pytest.mark.check(46)
def test_capital_letters_and_three_presses_far_apart_do_not_leave(visitor: Page, sample: Sample) -> None:
    visitor.clock.install()
    visitor.goto(PRIVATE)
    visitor.locator("#words").focus()
    for letter in "ABCD":
        visitor.keyboard.press(f"Shift+{letter}")
    expect(visitor.locator(".leave-progress")).to_have_count(0)
    visitor.keyboard.press("Shift")
    visitor.keyboard.press("Shift")
    expect(visitor.locator(".leave-progress-dot-on")).to_have_count(2)
    visitor.clock.run_for(5100)
    expect(visitor.locator(".leave-progress")).to_have_count(0)
    visitor.keyboard.press("Shift")
    expect(visitor.locator(".leave-progress-dot-on")).to_have_count(1)
    assert visitor.url.endswith(PRIVATE)


@pytest.mark.check(46)
def test_by_the_second_skip_link(visitor_without_script: Page, sample: Sample) -> None:
    page = visitor_without_script
    arrive(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Leave this page"
    page.keyboard.press("Enter")
    is_gone(page, sample)


@pytest.mark.check(46)
@pytest.mark.parametrize("path", ["/", "/privacy/", "/sample/form/", "/sample/components/", "/nothing/"])
def test_the_button_is_never_covered_wherever_one_has_scrolled_to(
    path: str, visitor_without_script: Page, sample: Sample
) -> None:
    page = visitor_without_script
    page.goto(path)
    for far in (0, 400, 100_000):
        page.mouse.wheel(0, far)
        box = page.locator(".leave").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        for x in (box["x"] + 3, box["x"] + box["width"] / 2, box["x"] + box["width"] - 3):
            point = [x, box["y"] + box["height"] / 2]
            on_top = page.evaluate(
                "([x, y]) => Boolean(document.elementFromPoint(x, y)?.closest('.leave'))", point
            )
            assert on_top, f"{path} scrolled by {far}: something stands over the button"


@pytest.mark.check(45)
def test_a_private_page_the_browser_kept_is_asked_for_again(visitor: Page, sample: Sample) -> None:
    arrive(visitor)
    kept = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    with visitor.expect_navigation():
        visitor.evaluate(kept)
    expect(visitor.locator("#asked")).to_have_text("3")
