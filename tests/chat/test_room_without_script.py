"""The room without scripts: one form, and whatever she presses, her words are still in the box."""

from __future__ import annotations

from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from peersupport.chat import moderation, nudges
from peersupport.chat.models import Event, HeldMessage, Report, Room
from peersupport.chat.moderating import (
    ejecting,
    kind_words,
    quieting,
    reports,
)
from peersupport.chat.pages.wording import READY_NOTES
from tests.chat.conftest import Evening
from tests.chat.reader import Reader
from tests.chat.saying import filled, says

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sent_message_stands_on_everyones_page(aino: Reader, berit: Reader) -> None:
    response = aino.presses("post", body="Good evening.")
    assert (response.status_code, response["Location"]) == (302, aino.address + "#newest")
    assert "Good evening." in berit.opens()


def test_pressing_send_twice_makes_one_message(aino: Reader) -> None:
    for _press in range(2):
        assert aino.presses("post", body="Once.").status_code == 302
    assert Event.objects.filter(kind=Event.Kind.MESSAGE).count() == 1


def test_looking_for_new_messages_keeps_what_she_is_writing(aino: Reader, open_evening_room: Evening) -> None:
    says(open_evening_room, "berit", "Said meanwhile.")
    response = aino.presses("refresh", body="Half a <thought>", note="about school")
    page = response.content.decode()
    assert "Said meanwhile." in page
    assert "Half a &lt;thought&gt;</textarea>" in page
    assert 'value="about school"' in page
    assert aino.id in page


def test_a_refused_message_comes_back_into_the_box_with_the_reason(aino: Reader) -> None:
    Room.objects.filter(kind=Room.Kind.GROUP).update(state=Room.State.PAUSED)
    response = aino.presses("post", body="Too early.")
    assert response.status_code == 400
    assert "Too early.</textarea>" in response.content.decode()
    assert "The room is paused." in response.content.decode()


@pytest.mark.parametrize("body", ["", "   ", "x" * 4001, "a\x00b"])
def test_nothing_unfit_is_sent_and_nothing_breaks(body: str, aino: Reader) -> None:
    response = aino.presses("post", body=body)
    assert response.status_code == 400
    assert not Event.objects.filter(kind=Event.Kind.MESSAGE).exists()


@pytest.mark.parametrize(
    "act",
    [
        *("", "nonsense", "reply:nonsense", "send_retract:nonsense", "report:nonsense", "send_report"),
        *("earlier:", "earlier:nonsense", "earlier:99999999999999999999"),
    ],
)
def test_a_button_that_does_not_exist_loses_nothing(act: str, aino: Reader) -> None:
    response = aino.presses(act, body="My words.")
    assert response.status_code in {200, 400}
    assert "My words.</textarea>" in response.content.decode()


def test_personal_details_are_asked_about_first(aino: Reader, berit: Reader) -> None:
    text = "I am at willow@example.org or 040 123 4567."
    page = aino.presses("post", body=text).content.decode()
    assert "It seems to hold an e-mail address and a phone number." in page
    assert 'value="post_confirmed"' in page
    assert text not in berit.opens()
    assert aino.presses("post_confirmed", body=text).status_code == 302
    assert text in berit.opens()


def test_a_reply_names_whom_it_answers(aino: Reader, berit: Reader, open_evening_room: Evening) -> None:
    message = says(open_evening_room, "berit", "Who has been there?")
    page = aino.presses(f"reply:{message}", body="I have").content.decode()
    assert "In reply to Rowan" in page
    assert aino.presses("post", body="I have", reply_to=str(message)).status_code == 302
    assert f'href="#letter-{message}"' in berit.opens()


def test_her_own_message_can_be_taken_back_and_nobody_elses(
    aino: Reader, berit: Reader, open_evening_room: Evening
) -> None:
    message = says(open_evening_room, "aino", "Not for here.")
    assert berit.presses(f"send_retract:{message}").status_code == 400
    assert "Not for here." in berit.opens()
    asked = aino.presses(f"retract:{message}", body="A draft").content.decode()
    assert f'value="send_retract:{message}"' in asked
    assert "A draft</textarea>" in asked
    page = aino.presses(f"send_retract:{message}", body="A draft").content.decode()
    assert "A draft</textarea>" in page
    assert "Not for here." not in page + berit.opens()


