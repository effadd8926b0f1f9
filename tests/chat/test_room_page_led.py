"""The room in a browser: what facilitators and the course of a meeting change before her eyes."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from peersupport.accounts.models import Session
from peersupport.chat import members, moderation
from peersupport.chat.elsewhere import aside
from peersupport.chat.meeting import checking_in, stages, turns
from peersupport.chat.models import CheckIn, Event, HeldMessage, Mute, Report, Room
from peersupport.chat.moderating import quieting
from peersupport.chat.pages import course_page
from peersupport.groups.models import Membership
from tests.browsing import (
    apart,
    assert_accessible,
    assert_no_sideways_scroll,
)
from tests.chat.coming_in import Enter, enters
from tests.chat.conftest import Evening
from tests.chat.saying import filled, nobody_here_for, says

__all__ = ["enters"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.check(55)
def test_a_held_message_is_seen_by_its_writer_alone_until_it_is_released(
    enters: Enter, open_evening_room: Evening
) -> None:
    Room.objects.update(mode=Room.Mode.HOLD_ALL)
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("Something heavy.")
    held = aino.sees("Something heavy.", "held")
    expect(held.locator(".letter-state")).to_contain_text("A facilitator reads it first")
    assert berit.texts() == []
    aino.opens()
    aino.sees("Something heavy.", "held")
    maija = open_evening_room.cast.seat(open_evening_room.cast.maija, open_evening_room.cast.alder)
    moderation.release(HeldMessage.objects.get(), by=maija)
    berit.sees("Something heavy.")
    aino.sees("Something heavy.")


@pytest.mark.check(56)
def test_a_declined_message_comes_back_with_the_reason_and_can_be_changed(
    enters: Enter, open_evening_room: Evening
) -> None:
    Room.objects.update(mode=Room.Mode.HOLD_ALL)
    aino = enters("aino", phone=True)
    aino.writes("It was her brother Kalle.")
    aino.sees("It was her brother Kalle.", "held")
    maija = open_evening_room.cast.seat(open_evening_room.cast.maija, open_evening_room.cast.alder)
    moderation.decline(HeldMessage.objects.get(), by=maija, reason="It names somebody outside.")
    declined = aino.sees("It was her brother Kalle.", "declined")
    expect(declined.locator(".letter-state")).to_contain_text("It names somebody outside.")
    declined.get_by_role("button", name="Change it").click()
    expect(aino.box).to_have_value("It was her brother Kalle.")
    aino.shows()


def test_what_a_muted_parent_writes_fails_with_the_reason_and_goes_out_on_trying_again(
    enters: Enter, open_evening_room: Evening
) -> None:
    aino = enters("aino")
    maija = open_evening_room.cast.seat(open_evening_room.cast.maija, open_evening_room.cast.alder)
    seat = open_evening_room.cast.seat(open_evening_room.cast.aino)
    quieting.mute(seat, by=maija, minutes=10, reason="A breath for everybody.", room=open_evening_room.room)
    aino.writes("But I must say it.")
    failed = aino.sees("But I must say it.", "failed")
    expect(failed.locator(".letter-state")).to_contain_text("read for a while")
    Mute.objects.update(lifted_at=timezone.now())
    failed.get_by_role("button", name="Try again").click()
    aino.sees("But I must say it.")


def test_a_phone_number_is_asked_about_and_sent_only_when_she_says_so(enters: Enter) -> None:
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("😀 Call me: 040 123 4567.")
    asked = aino.page.locator("[data-part=asking]")
    expect(asked.locator("mark")).to_have_text("040 123 4567")
    expect(asked).to_contain_text("a phone number")
    assert berit.texts() == []
    asked.get_by_role("button", name="Change it").click()
    expect(asked).to_be_hidden()
    assert (
        aino.page.evaluate(
            "() => document.activeElement.value.slice("
            "document.activeElement.selectionStart, document.activeElement.selectionEnd)"
        )
        == "040 123 4567"
    )
    aino.page.get_by_role("button", name="Send", exact=True).click()
    asked.get_by_role("button", name="Send it as it is").click()
    berit.sees("Call me: 040 123 4567.")
    aino.sees("Call me: 040 123 4567.")


def test_a_report_reaches_the_facilitators_with_its_reason(enters: Enter, open_evening_room: Evening) -> None:
    message = says(open_evening_room, "berit", "Something unkind.")
    aino = enters("aino")
    letter = aino.sees("Something unkind.")
    aino.presses(letter, "Tell the facilitators")
    letter.get_by_label("What would you like the facilitators to know?").fill("This hurt me.")
    letter.get_by_role("button", name="Tell the facilitators").last.click()
    expect(letter.locator(".letter-word")).to_have_text("Thank you. The facilitators have it.")
    report = Report.objects.get()
    assert (report.target, report.reason) == (message, "This hurt me.")


def test_phases_follow_the_facilitators_and_a_draft_outlives_the_closing(
    enters: Enter, open_evening_room: Evening
) -> None:
    aino = enters("aino", phone=True)
    maija = open_evening_room.cast.seat(open_evening_room.cast.maija, open_evening_room.cast.alder)
    room = open_evening_room.room
    moderation.pause(room, by=maija)
    aino.is_in("paused")
    expect(aino.page.get_by_role("heading", name="A pause")).to_be_visible()
    aino.writes("Half a thought")
    expect(aino.page.locator("#composer-problem")).to_contain_text("paused")
    moderation.unpause(room, by=maija)
    aino.is_in("open")
    moderation.close(room, by=maija)
    aino.is_in("ended")
    expect(aino.page.get_by_role("heading", name="That was it for today")).to_be_visible()
    expect(aino.box).to_have_value("Half a thought")
    aino.opens()
    aino.is_in("ended")
    expect(aino.box).to_be_hidden()


@pytest.mark.check(58)
def test_without_a_facilitator_the_page_says_so_at_that_moment_and_closes_with_help_lines(
    enters: Enter, open_evening_room: Evening
) -> None:
    aino = enters("aino", phone=True)
    alone, following = (aino.page.locator(f"[data-part={name}]") for name in ("alone", "next"))
    expect(alone).to_be_hidden()
    nobody_here_for(61, open_evening_room)
    expect(alone).to_contain_text("No facilitator is here just now.")
    expect(aino.page.locator("[data-part=status]")).to_contain_text("No facilitator is here just now.")
    expect(following).to_contain_text("What you send waits for one")
    aino.writes("Is anybody here?")
    aino.sees("Is anybody here?", "held")
    nobody_here_for(0, open_evening_room)
    expect(alone).to_be_hidden()
    expect(following).to_have_text("Everyone in the group will see this.")
    nobody_here_for(301, open_evening_room)
    aino.is_in("unattended")
    expect(aino.page.get_by_role("heading", name="We close here for tonight")).to_be_visible()
    expect(aino.page.locator("[data-phase-section=unattended] .help-lines a").first).to_be_visible()
    expect(alone).to_be_hidden()


@pytest.mark.check(33)
def test_signing_out_elsewhere_takes_the_room_off_the_screen(enters: Enter) -> None:
    aino = enters("aino", phone=True)
    aino.writes("For the group alone.")
    aino.sees("For the group alone.")
    Session.objects.filter(user__memberships__pseudonym="Willow").delete()
    aino.is_in("signed_out")
    expect(aino.page.get_by_role("heading", name="You were signed out")).to_be_visible()
    expect(aino.page.locator(".letter")).to_have_count(0)
    assert "For the group alone." not in aino.page.content()


@pytest.mark.check(47)
def test_a_meeting_takes_its_course_before_her_eyes_and_nothing_of_it_is_read_out(
    enters: Enter, open_evening_room: Evening
) -> None:
    cast, room = open_evening_room.cast, open_evening_room.room
    maija = cast.seat(cast.maija)
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("How was your week?")
    said = aino.sees("How was your week?").get_attribute("data-id")
    turns.begin(room, by=maija, minutes=2, now=timezone.now())
    expect(aino.page.locator("[data-part=stage]")).to_have_text(re.compile("A round · about 4 minutes left"))
    words = aino.page.locator("[data-part=round-words]")
    expect(words).to_have_text(re.compile("^It is your turn, about 2 minutes left.* Then Rowan.$"))
    berit.page.get_by_role("button", name="I'd rather pass").click()
    expect(words).not_to_contain_text("Rowan")
    aino.page.get_by_role("button", name="I'm done").click()
    expect(words).to_be_hidden()
    expect(aino.page.locator("[data-part=stage]")).to_have_text("A round")
    assert course_page.stage_of(Room.objects.get(pk=room.pk), now=timezone.now()) == "A round"
    stages.pin(room, members.message_in(room, UUID(said)), by=maija)
    expect(aino.page.locator("[data-part=pin-words]")).to_have_text("Willow: How was your week?")

    # Asked how she is, she answers with the keyboard alone.
    checking_in.ask(room, by=maija, now=timezone.now())
    asked = aino.page.get_by_role("button", name="Say how I am")
    expect(asked).to_be_visible()
    asked.press("Enter")
    aino.page.keyboard.press("Space")
    aino.page.keyboard.press("ArrowRight")
    assert_accessible(aino.page)
    assert_no_sideways_scroll(aino.page)
    aino.page.get_by_label("A few words, if you like").fill("Better now.")
    aino.page.locator("[data-part=check-in]").press("Enter")
    expect(aino.page.locator("[data-part=me-said]")).to_have_text("Thank you. The facilitators have it.")
    assert [(one.value, one.note) for one in CheckIn.objects.all()] == [("6", "Better now.")]
    aino.page.get_by_role("button", name="I'm just reading today").click()
    berit.page.locator(".room-people summary").click()
    expect(berit.page.locator(".room-person", has_text="Willow")).to_contain_text("just reading")

    moderation.pause(room, by=maija, exercise="feet")
    for one in (aino, berit):
        expect(one.page.get_by_role("heading", name="Feet on the floor")).to_be_visible()
        expect(one.page.get_by_role("heading", name="Five things you see")).to_be_hidden()
    assert aino.page.locator(".course [aria-live], .course [role=status]").count() == 0


def test_asked_aside_she_finds_the_way_there_and_what_she_writes_for_the_facilitators_goes_with_her(
    enters: Enter, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    aino = enters("aino", phone=True)
    invitation = aino.page.locator("[data-part=invitation]")
    expect(invitation).to_be_hidden()
    maija, seat = (Membership.objects.get(pk=evening.seats[name]) for name in ("maija", "aino"))
    side = apart(lambda: aside.step_aside(seat, by=maija, room=evening.room, now=timezone.now()))
    expect(invitation.get_by_role("link", name="Step aside")).to_have_attribute("href", f"/room/{side.pk}/")
    assert_accessible(aino.page)
    assert_no_sideways_scroll(aino.page)
    apart(lambda: aside.come_back(seat, by=maija, room=evening.room))
    expect(invitation).to_be_hidden()

    aino.box.fill("Please, not before the others")
    aino.page.get_by_role("link", name="Write to the facilitators only").click()
    expect(aino.page.get_by_role("heading", name="You and the facilitators")).to_be_visible()
    expect(aino.box).to_have_value("Please, not before the others")
    assert_accessible(aino.page)
    aino.page.get_by_role("button", name="Send", exact=True).click()
    aino.sees("Please, not before the others")
    (said,) = Event.objects.filter(kind=Event.Kind.MESSAGE)
    assert said.room.kind == Room.Kind.LINE


def test_a_pause_begins_in_sight_however_small_the_screen(enters: Enter, open_evening_room: Evening) -> None:
    filled(open_evening_room, 6)
    aino = enters("aino", phone=True, height=600)
    maija = open_evening_room.cast.seat(open_evening_room.cast.maija, open_evening_room.cast.alder)
    moderation.pause(open_evening_room.room, by=maija, exercise="breath")
    heading = aino.page.get_by_role("heading", name="A pause")
    expect(heading).to_be_in_viewport(ratio=1)
    aino.opens()
    expect(heading).to_be_in_viewport(ratio=1)
    # When it is over the newest words are in sight again.
    moderation.unpause(open_evening_room.room, by=maija)
    aino.is_in("open")
    expect(aino.letter("Earlier line 5")).to_be_in_viewport()
