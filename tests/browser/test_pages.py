"""Every page that anybody's links lead to: readable by all, narrow enough, neutral, and keeping nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from guides import addresses
from guides.reading import read_library
from peersupport.demo import talking
from peersupport.groups import coming
from peersupport.joining import interviewing, placing
from peersupport.joining.models import Application, Interview
from tests.browser import walking
from tests.browser.crawling import Crawl
from tests.browser.walking import follows, stands_before
from tests.browsing import ServedSite, Visitors
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import walking as answering

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.check(44, 46, 49, 50, 51),
]

#: What the first test has looked at; others need not.
PUBLIC = ("/en/guides/", "/help/", "/privacy/", "/accessibility/", "/about-this-button/")


def comes_with(client: Client, visitors: Visitors, site: ServedSite) -> Page:
    """A browser on a phone that holds the session of this client."""
    page = visitors.enter(phone=True)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site.url, "secure": True}]
    )
    return page


def says_what_the_cast_said(cast: Cast) -> None:
    """Alder's room as it is ten minutes into the fourth meeting: open, one message waiting, one report."""
    with transaction.atomic():
        talking.tell("alder", cast.alder, now=cast.now)


def test_pages_for_everybody(site: ServedSite, visitors: Visitors, guides: None, cast: Cast) -> None:
    cast.group("birch")
    reached = Crawl(visitors.enter(phone=True), site, seen=_other_chapters()).begins("/")
    for page in ("/en/guides/next-steps/right-now/", "/en/guides/online-safety-skills/", *PUBLIC, "/join/"):
        assert page in reached
    assert reached["/my/"] == "/account/login/"
    assert "/account/password/forgotten/" in reached


def _other_chapters() -> list[str]:
    """Chapters are alike, and the guides' own tests look at each: two are enough here."""
    return [
        addresses.section("en", guide.slug, section.slug)
        for guide in read_library(settings.GUIDES_DIR).guides
        for section in guide.sections
        if guide.language == "en" and section.slug not in {"right-now", "checklists"}
    ]


def test_pages_of_somebody_who_applies(site: ServedSite, visitors: Visitors, client: Client) -> None:
    answering.answer_all(client, by_mail=True)
    # The two questions that are not asked of everybody.
    asked = (*answering.ANSWERS, "address", "clock")
    starts = ["/join/check/", "/join/code/", *(f"/join/{question}/" for question in asked)]
    reached = Crawl(comes_with(client, visitors, site), site, seen=PUBLIC).begins(*starts)
    assert {reached[path] for path in starts} == set(starts)


def test_pages_of_somebody_who_is_offered_a_place(
    site: ServedSite, visitors: Visitors, cast: Cast, client: Client
) -> None:
    answering.apply(client)
    application = Application.objects.get()
    now = timezone.now()
    interviewing.record(
        application=application,
        by=cast.salla,
        held_at=now - timedelta(hours=1),
        outcome=Interview.Outcome.ACCEPT,
        words="A group can help now.",
        now=now,
    )
    application.refresh_from_db()
    placing.offer(application=application, group=cast.birch, by=cast.salla, now=now)
    page = comes_with(client, visitors, site)
    reached = Crawl(page, site, seen=PUBLIC).begins("/join/application/")
    assert {"/join/invitation/", "/join/application/withdraw/"} <= set(reached)


def test_pages_of_a_parent(site: ServedSite, visitors: Visitors, cast: Cast) -> None:
    says_what_the_cast_said(cast)
    link = coming.link(member=cast.seat(cast.aino), meeting=cast.meeting(cast.alder, 5))
    tapped = urlsplit(link).path
    crawl = Crawl(visitors.enter(cast.aino, phone=True), site, seen=PUBLIC)
    reached = crawl.begins("/my/", "/join/welcome/", tapped)
    assert tapped in reached
    assert any(path.startswith("/room/") for path in reached.values())
    assert "/my/account/" in reached


def test_pages_of_a_facilitator(site: ServedSite, visitors: Visitors, cast: Cast) -> None:
    says_what_the_cast_said(cast)
    reached = Crawl(visitors.enter(cast.maija, phone=True), site, seen=PUBLIC).begins("/today/")
    assert any(path.endswith("/ask/close/") for path in reached)


def test_pages_of_a_coordinator(site: ServedSite, visitors: Visitors, cast: Cast, client: Client) -> None:
    cast.group("birch")
    answering.apply(client)
    waiting = SecureClient()
    answering.apply(waiting)
    interviewing.record(
        application=Application.objects.latest("started_at"),
        by=cast.salla,
        held_at=timezone.now() - timedelta(hours=1),
        outcome=Interview.Outcome.ACCEPT,
        words="A group can help now.",
        now=timezone.now(),
    )
    reached = Crawl(visitors.enter(cast.salla, phone=True), site, seen=PUBLIC).begins("/desk/")
    for part in ("/interview/", "/place/"):
        assert any(path.endswith(part) for path in reached)


def test_the_whole_public_way_works_without_a_script(
    site: ServedSite, visitors: Visitors, guides: None, cast: Cast, weather: str
) -> None:
    cast.group("birch")
    phone = visitors.enter(phone=True, width=320, javascript=False)
    walking.opens_home(phone, site)
    follows(phone, "Something has happened")
    follows(phone, re.compile("^Begin:"))
    phone.get_by_text("Contents: part 1 of").click()
    expect(phone.get_by_role("link", name=re.compile("On paper")).last).to_be_visible()
    phone.get_by_text("Need help now?").click()
    follows(phone, re.compile("or another country"))
    phone.get_by_label("Country").select_option(label="France")
    walking.presses(phone, "Show")
    stands_before(phone, "Someone to turn to: France")
    code = walking.applies(phone, site, walking.Story(called="Dara"))
    walking.returns(phone, site, code)
    stands_before(phone, "We have it")
    walking.leaves(phone)
    phone.wait_for_url(weather)
    assert visitors.left_for(weather)