def test_a_report_asks_why_and_reaches_the_facilitators(aino: Reader, open_evening_room: Evening) -> None:
    message = says(open_evening_room, "berit", "Unkind.")
    page = aino.presses(f"report:{message}", body="A draft").content.decode()
    assert 'name="reason"' in page
    aino.presses("send_report", report=str(message), reason="It hurt.", body="A draft")
    assert Report.objects.get().reason == "It hurt."


@pytest.mark.check(55)
def test_a_held_message_stands_on_its_writers_page_alone(
    aino: Reader, berit: Reader, open_evening_room: Evening
) -> None:
    Room.objects.update(mode=Room.Mode.HOLD_ALL)
    aino.presses("post", body="Something heavy.")
    assert "Something heavy." not in berit.opens()
    page = aino.opens()
    assert "Something heavy." in page
    assert "A facilitator reads it first" in page
    maija = open_evening_room.cast.seat(open_evening_room.cast.maija, open_evening_room.cast.alder)
    moderation.decline(HeldMessage.objects.get(), by=maija, reason="It names a {school}.")
    assert "It names a {school}." in aino.opens()


def test_following_along_renews_the_page_and_ends_by_itself(aino: Reader) -> None:
    response = aino.presses("follow")
    assert response["Location"].startswith(f"{aino.address}?following=80")
    page = aino.opens("?following=80")
    assert f'content="15; url={aino.address}?following=79#newest"' in page
    assert "<textarea" not in page.split("<template")[0]
    assert 'http-equiv="refresh"' not in aino.opens("?following=0")
    assert "following=79#newest" in aino.opens("?following=999")


def test_following_along_is_not_begun_over_words_in_the_box(aino: Reader) -> None:
    response = aino.presses("follow", body="Half a thought")
    assert response.status_code == 400
    assert "Half a thought</textarea>" in response.content.decode()


def test_earlier_messages_are_looked_at_page_by_page_with_the_draft_in_the_box(
    aino: Reader, open_evening_room: Evening
) -> None:
    filled(open_evening_room, 130, words="Line {turn}.")
    newest = aino.opens()
    assert "Line 129." in newest
    assert "Line 99." not in newest
    assert "· Meeting 4: " in newest
    middle = aino.presses("earlier:101", body="A draft").content.decode()
    assert "Line 40." in middle
    assert "Line 99." in middle
    assert "Line 100." not in middle
    assert "A draft</textarea>" in middle
    first = aino.presses("earlier:41", body="A draft").content.decode()
    assert "Line 0." in first
    assert 'value="earlier:' not in first.replace('value="earlier:" data-part="earlier" hidden', "")


@pytest.mark.check(31)
def test_an_outsider_gets_the_same_404_as_for_a_missing_room(open_evening_room: Evening) -> None:
    says(open_evening_room, "berit", "For the group alone.")
    outsider = Reader(open_evening_room, open_evening_room.cast.toivo)
    missing = reverse("chat:room", args=[uuid4()])
    for method in ("get", "post"):
        foreign = getattr(outsider.client, method)(outsider.address)
        absent = getattr(outsider.client, method)(missing)
        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content


def test_who_was_asked_to_stay_out_is_led_to_the_page_that_says_so(
    aino: Reader, berit: Reader, open_evening_room: Evening
) -> None:
    cast, room = open_evening_room.cast, open_evening_room.room
    says(open_evening_room, "berit", "For the group alone.")
    ejecting.eject(cast.seat(cast.aino), by=cast.seat(cast.maija), room=room, reason="unsafe")
    slug = {"slug": cast.alder.slug}
    ways = [reverse(f"chat:{name}", kwargs=slug) for name in ("of_group", "line_of_group")]
    for address in (
        aino.address,
        reverse("chat:arrive", args=[room.pk]),
        *ways,
        reverse("groups:group", kwargs=slug),
    ):
        led = aino.client.get(address, follow=True)
        assert led.redirect_chain == [(reverse("groups:mine"), 302)]
        assert "Your place is kept for now" in led.content.decode()
        assert "For the group alone." not in led.content.decode()
    assert aino.presses("post", body="Let me in").status_code == 404
    assert "For the group alone." in berit.opens()


