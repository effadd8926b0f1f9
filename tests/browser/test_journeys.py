"""The main ways through the site, walked in a browser from home by what stands on the pages."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from peersupport.groups.neutral import telling
from tests.accounts.doors import with_app
from tests.accounts.post_office import PostOffice
from tests.browser import walking
from tests.browser.walking import Story, follows, presses, stands_before
from tests.browsing import ServedSite, Visitors
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def takes_the_paper(page: Page) -> tuple[str, bytes]:
    """Downloads the guide as a PDF; its file name and its bytes."""
    with page.expect_download() as download:
        # As "download link" in the menu of a long press: desktop browsers would show the file first.
        page.get_by_role("link", name="The whole guide on A4").click(modifiers=["Alt"])
    taken = download.value
    return taken.suggested_filename, Path(taken.path()).read_bytes()


def finds_the_lines_of(page: Page, country: str) -> set[str]:
    """Chooses a country on the page of helplines; the numbers that can be called from there."""
    page.get_by_label("Country").select_option(label=country)
    presses(page, "Show")
    stands_before(page, f"Someone to turn to: {country}")
    calls = page.get_by_role("main").locator("a[href^='tel:']")
    return {str(call.get_attribute("href")) for call in calls.all()}


def texts_of(mail: EmailMessage) -> list[EmailMessage]:
    """The plain and the formatted words of a mail."""
    return [part for part in mail.walk() if part.get_content_maintype() == "text"]


def link_in(mail: EmailMessage) -> str:
    """The one link of a mail."""
    found = re.findall(r"https://\S+", str(texts_of(mail)[0].get_content()))
    assert len(found) == 1
    return str(found[0])


@pytest.mark.check(27, 44, 45, 46)
def test_a_caregiver_reads_takes_the_guides_along_finds_a_helpline_and_leaves(
    site: ServedSite, visitors: Visitors, guides: None, weather: str
) -> None:
    phone = visitors.enter(phone=True)

    walking.opens_home(phone, site)
    follows(phone, "Keep my child safe online")
    name, pdf = takes_the_paper(phone)
    assert (name, pdf[:5]) == ("online-safety-skills-a4.pdf", b"%PDF-")
    follows(phone, re.compile("^Begin:"))
    first = phone.get_by_role("heading", level=1).inner_text()
    phone.get_by_role("navigation", name="Next and previous part").get_by_role("link", name="Next").click()
    expect(phone.get_by_role("heading", level=1)).not_to_have_text(first)
    expect(phone.get_by_role("heading", name="Where to go from here")).to_be_visible()

    walking.opens_home(phone, site)
    follows(phone, "Something has happened")
    follows(phone, re.compile("^Begin: Right now"))
    stands_before(phone, "Right now")
    phone.get_by_text("Contents: part 1 of").click()
    phone.get_by_role("link", name=re.compile("On paper")).last.click()
    name, pdf = takes_the_paper(phone)
    assert (name, pdf[:5]) == ("next-steps-a4.pdf", b"%PDF-")

    phone.get_by_text("Need help now?").click()
    follows(phone, re.compile("or another country"))
    numbers = {country: finds_the_lines_of(phone, country) for country in ("Sweden", "Ireland")}
    assert "tel:112" in numbers["Sweden"] & numbers["Ireland"]
    assert numbers["Sweden"] - numbers["Ireland"]
    assert numbers["Ireland"] - numbers["Sweden"]

    assert visitors.foreign == []
    walking.leaves(phone)
    phone.wait_for_url(weather)
    assert phone.context.cookies(site.url) == []
    assert visitors.left_for(weather)


@pytest.mark.check(45, 46)
@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_comes_in_while_she_applies_and_one_tap_leaves_nothing_behind(
    javascript: bool, site: ServedSite, visitors: Visitors, cast: Cast, weather: str
) -> None:
    phone = visitors.enter(phone=True, width=320, javascript=javascript)
    walking.finds_the_way_in(phone, site)
    walking.answers_the_first_questions(phone, Story(called="Dara"))
    code = walking.code_on(phone)

    walking.leaves(phone)
    phone.wait_for_url(weather)
    assert phone.context.cookies(site.url) == []
    for _page in range(3):
        phone.go_back()
        expect(phone.get_by_role("banner")).to_be_visible()
        assert code not in phone.content()
        assert "Go on where you stopped" not in phone.content()
    assert visitors.left_for(weather)

    walking.returns(phone, site, code)
    stands_before(phone, "Not sent yet")


def test_a_parent_applies_without_a_script_goes_on_elsewhere_withdraws_and_comes_back(
    site: ServedSite, visitors: Visitors, cast: Cast
) -> None:
    group = cast.birch
    story = Story(called="Dara")
    phone = visitors.enter(phone=True, javascript=False)

    walking.finds_the_way_in(phone, site)
    expect(phone.get_by_role("heading", name=group.programme.title)).to_be_visible()
    expect(phone.get_by_text(group.programme.audience)).to_be_visible()
    walking.answers_the_first_questions(phone, story)
    presses(phone, "Save and come back later")
    code = walking.code_on(phone)
    presses(phone, "Stop here and close it on this device")

    desk = visitors.enter()
    walking.returns(desk, site, code)
    stands_before(desk, "Not sent yet")
    follows(desk, "Go on")
    walking.answers_the_other_questions(desk, story)
    follows(desk, "Change Name")
    desk.get_by_label("What may we call you?").fill("Dee")
    walking.goes_on(desk)
    expect(desk.get_by_text("Dee")).to_be_visible()
    presses(desk, "Send it")
    stands_before(desk, "Thank you. It has been sent")
    assert walking.code_on(desk) == code
    presses(desk, "I have noted it")
    stands_before(desk, "We have it")
    assert walking.CODE.search(desk.content()) is None

    follows(desk, "Take it back")
    presses(desk, "Leave, and keep it for a while")
    stands_before(desk, "You have taken it back")
    walking.returns(phone, site, code)
    presses(phone, "Take it up again")
    stands_before(phone, "We have it")
    phone.get_by_text("What you told us").click()
    expect(phone.get_by_text("Dee")).to_be_visible()


@pytest.mark.check(48)
def test_a_coordinator_finds_two_parents_a_place_and_each_hears_of_it_as_is_safe_for_her(
    site: ServedSite, visitors: Visitors, cast: Cast, letter_box: PostOffice
) -> None:
    # The mail server stands for the whole run: what came before is another test's.
    earlier = len(letter_box.taken)
    group = cast.birch
    by_code = Story(called="Nadia", words="My brother must not know.")
    by_mail = Story(called="Olivia", address="olivia@safe.example", course=group.programme.title)
    phone = visitors.enter(phone=True)
    code = walking.applies(phone, site, by_code)
    other = visitors.enter(phone=True)
    walking.applies(other, site, by_mail)

    desk = visitors.enter()
    walking.signs_in_with_app(desk, site, cast.salla.email or "", with_app(cast.salla))
    walking.reads_the_application(desk, by_code.called)
    expect(desk.get_by_text(by_code.words)).to_be_visible()
    expect(desk.get_by_text("That you opened this page is recorded.")).to_be_visible()
    for story in (by_code, by_mail):
        walking.finds_a_place_for(desk, story.called, group=group.name, now=timezone.now())

    note, invitation = (letter_box.waits_for(by_mail.address, number=number) for number in (1, 2))
    for mail in (note, invitation):
        read = " ".join(
            [mail["Subject"], mail["From"], *(str(part.get_content()) for part in texts_of(mail))]
        )
        assert telling(re.sub(r"https://\S+", "", read)) == []
        for secret in (by_mail.called, group.name, group.programme.title, "Salla", by_code.called):
            assert secret not in read
    assert [to for to, _mail in letter_box.taken[earlier:] if to != [by_mail.address]] == []

    walking.returns(phone, site, code)
    stands_before(phone, "There is a place for you")
    follows(phone, "Look at the place")
    expect(phone.get_by_text(group.programme.title)).to_be_visible()
    other.goto(link_in(invitation))
    expect(other.get_by_text(group.programme.title)).to_be_visible()
    assert other.url.endswith("/join/invitation/")
