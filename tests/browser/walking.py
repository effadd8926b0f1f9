"""The ways people take through the site: by what links, buttons and fields are called, never by address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from peersupport.demo.cast import PASSWORD
from tests.accounts.doors import digits
from tests.browsing import ServedSite
from tests.chat.screen import Screen

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")
UNSURE = "I do not know yet: help me choose"
BY_CODE = "Send me nothing. I look here myself, with my return code"
BY_MAIL = "By e-mail, at an address that only I read"


@dataclass(frozen=True)
class Story:
    """What a parent answers. Without an address nothing is sent to her."""

    called: str
    country: str = "United Kingdom"
    course: str = UNSURE
    words: str = "The hearing is in May. My brother must not know."
    address: str = ""


def opens_home(page: Page, site: ServedSite) -> None:
    """The one address anybody has to know."""
    page.goto(site.url)


def follows(page: Page, name: str | re.Pattern[str]) -> None:
    """Clicks the link of this name."""
    page.get_by_role("link", name=name).first.click()


def presses(page: Page, name: str) -> None:
    """Clicks the button of exactly this name."""
    page.get_by_role("button", name=name, exact=True).click()


def ticks(where: Page | Locator, label: str) -> None:
    """Taps the words beside a box or a button of choice; it must be ticked then."""
    where.locator("label", has_text=label).first.click()
    expect(where.get_by_label(label).first).to_be_checked()


def leaves(page: Page) -> None:
    """Taps the way out in the top bar."""
    page.get_by_role("banner").get_by_role("link", name="Leave this page").tap()


def stands_before(page: Page, heading: str) -> Locator:
    """Waits for the page with this heading."""
    found = page.get_by_role("heading", name=heading)
    expect(found).to_be_visible()
    return found


def code_on(page: Page) -> str:
    """The return code that the page shows."""
    found = CODE.search(page.locator("main").inner_text())
    assert found, "no return code on this page"
    return found.group()


def signs_in(page: Page, site: ServedSite, name: str, password: str = PASSWORD) -> None:
    """From home to her own pages, with name and password."""
    opens_home(page, site)
    follows(page, "Sign in")
    page.get_by_label("E-mail address or sign-in name").fill(name)
    page.get_by_label("Password").fill(password)
    presses(page, "Sign in")


def signs_in_with_app(page: Page, site: ServedSite, name: str, secret: str) -> None:
    """The same for staff: after the password, the digits their authenticator app shows now."""
    signs_in(page, site, name)
    stands_before(page, "The second step")
    page.get_by_label("Code").fill(digits(secret))
    presses(page, "Sign in")


# Applying.


def finds_the_way_in(page: Page, site: ServedSite) -> None:
    """From home to the page that says which groups are coming."""
    opens_home(page, site)
    follows(page, "Meet other parents")
    stands_before(page, "Which groups are coming")


def answers_the_first_questions(page: Page, story: Story) -> None:
    """From the start page to the question about times, which stays open."""
    follows(page, "Start")
    page.get_by_text("Choose another country").click()
    page.get_by_label("Which country do you live in?").select_option(label=story.country)
    presses(page, "Show its text")
    ticks(page, "I have read what stays between us")
    ticks(page, "You may keep what I write")
    goes_on(page)
    ticks(page, story.course)
    goes_on(page)
    page.get_by_label("Which language would you like to use in the group?").select_option(label="English")
    page.get_by_label("Which country do you live in?").select_option(label=story.country)
    goes_on(page)
    stands_before(page, "When could you come every week?")


def answers_the_other_questions(page: Page, story: Story) -> None:
    """From the question about times to the page that shows all answers."""
    for day in ("Tuesday", "Thursday"):
        ticks(page.get_by_role("group", name=day), "evening")
    goes_on(page)
    ticks(page, "It happened online")
    page.get_by_label("Is there anything we should know").fill(story.words)
    goes_on(page)
    ticks(page, BY_MAIL if story.address else BY_CODE)
    goes_on(page)
    if story.address:
        page.get_by_label("Your e-mail address").fill(story.address)
        ticks(page, "Nobody but me")
        goes_on(page)
    page.get_by_label("What may we call you?").fill(story.called)
    goes_on(page)
    goes_on(page)
    stands_before(page, "Check your answers")


def applies(page: Page, site: ServedSite, story: Story) -> str:
    """From home until it is sent and closed on this device. Gives the return code."""
    finds_the_way_in(page, site)
    answers_the_first_questions(page, story)
    answers_the_other_questions(page, story)
    presses(page, "Send it")
    stands_before(page, "Thank you. It has been sent")
    code = code_on(page)
    presses(page, "I have noted it")
    stands_before(page, "We have it")
    presses(page, "Close it on this device")
    return code


def returns(page: Page, site: ServedSite, code: str) -> None:
    """Comes back with the return code, on whatever device this is."""
    finds_the_way_in(page, site)
    follows(page, "I have a return code")
    page.get_by_label("Your return code").fill(code)
    presses(page, "Go on")


def goes_on(page: Page) -> None:
    """Saves the answer to one question; the next one must be there."""
    before = page.url
    presses(page, "Save and go on")
    expect(page).not_to_have_url(before)


# At the desk.


def reads_the_application(page: Page, called: str) -> None:
    """From the desk to one application."""
    follows(page, "Desk")
    stands_before(page, "Applications")
    page.get_by_role("table").get_by_role("link", name=called).click()
    stands_before(page, called)


def records_the_talk(page: Page, *, words: str, now: datetime) -> None:
    """From an application: the talk was held an hour ago, and a group can help."""
    follows(page, "Record the talk")
    held = now.astimezone(ZoneInfo("Europe/Helsinki")) - timedelta(hours=1)
    page.get_by_label("When did you talk?").fill(held.strftime("%Y-%m-%dT%H:%M"))
    for asked in ("Will they benefit", "Can they stay", "Are they well enough"):
        ticks(page.get_by_role("group", name=asked), "Yes")
    ticks(page.get_by_role("group", name="Is a criminal case open?"), "No")
    ticks(page, "A group can help")
    page.get_by_label("What the parent will read").fill(words)
    presses(page, "Record it")
    expect(page.get_by_role("status")).to_contain_text("The talk is recorded")


def offers_a_place(page: Page, group: str) -> None:
    """From an application: a place in this group."""
    follows(page, "Find a place")
    presses(page, f"Offer a place in {group}")
    expect(page.get_by_role("status")).to_contain_text("The place is offered")


def finds_a_place_for(page: Page, called: str, *, group: str, now: datetime) -> None:
    """From the desk: reads the application, records the talk, offers a place."""
    reads_the_application(page, called)
    records_the_talk(page, words="Thank you for the talk. A group can help now.", now=now)
    offers_a_place(page, group)


# Taking the place.


def takes_the_place(page: Page, *, sign_in: str, password: str) -> str:
    """From the invitation to the page that welcomes her. Gives the name she goes by."""
    stands_before(page, "There is a place for you")
    offered = page.get_by_role("group", name="Which name would you like to have in the group?")
    pseudonym = offered.locator("label").nth(2).inner_text().strip()
    ticks(offered, pseudonym)
    ticks(page, sign_in)
    page.get_by_label("Choose a password").fill(password)
    ticks(page, "I agree to this")
    presses(page, "Yes, I take the place")
    stands_before(page, "You are in. Welcome")
    expect(page.get_by_text(f"In the group you are {pseudonym}.")).to_be_visible()
    return pseudonym


def arrives(page: Page) -> None:
    """By the page before a meeting: her screen, how we are together, where she is if she likes."""
    stands_before(page, "Before you come in")
    expect(page.get_by_text("Then it is yours to weigh.")).to_be_hidden()
    ticks(page, "Yes, or perhaps")
    expect(page.get_by_text("Then it is yours to weigh.")).to_be_visible()
    ticks(page, "No, nobody but me")
    page.get_by_text("Only if you like: where you are").click()
    page.get_by_label("Where are you now?").fill("In the kitchen")
    ticks(page, "You may keep this for the meeting")
    presses(page, "I agree. Let me in")


def goes_to_the_room(page: Page, *, arriving: bool = False) -> InTheRoom:
    """From the group's page, once the way in is there; the first time by the page before the meeting."""
    follows(page, "Go to the room")
    if arriving:
        arrives(page)
    expect(page.get_by_role("region", name="Messages")).to_be_visible()
    return InTheRoom(page)


class InTheRoom(Screen):
    """A browser that came into a room by the links."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # Live as soon as it says who is here: a room in its head, a console beside the room.
        head = page.locator("[data-part=people-count]")
        if head.count():
            expect(head).to_have_text(re.compile(r"\d here"))
        else:
            expect(page.locator(".console-people .console-dot").first).to_be_attached()


# Leading a meeting.


def opens_the_console(page: Page, group: str) -> InTheRoom:
    """From a facilitator's day to the console of a meeting."""
    card = page.get_by_role("article", name=group)
    expect(card).to_be_visible()
    card.get_by_role("link", name="Open the console").click()
    stands_before(page, group)
    return InTheRoom(page)


def opens_the_room(page: Page) -> None:
    """From the console, once both facilitators are there."""
    expect(page.get_by_text("2 of 2 facilitators here")).to_be_visible()
    page.get_by_role("button", name="Open the room").click()
    expect(page.get_by_text("The room is open.")).to_be_visible()