def test_the_way_from_a_group_leads_to_its_room_and_to_no_other(
    aino: Reader, open_evening_room: Evening
) -> None:
    alder, birch = open_evening_room.cast.alder, open_evening_room.cast.birch
    response = aino.client.get(reverse("chat:of_group", args=[alder.slug]))
    assert (response.status_code, response["Location"]) == (302, aino.address)
    assert aino.client.get(reverse("chat:of_group", args=[birch.slug])).status_code == 404


def test_the_page_takes_as_many_queries_for_many_messages_as_for_one(
    aino: Reader, open_evening_room: Evening
) -> None:
    says(open_evening_room, "berit", "first")
    aino.opens()
    with CaptureQueriesContext(connection) as one:
        aino.opens()
    for turn in range(8):
        says(open_evening_room, "elias" if turn % 2 else "berit", f"line {turn}")
    aino.opens()
    with CaptureQueriesContext(connection) as many:
        aino.opens()
    assert len(many) == len(one)


@pytest.mark.check(56, 59)
def test_what_was_declined_says_kindly_why_and_can_be_looked_at_again(
    aino: Reader, berit: Reader, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    Room.objects.filter(pk=evening.room.pk).update(mode="hold_all")
    aino.presses("post", body="something about a school")
    held = HeldMessage.objects.get()
    maija, oskar = (
        evening.cast.seat(one, evening.cast.alder) for one in (evening.cast.maija, evening.cast.oskar)
    )
    moderation.decline(held, by=maija, template="names")
    shown = aino.reads()
    assert kind_words.sentence("decline", "names") in shown
    assert f'value="appeal:{held.message_id}"' in shown
    asked = unescape(aino.presses(f"appeal:{held.message_id}", body="half a word").content.decode())
    assert "What should be thought of" in asked
    assert "half a word" in asked
    done = aino.presses("send_appeal", appeal=str(held.message_id), reason="It is not their school.")
    assert "Somebody else will look at it again" in unescape(done.content.decode())
    assert f"appeal:{held.message_id}" not in aino.reads()
    reports.answer(Report.objects.get(), by=oskar.user, template="again")
    assert kind_words.sentence("answer", "again") in aino.reads()
    assert kind_words.sentence("answer", "again") not in berit.reads()


@pytest.mark.check(57)
def test_who_only_reads_for_a_while_sees_until_when_and_why(
    aino: Reader, berit: Reader, open_evening_room: Evening
) -> None:
    evening = open_evening_room
    seat, maija = (
        evening.cast.seat(evening.cast.aino),
        evening.cast.seat(evening.cast.maija, evening.cast.alder),
    )
    muted = quieting.mute(seat, by=maija, minutes=5, template="pause", room=evening.room)
    shown = aino.reads()
    assert f"You read along until {timezone.localtime(muted.until):%H:%M}." in shown
    assert kind_words.sentence("mute", "pause") in shown
    assert kind_words.sentence("mute", "pause") not in berit.reads()


def test_a_note_is_chosen_by_one_press_and_changed_afterwards(aino: Reader, berit: Reader) -> None:
    assert ">About sleep and nightmares</button>" in aino.reads()
    page = aino.presses("note:1", body="Half a thought").content.decode()
    assert 'value="About sleep and nightmares"' in page
    assert "Half a thought</textarea>" in page
    assert '<details class="composer-options" data-part="note-fold" open>' in page
    kept = aino.presses("note:9", body="x", note="about mornings").content.decode()
    assert 'value="about mornings"' in kept, "what is no choice changes nothing"
    assert aino.presses("post", body="It was four again.", note="About sleep").status_code == 302
    assert '<span data-part="note">About sleep</span>' in berit.reads()


@pytest.mark.parametrize("note", READY_NOTES)
def test_no_note_to_choose_from_asks_its_writer_about_herself_or_alarms_anybody(note: str) -> None:
    looked = nudges.look_over(f"Good evening.\n{note}", country="FI", cases_open=True)
    assert (looked.findings, looked.distress) == ([], None)
