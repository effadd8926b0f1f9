"""The desk's pages as they look and work in a real browser: on a phone, and read by everybody."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browsing import ServedSite, Visitors, assert_accessible, assert_no_sideways_scroll
from tests.cast import Cast
from tests.groups.test_packs import GOOD
from tests.joining import applicants

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_coordinator_searches_takes_a_pack_and_makes_a_token(site: ServedSite, visitors: Visitors) -> None:
    cast = Cast(timezone.now())
    cast.group("alder")
    applicants.waiting(cast.now, by=cast.salla, called="Greta")
    page = visitors.enter(cast.salla, phone=True)
    page.goto(f"{site.url}/desk/search/")
    page.get_by_label("Whom or what").fill("Gret")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Greta")).to_be_visible()
    assert "Gret" not in page.url
    page.goto(f"{site.url}/desk/programmes/")
    page.get_by_label("The pack").fill(GOOD)
    page.get_by_role("button", name="Show what it would change").click()
    assert_accessible(page)
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("link", name="Harbour", exact=True)).to_be_visible()
    for path in (
        "/desk/",
        "/desk/places/",
        "/desk/search/",
        "/desk/programmes/harbour/",
        "/desk/partners/",
        "/api/",
    ):
        page.goto(f"{site.url}{path}")
        assert_accessible(page)
        assert_no_sideways_scroll(page)
