"""What a browser finds on the shell's pages: usable by all, on any width, nothing fetched or stored."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import axe
from tests.shell.conftest import Sample

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/privacy/",
    "/accessibility/",
    "/about-this-button/",
    "/nothing/",
    "/sample/403/",
    "/sample/503/",
    "/sample/form/",
    "/sample/drawn/",
    "/sample/components/",
]
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
# Links inside a sentence are as high as their line (WCAG 2.2, 2.5.8); a card's link reaches over its card.
TARGETS = """() => [...document.querySelectorAll('a, button, summary, select, textarea, .choice, input')]
  .filter(each => !each.closest('p, li, dd, .choice, .skip-links') || each.matches('.choice, .button'))
  .filter(each => !each.matches('.card-link a'))
  .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([_, box]) => box.width && (box.height < 44 || box.width < 44))
  .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""

STORED = """async () => [
  localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
  (await navigator.serviceWorker.getRegistrations()).length, (await caches.keys()).length]"""


@pytest.mark.parametrize(
    ("path", "scheme"),
    [*((path, "light") for path in PAGES), *((path, "dark") for path in PAGES if "sample" in path)],
)
def test_axe_finds_nothing(path: str, scheme: str, browser: Browser, sample: Sample) -> None:
    context = browser.new_context(base_url=sample.url, color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto(path)
    found = axe.findings(page, **AXE)
    context.close()
    assert not found, found


def test_axe_finds_nothing_on_a_form_with_errors_and_the_summary_has_the_focus(visitor: Page) -> None:
    visitor.goto("/sample/form/")
    visitor.get_by_label("E-mail address").fill("not an address")
    visitor.get_by_role("button", name="Continue").click()
    expect(visitor.locator(".error-summary")).to_be_focused()
    expect(visitor.get_by_label("E-mail address")).to_have_value("not an address")
    assert not (found := axe.findings(visitor, **AXE)), found
    visitor.locator(".error-summary a").last.click()
    expect(visitor.locator("#id_agree")).to_be_focused()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_on_the_narrowest_phone_and_every_target_fits_a_thumb(
    path: str, browser: Browser, sample: Sample
) -> None:
    context = browser.new_context(base_url=sample.url, viewport={"width": 320, "height": 568})
    page = context.new_page()
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate(TARGETS) == []
    context.close()


def test_a_form_is_taken_in_although_no_other_site_learns_where_a_reader_comes_from(visitor: Page) -> None:
    """With a policy of no-referrer for the document browsers send "Origin: null", which Django refuses."""
    answer = visitor.goto("/sample/form/")
    assert answer is not None
    assert answer.headers["referrer-policy"] == "no-referrer"
    with visitor.expect_response("**/sample/form/") as sent:
        visitor.get_by_role("button", name="Continue").click()
    assert sent.value.status == 200
    assert sent.value.request.all_headers()["origin"] in visitor.url


def test_help_now_opens_without_script(visitor_without_script: Page) -> None:
    visitor_without_script.goto("/nothing/")
    emergency = visitor_without_script.locator(".help-now a[href^='tel:']").first
    expect(emergency).not_to_be_visible()
    visitor_without_script.locator(".help-now summary").click()
    expect(emergency).to_be_visible()


def test_the_three_doors_stand_above_the_fold_of_a_phone(visitor: Page) -> None:
    visitor.goto("/")
    for door in visitor.locator(".door").all():
        expect(door).to_be_in_viewport(ratio=1)


@dataclass(frozen=True)
class Walk:
    """What one walk over all pages came across."""

    asked: list[str]
    stored: dict[str, list[int]]
    complaints: list[str]


@pytest.fixture(scope="module")
def walk(browser: Browser, sample: Sample) -> Walk:
    """Every page opened once by the same reader."""
    found = Walk([], {}, [])
    context = browser.new_context(base_url=sample.url)
    page = context.new_page()
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("console", lambda message: found.complaints.append(message.text))
    for path in PAGES:
        page.goto(path)
        found.stored[path] = page.evaluate(STORED)
    context.close()
    return found


@pytest.mark.check(44)
def test_no_page_asks_another_host_for_anything(walk: Walk, sample: Sample) -> None:
    assert len(walk.asked) > len(PAGES)
    assert [url for url in walk.asked if not url.startswith((sample.url, "data:"))] == []


@pytest.mark.check(50)
def test_nothing_is_kept_in_the_browser(walk: Walk) -> None:
    assert set(walk.stored) == set(PAGES)
    assert {path: left for path, left in walk.stored.items() if any(left)} == {}


@pytest.mark.check(25)
def test_the_policy_blocks_nothing_the_pages_need(walk: Walk) -> None:
    assert [text for text in walk.complaints if "Content Security Policy" in text] == []


def test_words_can_be_read_with_colours_forced_and_motion_reduced(browser: Browser, sample: Sample) -> None:
    context = browser.new_context(
        base_url=sample.url, forced_colors="active", reduced_motion="reduce", color_scheme="dark"
    )
    page = context.new_page()
    page.goto("/sample/components/")
    duration = page.evaluate("getComputedStyle(document.querySelector('.button')).transitionDuration")
    assert duration in {"0s", "0ms"}
    expect(page.locator(".leave")).to_be_visible()
    context.close()
