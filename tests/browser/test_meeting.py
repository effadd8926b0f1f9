"""A parent in her group, and the facilitators who lead it: from the invitation to the closing of the room."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from peersupport.chat.models import Event
from peersupport.demo.cast import PEOPLE
from peersupport.groups.models import SupportGroup
from peersupport.groups.neutral import telling
from tests.accounts.doors import with_app
from tests.accounts.post_office import PostOffice
from tests.browser import walking
from tests.browser.test_journeys import link_in
from tests.browser.walking import InTheRoom, Story, follows, presses, stands_before
from tests.browsing import ServedSite, Visitors
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONDON = "Europe/London"
PASSWORD = "walnut-ferry-quilt"


def is_offered_a_place(
    visitors: Visitors, site: ServedSite, cast: Cast, story: Story, *, group: SupportGroup
) -> tuple[Page, str]:
    """A parent applies on her phone and the coordinator finds her a place; her phone and her return code."""
    phone = visitors.enter(phone=True, time_zone=LONDON)
    code = walking.applies(phone, site, story)
    desk = visitors.enter()
    walking.signs_in_with_app(desk, site, cast.salla.email or "", with_app(cast.salla))
    walking.finds_a_place_for(desk, story.called, group=group.name, now=timezone.now())
    return phone, code


def bring_forward(group: SupportGroup, *, to: datetime) -> None:
    """The weeks until the first meeting have passed: it begins at `to`."""
    meetings = list(group.meetings.order_by("number"))
    sooner = meetings[0].starts_at - to
    for meeting in meetings:
        meeting.starts_at -= sooner
        meeting.ends_at -= sooner
        meeting.save()


def names_nobody(page: Page, *others: str) -> None:
    """No name, address or sign-in name of any parent stands anywhere in the page's source."""
    source = page.content()
    parents = [person for person in PEOPLE.values() if not person.role]
    for person in parents:
        for told in (person.name, person.email, person.sign_in_name):
            assert not told or not re.search(rf"\b{re.escape(told)}\b", source), told
    for told in (*others, "@demo.example", "@safe.example"):
        assert told not in source, told


