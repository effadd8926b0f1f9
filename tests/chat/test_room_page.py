"""The room in a browser: talking, coming back, waiting, being read by all, losing nothing."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
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
from peersupport.groups.models import Membership
from tests.browsing import (
    ServedSite,
    Visitors,
    apart,
    assert_accessible,
    assert_no_sideways_scroll,
    stored,
)
from tests.chat.conftest import Evening
from tests.chat.saying import filled, says
from tests.chat.screen import Screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Enter = Callable[..., Screen]

HOSTILE = [
    "<script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    "<svg/onload=window.broken=1>",
    "\"><iframe srcdoc='<script>parent.broken=1</script>'>",
    "javascript:window.broken=1",
    "{{ 7 * 7 }} ${7 * 7} <%= 7 * 7 %>",
    "</template><b>bold</b>&lt;i&gt;",
    "\u202egnidaer sdrawkcab\u202c",
]


@pytest.fixture
def enters(site: ServedSite, visitors: Visitors, open_evening_room: Evening) -> Enter:
    """Somebody of the cast opens the room, which stands open."""

    def enter(name: str, **how: object) -> Screen:
        user = getattr(open_evening_room.cast, name)
        return Screen(visitors.enter(user, **how), site, open_evening_room).opens()  # type: ignore[arg-type]  # passed on

    return enter


def test_two_parents_talk_and_each_sees_both_in_the_same_order(enters: Enter) -> None:
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("Good evening.")
    berit.sees("Good evening.")
    berit.writes("Good evening to you.")
    aino.sees("Good evening to you.")
    expect(aino.sees("Good evening.").locator(".letter-state")).to_have_text("Sent")
    assert aino.texts() == berit.texts() == ["Good evening.", "Good evening to you."]
    expect(berit.letter("Good evening.").first.locator(".letter-name")).to_have_text("Willow")


def test_a_reload_shows_everything_once(enters: Enter) -> None:
    aino = enters("aino", phone=True)
    for line in ("one", "two", "three"):
        aino.writes(line)
        aino.sees(line)
    aino.opens()
    assert aino.texts() == ["one", "two", "three"]


def test_what_is_written_without_a_network_arrives_once_and_nothing_was_missed(
    enters: Enter, open_evening_room: Evening
) -> None:
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("before")
    berit.sees("before")
    aino.page.context.set_offline(True)
    aino.writes("written in the lift")
    aino.sees("written in the lift", "waiting")
    expect(aino.page.locator("[data-part=line]")).to_have_text(re.compile("You are offline"))
    berit.writes("said meanwhile")
    berit.sees("said meanwhile")
    aino.page.context.set_offline(False)
    berit.sees("written in the lift")
    aino.sees("written in the lift")
    assert aino.texts() == berit.texts() == ["before", "said meanwhile", "written in the lift"]
    assert Event.objects.filter(room=open_evening_room.room, kind="message").count() == 3


def test_a_handshake_that_hangs_is_given_up_when_the_network_comes_back(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    page = visitors.enter(open_evening_room.cast.aino, phone=True)
    # The first socket was begun in a tunnel and never opens nor ends.
    page.add_init_script(
        """const Real = window.WebSocket; let first = true;
           window.WebSocket = class { constructor(...how) {
             if (!first) return new Real(...how);
             first = false; this.close = () => {}; } };"""
    )
    page.goto(f"{site.url}/room/{open_evening_room.room.pk}/")
    expect(page.locator(".room-live")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-part=people-count]")).to_have_text(re.compile(r"\d here"))


@pytest.mark.check(12)
def test_what_is_written_while_the_server_is_killed_arrives_once_when_it_is_back(
    enters: Enter, site: ServedSite, open_evening_room: Evening
) -> None:
    aino = enters("aino")
    aino.writes("before")
    aino.sees("before")
    site.stop(signal.SIGKILL)
    try:
        aino.writes("into the dark")
        aino.sees("into the dark", "waiting")
    finally:
        site.start()
    aino.page.evaluate("window.dispatchEvent(new Event('online'))")
    aino.sees("into the dark")
    assert aino.texts() == ["before", "into the dark"]
    assert Event.objects.filter(room=open_evening_room.room, kind="message").count() == 2


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
    assert aino.texts() == []


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


def test_a_message_taken_back_is_gone_for_everyone(enters: Enter) -> None:
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("I wish I had not said this.")
    berit.sees("I wish I had not said this.")
    aino.takes_back(aino.letter("I wish I had not"))
    berit.sees("This message was taken back.")
    aino.sees("You took this message back.")
    assert "wish" not in "".join(aino.texts() + berit.texts())


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


def test_a_reply_names_whom_it_answers_and_leads_there(enters: Enter, open_evening_room: Evening) -> None:
    says(open_evening_room, "berit", "What do you do when the school rings?")
    aino = enters("aino", phone=True)
    aino.presses(aino.sees("What do you do"), "Reply")
    aino.writes("I let it ring once.")
    link = aino.sees("I let it ring once.").get_by_role("link", name="In reply to Rowan")
    link.click()
    expect(aino.letter("What do you do")).to_be_focused()


def test_a_message_under_a_note_stays_folded_until_it_is_opened(enters: Enter) -> None:
    aino, berit = enters("aino"), enters("berit")
    aino.page.get_by_text("Add a note").click()
    aino.page.get_by_label("What it touches, in a few words").fill("about court")
    aino.writes("The hearing is on Thursday.")
    letter = berit.sees("The hearing is on Thursday.")
    expect(letter.locator(".letter-body")).to_be_hidden()
    letter.get_by_text("about court").click()
    expect(letter.locator(".letter-body")).to_be_visible()
    heard = berit.page.locator("[data-part=heard]")
    assert "Thursday" not in heard.inner_text()


@pytest.mark.check(24)
def test_hostile_text_is_shown_as_the_text_it_is(enters: Enter, open_evening_room: Evening) -> None:
    aino, berit = enters("aino"), enters("berit")
    for text in HOSTILE:
        says(open_evening_room, "elias", text, confirmed=True, note=text[:100])
    for screen in (aino, berit):
        for text in HOSTILE:
            screen.sees(text)
    berit.opens()
    for screen in (aino, berit):
        assert screen.page.evaluate("window.broken") is None
        inside = screen.page.locator(".letter-body *, [data-part=note] *, [data-part=heard] p *")
        expect(inside).to_have_count(0)


@pytest.mark.check(50)
def test_a_talk_leaves_nothing_in_the_browser(enters: Enter) -> None:
    aino = enters("aino", phone=True)
    aino.writes("Only here.")
    aino.sees("Only here.")
    aino.box.fill("A draft.")
    assert stored(aino.page) == {"local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0}


@pytest.mark.parametrize("phase", ["early", "open", "paused", "ended"])
def test_every_phase_is_accessible_on_the_smallest_phone(
    phase: str, site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    says(open_evening_room, "maija", "Welcome. Take your time to arrive.")
    says(open_evening_room, "berit", "Wordwithoutend" * 12)
    says(open_evening_room, "aino", "Good evening.", note="a note")
    _bring_to(phase, open_evening_room)
    for dark in (False, True):
        page = visitors.enter(open_evening_room.cast.aino, phone=True, width=320, height=640, dark=dark)
        screen = Screen(page, site, open_evening_room).opens()
        screen.is_in(phase)
        screen.sees("Good evening.")
        page.locator(".letter-more summary").last.click()
        assert_accessible(page)
        assert_no_sideways_scroll(page)


@pytest.mark.check(46)
@pytest.mark.parametrize("height", [640, 320, 256])
def test_the_way_out_is_never_covered(
    height: int, site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    for turn in range(12):
        says(open_evening_room, "berit", f"Line {turn}.\nAnd one more.")
    page = visitors.enter(open_evening_room.cast.aino, phone=True, width=320, height=height)
    screen = Screen(page, site, open_evening_room).opens()
    screen.sees("Line 11.")
    screen.box.fill("long\n" * 30)
    leave = page.locator(".leave")
    page.mouse.wheel(0, 4000)
    box = leave.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    on_top = "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('.leave'))"
    assert page.evaluate(on_top, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


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


def test_reading_further_up_is_not_disturbed_by_new_messages(
    enters: Enter, open_evening_room: Evening
) -> None:
    for turn in range(25):
        says(open_evening_room, "berit", f"Earlier line {turn}")
    aino = enters("aino", phone=True)
    aino.sees("Earlier line 24")
    log = aino.page.locator("[data-part=log]")
    log.evaluate("element => { element.scrollTop = 300; }")
    says(open_evening_room, "elias", "Something new")
    newer = aino.page.get_by_role("button", name="1 new message")
    expect(newer).to_be_visible()
    assert log.evaluate("element => element.scrollTop") == 300
    expect(aino.page.locator("[data-new]")).to_have_text("New from here")
    newer.click()
    expect(aino.sees("Something new")).to_be_in_viewport()


def test_a_new_message_is_read_out_once_and_whole(enters: Enter, open_evening_room: Evening) -> None:
    says(open_evening_room, "berit", "Said before she came.")
    aino = enters("aino")
    aino.page.evaluate(
        """() => {
          window.heard = [];
          new MutationObserver((changes) => changes.forEach((change) =>
            change.addedNodes.forEach((node) => window.heard.push(node.textContent))))
            .observe(document.querySelector("[data-part=heard]"), { childList: true, subtree: true });
        }"""
    )
    message = says(open_evening_room, "berit", "Good evening, Willow.")
    aino.sees("Good evening, Willow.")
    aino.writes("Good evening.")
    aino.sees("Good evening.")
    members.retract(
        members.message_in(open_evening_room.room, message),
        by=open_evening_room.cast.seat(open_evening_room.cast.berit),
    )
    aino.sees("This message was taken back.")
    assert aino.page.evaluate("window.heard") == ["Rowan: Good evening, Willow."]


def test_enter_makes_a_line_and_control_enter_sends(enters: Enter) -> None:
    aino = enters("aino")
    aino.box.press_sequentially("one")
    aino.box.press("Enter")
    aino.box.press_sequentially("two")
    aino.box.press("Control+Enter")
    aino.sees("one\ntwo")
    aino.page.get_by_label("Enter sends").check()
    aino.box.press_sequentially("three")
    aino.box.press("Enter")
    aino.sees("three")


def test_a_raised_hand_is_seen_by_the_others(enters: Enter) -> None:
    aino, berit = enters("aino"), enters("berit")
    aino.page.get_by_role("button", name="Raise your hand").click()
    expect(aino.page.get_by_role("button", name="Your hand is up")).to_have_attribute("aria-pressed", "true")
    berit.page.get_by_text("2 here").click()
    willow = berit.page.locator(".room-person", has_text="Willow")
    expect(willow.get_by_text("hand up")).to_be_visible()


def test_where_websockets_are_blocked_the_talk_goes_on_by_polling(
    site: ServedSite, visitors: Visitors, enters: Enter, open_evening_room: Evening
) -> None:
    berit = enters("berit")
    page = visitors.enter(open_evening_room.cast.aino, phone=True)
    # As behind a proxy that lets no WebSocket through.
    page.add_init_script(
        """window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006 }), 5); }
           close() {} };"""
    )
    aino = Screen(page, site, open_evening_room).opens()
    berit.writes("Can you hear me?")
    aino.sees("Can you hear me?")
    aino.writes("Yes, slowly.")
    berit.sees("Yes, slowly.")
    aino.sees("Yes, slowly.")
    aino.takes_back(aino.letter("Yes, slowly."))
    berit.sees("This message was taken back.")


@pytest.mark.check(33)
def test_signing_out_elsewhere_takes_the_room_off_the_screen(enters: Enter) -> None:
    aino = enters("aino", phone=True)
    aino.writes("For the group alone.")
    aino.sees("For the group alone.")
    Session.objects.filter(user__memberships__pseudonym="Willow").delete()
    aino.is_in("signed_out")
    expect(aino.page.get_by_role("heading", name="You were signed out")).to_be_visible()
    assert "For the group alone." not in aino.page.content()


def test_too_long_a_text_is_counted_and_stays_in_the_box(enters: Enter) -> None:
    aino = enters("aino")
    # Code points, as the server counts: each of these is two halves in JavaScript.
    aino.box.fill("😀" * 4001)
    expect(aino.page.locator(".composer-count")).to_have_text("1 characters too many")
    aino.page.get_by_role("button", name="Send", exact=True).click()
    expect(aino.page.locator("#composer-problem")).to_contain_text("too long")
    aino.box.fill("😀" * 4000)
    aino.page.get_by_role("button", name="Send", exact=True).click()
    aino.sees("😀😀😀")


def test_without_a_script_the_same_page_talks_and_enter_in_the_note_sends(
    site: ServedSite, visitors: Visitors, open_evening_room: Evening
) -> None:
    says(open_evening_room, "aino", "Said before.")
    page = visitors.enter(open_evening_room.cast.aino, phone=True, javascript=False)
    page.goto(f"{site.url}/room/{open_evening_room.room.pk}/")
    page.get_by_label("Your message").fill("Without a script.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".letter", has_text="Without a script.")).to_be_in_viewport()
    page.get_by_label("Your message").fill("And folded.")
    page.get_by_text("Add a note").click()
    page.get_by_label("What it touches, in a few words").press_sequentially("about court")
    page.keyboard.press("Enter")
    expect(page.locator(".letter", has_text="about court")).to_be_visible()
    expect(page.locator(".letter", has_text="Said before.")).to_be_attached()
    page.get_by_label("Your message").fill("A draft")
    page.get_by_role("button", name="Show new messages").click()
    expect(page.get_by_label("Your message")).to_have_value("A draft")


def _bring_to(phase: str, evening: Evening) -> None:
    maija = evening.cast.seat(evening.cast.maija, evening.cast.alder)
    if phase == "early":
        Room.objects.filter(kind=Room.Kind.GROUP).update(state=Room.State.CLOSED)
    elif phase == "paused":
        moderation.pause(evening.room, by=maija)
    elif phase == "ended":
        moderation.close(evening.room, by=maija)


@pytest.mark.check(47)
def test_a_meeting_takes_its_course_before_her_eyes_and_nothing_of_it_is_read_out(
    enters: Enter, open_evening_room: Evening
) -> None:
    cast, room = open_evening_room.cast, open_evening_room.room
    maija, now = cast.seat(cast.maija), timezone.now()
    aino, berit = enters("aino", phone=True), enters("berit")
    aino.writes("How was your week?")
    said = aino.sees("How was your week?").get_attribute("data-id")
    turns.begin(room, by=maija, minutes=2, now=now)
    expect(aino.page.locator("[data-part=stage]")).to_have_text(re.compile("A round · about 4 minutes left"))
    words = aino.page.locator("[data-part=round-words]")
    expect(words).to_have_text(re.compile("^It is your turn, about 2 minutes left.* Then Rowan.$"))
    berit.page.get_by_role("button", name="I'd rather pass").click()
    expect(words).not_to_contain_text("Rowan")
    aino.page.get_by_role("button", name="I'm done").click()
    expect(words).to_be_hidden()
    stages.pin(room, members.message_in(room, UUID(said)), by=maija)
    expect(aino.page.locator("[data-part=pin-words]")).to_have_text("Willow: How was your week?")

    # Asked how she is, she answers with the keyboard alone.
    checking_in.ask(room, by=maija, now=now)
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
