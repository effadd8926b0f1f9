"""A time to talk, chosen, moved and cancelled on a phone without a script."""

from __future__ import annotations

import pytest
from django.utils import timezone

from peersupport.joining.models import TalkTime
from tests.browsing import ServedSite, Visitors, assert_no_sideways_scroll
from tests.cast import Cast
from tests.joining import applicants

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_she_chooses_a_time_moves_it_and_cancels_it_on_a_phone_without_script(
    visitors: Visitors, site: ServedSite, transactional_db: None
) -> None:
    cast = Cast(timezone.now())
    first, second = applicants.times_to_talk(cast.now, by=cast.salla)
    application = applicants.invited(cast.now, by=cast.salla)
    page = visitors.enter(phone=True, javascript=False)
    page.goto(f"{site.url}/join/return/")
    page.get_by_label("Your return code").fill(application.code)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="See the free times").click()
    page.get_by_role("heading", name="When would you like to talk?").wait_for()
    assert_no_sideways_scroll(page)
    page.locator(f"input[value='{first.pk}']").check(force=True)
    page.get_by_role("button", name="Take this time").click()
    page.get_by_text("Call 0100 555").wait_for()
    assert_no_sideways_scroll(page)
    assert TalkTime.objects.get(application=application).pk == first.pk

    page.get_by_role("link", name="Choose another time").click()
    page.locator(f"input[value='{second.pk}']").check(force=True)
    page.get_by_role("button", name="Take this time instead").click()
    page.get_by_text("The time is yours.").wait_for()
    assert TalkTime.objects.get(application=application).pk == second.pk

    page.get_by_role("button", name="Cancel this talk").click()
    page.get_by_text("The talk is cancelled.").wait_for()
    assert not TalkTime.objects.filter(application=application).exists()
    page.get_by_role("link", name="See the free times").wait_for()