@pytest.mark.check(27, 48)
def test_a_parent_takes_her_place_under_a_made_up_name_talks_and_loses_nothing_on_the_way(
    site: ServedSite, visitors: Visitors, cast: Cast
) -> None:
    group = cast.birch
    story = Story(called="Nadia")
    phone, code = is_offered_a_place(visitors, site, cast, story, group=group)
    walking.returns(phone, site, code)
    follows(phone, "Look at the place")
    pseudonym = walking.takes_the_place(phone, sign_in="With a sign-in name", password=PASSWORD)
    sign_in_name = phone.locator(".code-large").inner_text()
    follows(phone, "To my group")

    # Her group, on her own clock.
    stands_before(phone, group.name)
    first = cast.meeting(group, 1)
    hers, theirs = (first.starts_at.astimezone(ZoneInfo(zone)) for zone in (LONDON, group.time_zone))
    expect(phone.get_by_text(f"{hers:%A} {hers.day} {hers:%B}").first).to_be_visible()
    expect(phone.get_by_text(f"{hers:%H:%M} – ")).to_be_visible()
    expect(phone.get_by_text("your time (London)")).to_be_visible()
    expect(phone.get_by_text(f"{theirs:%H:%M} in Helsinki, where the group is run.")).to_be_visible()
    others = phone.get_by_role("region", name="Who is in the group")
    for name in ("Linden", "Swift", "Aspen", pseudonym):
        expect(others.get_by_text(name, exact=True)).to_be_visible()
    names_nobody(phone, story.called, sign_in_name, code)

    # The dates for her calendar.
    with phone.expect_download() as download:
        follows(phone, "Put the dates into my calendar")
    assert download.value.suggested_filename == "calendar.ics"
    file = Path(download.value.path()).read_bytes()
    entries = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert {str(entry["SUMMARY"]) for entry in entries} == {settings.SITE_NAME}
    assert [entry.decoded("DTSTART") for entry in entries] == [
        m.starts_at for m in group.meetings.order_by("number")
    ]
    assert telling(file.decode()) == []
    for told in (group.name, pseudonym, "Linden", "Pirkko", first.topic):
        assert told not in file.decode()

    # The day has come.
    bring_forward(group, to=timezone.now() + timedelta(minutes=10))
    phone.reload()
    stands_before(phone, "The room opens soon")
    nadia = walking.goes_to_the_room(phone, arriving=True)
    nadia.is_in("early")
    stands_before(phone, "The room is not open yet")
    toivo = comes_to_the_room(visitors, site, cast, arriving=True)
    leads(visitors, site, cast, "pirkko", "ruben", group=group)
    nadia.is_in("open")
    nadia.writes("Good evening.")
    toivo.sees("Good evening.")
    expect(toivo.letter("Good evening.").locator(".letter-name")).to_have_text(pseudonym)
    toivo.writes("I am glad you came.")
    nadia.sees("I am glad you came.")
    names_nobody(phone, sign_in_name)

    phone.reload()
    nadia = InTheRoom(phone)
    nadia.sees("I am glad you came.")
    nadia.box.fill("Half a sen")
    phone.context.set_offline(True)
    nadia.writes("Half a sentence, in a tunnel.")
    nadia.sees("Half a sentence, in a tunnel.", "waiting")
    toivo.writes("Are you still there?")
    toivo.sees("Are you still there?")
    phone.context.set_offline(False)
    nadia.sees("Half a sentence, in a tunnel.")
    toivo.sees("Half a sentence, in a tunnel.")
    said = ["Good evening.", "I am glad you came.", "Are you still there?", "Half a sentence, in a tunnel."]
    for parent in (nadia, toivo):
        parent.shows(*said)
    assert Event.objects.filter(kind=Event.Kind.MESSAGE).count() == len(said)

    # Another device, by the name that says nothing of her.
    tablet = visitors.enter(time_zone=LONDON)
    walking.signs_in(tablet, site, sign_in_name, PASSWORD)
    walking.goes_to_the_room(tablet).shows(*said)


def comes_to_the_room(
    visitors: Visitors, site: ServedSite, cast: Cast, who: str = "toivo", *, arriving: bool = False
) -> InTheRoom:
    """Somebody who has been in the group for a while."""
    page = visitors.enter(cast.person(who), phone=True)
    walking.opens_home(page, site)
    follows(page, "Sign in")
    return walking.goes_to_the_room(page, arriving=arriving)


def leads(visitors: Visitors, site: ServedSite, cast: Cast, *names: str, group: SupportGroup) -> list[Page]:
    """These two come, each to a console, and the first opens the room."""
    consoles = []
    for name in names:
        page = visitors.enter(cast.person(name))
        walking.opens_home(page, site)
        follows(page, "Sign in")
        follows(page, "Today")
        walking.opens_the_console(page, group.name)
        consoles.append(page)
    walking.opens_the_room(consoles[0])
    return consoles


def test_a_parent_accepts_from_her_mail_and_signs_in_with_her_address(
    site: ServedSite, visitors: Visitors, cast: Cast, letter_box: PostOffice
) -> None:
    story = Story(called="Olivia", address="olivia-two@safe.example")
    is_offered_a_place(visitors, site, cast, story, group=cast.birch)
    link = link_in(letter_box.waits_for(story.address, number=2))
    phone = visitors.enter(phone=True, time_zone=LONDON)
    phone.goto(link)
    walking.takes_the_place(phone, sign_in=f"With {story.address}", password=PASSWORD)
    follows(phone, "To my group")
    stands_before(phone, "Birch")
    names_nobody(phone, story.called, story.address)

    phone.goto(link)
    stands_before(phone, "This link leads nowhere any more")
    assert [problem for problem in visitors.problems if "status of 404" not in problem] == []
    visitors.problems.clear()
    tablet = visitors.enter(time_zone=LONDON)
    walking.signs_in(tablet, site, story.address, PASSWORD)
    stands_before(tablet, "Birch")


@pytest.mark.check(55, 56, 57)
def test_two_facilitators_open_hold_release_decline_remove_mute_and_close(
    site: ServedSite, visitors: Visitors, cast: Cast
) -> None:
    cast.person("maija")
    # Five minutes late: nobody has been told yet.
    cast.alder.meetings.filter(number=4).update(starts_at=timezone.now() - timedelta(minutes=5))
    maija = visitors.enter()
    walking.signs_in_with_app(maija, site, cast.maija.email or "", with_app(cast.maija))
    follows(maija, "Today")
    card = maija.get_by_role("article", name="Alder")
    expect(card).to_contain_text("meeting 4 of 10")
    room = walking.opens_the_console(maija, "Alder")
    willow, rowan = (comes_to_the_room(visitors, site, cast, name) for name in ("aino", "berit"))
    maija.get_by_role("button", name="Open the room").click()
    expect(maija.get_by_text("Two facilitators must be here before the room opens.")).to_be_visible()
    willow.is_in("early")

    oskar = visitors.enter(cast.oskar)
    walking.opens_home(oskar, site)
    follows(oskar, "Sign in")
    follows(oskar, "Today")
    walking.opens_the_console(oskar, "Alder")
    walking.opens_the_room(maija)
    willow.is_in("open")

    willow.writes("Good evening.")
    room.sees("Good evening.")
    maija.get_by_label("Which messages wait").select_option(label="every message waits")
    expect(maija.get_by_text("From now on: every message waits.")).to_be_visible()
    rowan.writes("We talked at home.")
    rowan.sees("We talked at home.", "held")
    rowan.writes("Kalle did it.")
    rowan.sees("Kalle did it.", "held")
    waiting = maija.get_by_role("region", name="Waiting to be read")
    item = waiting.get_by_role("article").filter(has_text="We talked at home.")
    item.get_by_role("button", name="Release").click()
    willow.sees("We talked at home.")
    item = waiting.get_by_role("article").filter(has_text="Kalle did it.")
    item.get_by_role("link", name="Decline").click()
    presses(maija, "Decline")
    expect(maija.get_by_role("alert")).to_contain_text("Choose a reason.")
    gives_a_reason(maija, "Names a person, a school or a place", "Decline")
    declined = rowan.sees("Kalle did it.", "declined")
    expect(declined.locator(".letter-state")).to_contain_text("It names a person")
    willow.shows("Good evening.", "We talked at home.")

    maija.get_by_label("Which messages wait").select_option(label="everything is shown at once")
    expect(maija.get_by_text("From now on: everything is shown at once.")).to_be_visible()
    willow.writes("It was like this, in every detail.")
    letter = room.sees("It was like this, in every detail.")
    room.presses(letter, "Remove …")
    gives_a_reason(maija, "Goes into details that are heavy to read", "Remove")
    rowan.sees("The facilitators took this message down: It went into details")
    assert "every detail" not in rowan.page.content()

    people = maija.get_by_role("region", name="People")
    people.locator("summary", has_text="Willow").click()
    people.get_by_role("link", name="Only read").click()
    gives_a_reason(maija, "To give the others room to speak", "Only read")
    willow.writes("And another thing.")
    willow.sees("And another thing.", "failed")

    maija.get_by_role("link", name="Close the room").click()
    presses(maija, "Close the room")
    for parent in (willow, rowan):
        parent.is_in("ended")
        stands_before(parent.page, "That was it for today")
    assert "And another thing." not in rowan.page.content()


def gives_a_reason(page: Page, reason: str, button: str) -> None:
    """Answers the question that comes before a dangerous act."""
    dialog = page.get_by_role("dialog")
    walking.ticks(dialog, reason)
    presses(page, button)
    expect(dialog).to_be_hidden()
