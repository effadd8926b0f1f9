"""Who is here without a script: in the course of a meeting, in a round, with a hand up, and when no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from facilitators.today_reading import facilitators_here
from peersupport.accounts import ending
from peersupport.accounts.models import User
from peersupport.chat import moderation
from peersupport.chat.hub.attending import present_in
from peersupport.chat.meeting import attendance, checking_in, turns
from peersupport.chat.models import Arrival, CheckIn, Presence, Room, Signal
from peersupport.chat.moderating import escalating, nobody_alone, vanishing
from peersupport.groups.models import Attendance, Membership, Task
from tests.chat.conftest import Evening
from tests.chat.reader import Reader
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_course_of_a_meeting_is_there_without_a_script(
    aino: Reader, berit: Reader, open_evening_room: Evening
) -> None:
    cast, room = open_evening_room.cast, open_evening_room.room
    maija, now = cast.seat(cast.maija), timezone.now()
    for reader in (aino, berit):
        reader.opens()
    assert "Your hand is up" in berit.presses("hand:up", body="A draft").content.decode()
    turns.begin(room, by=maija, minutes=2, now=now)
    checking_in.ask(room, by=maija, now=now)
    page = aino.opens()
    assert "It is your turn, about 2 minutes left. You may write, pass, or just be here. Then Rowan." in page
    hers = re.search(r'Rowan</span>(?:(?!</li>).)*data-part="hand-up">', page, re.S)
    assert hers, "a hand is seen by all"
    aino.presses("pass")
    assert "Rowan has the turn, about 2 minutes left." in aino.opens()
    assert 'data-part="asked"><p>' in page
    unchosen = aino.presses("checkin", body="Half a thought").content.decode()
    # On the page itself: its scripts' words, which stand there too, are for others.
    assert 'data-part="me-said">Choose a number from 0 to 10.</p>' in unchosen
    assert "Half a thought</textarea>" in unchosen
    aino.presses("checkin", check_in="4", check_in_note="Tired.")
    assert [(one.value, one.note) for one in CheckIn.objects.all()] == [("4", "Tired.")]
    assert 'data-part="asked" hidden' in aino.opens()
    aino.presses("quiet:on")
    assert Arrival.objects.get(member=cast.seat(cast.aino)).quiet
    moderation.pause(room, by=maija, exercise="breath")
    assert re.search(r'data-exercise="breath">', aino.opens())


def test_who_has_no_script_has_her_turn_in_a_round_in_which_the_others_wait(
    aino: Reader, berit: Reader, open_evening_room: Evening
) -> None:
    cast, room, now = open_evening_room.cast, open_evening_room.room, timezone.now()
    connected = Presence.objects.create(room=room, member=cast.seat(cast.elias), process=uuid4())
    aino.opens()
    turns.begin(room, by=cast.seat(cast.maija), minutes=2, others_wait=True, now=now)

    def order() -> list[str]:
        going = Room.objects.get(pk=room.pk).round
        assert going
        return list(going["waiting"])

    assert set(order()) == {str(aino.seat.pk), str(connected.member_id)}
    assert berit.presses("post", body="Before it began.").status_code == 400
    # She is noted with what she pressed, and her turn comes at the end.
    turns.follow_all(timezone.now())
    assert str(berit.seat.pk) in order()
    for reader in (aino, berit):
        while order()[0] != str(reader.seat.pk):
            turns.skip(room, by=cast.seat(cast.maija), now=timezone.now())
        assert reader.presses("post", body="What I wanted to say.").status_code == 302


@pytest.mark.check(58)
def test_while_nobody_is_here_the_page_says_so_and_closing_comes_with_care_and_helplines(
    aino: Reader, open_evening_room: Evening
) -> None:
    evening, now = open_evening_room, timezone.now()
    assert 'data-part="alone" hidden' in aino.reads()
    Room.objects.update(attended_at=now - timedelta(seconds=61))
    nobody_alone.tell_members(now)
    shown = aino.reads()
    assert 'data-part="alone" hidden' not in shown
    assert "What you send waits for one" in shown
    Room.objects.update(attended_at=now - timedelta(minutes=6))
    nobody_alone.close_unattended(now)
    closed = aino.reads()
    assert 'data-phase="unattended"' in closed
    assert "It is not because of anything you wrote." in closed
    lines = closed.split('data-phase-section="unattended"')[1].split("</section>")[0]
    assert 'href="tel:112"' in lines
    assert "country=fi" in lines
    evening.cast.aino.country = "fr"
    evening.cast.aino.save()
    assert "country=fr" in aino.reads().split('data-phase-section="unattended"')[1]


def test_a_page_is_here_for_three_minutes_and_no_longer(aino: Reader, open_evening_room: Evening) -> None:
    room, now = open_evening_room.room, timezone.now()
    aino.opens()
    mine = [str(aino.seat.pk)]
    assert turns.here(room, now=now + timedelta(seconds=170)) == mine
    assert turns.here(room, now=now + timedelta(seconds=185)) == []


def test_who_reads_on_without_a_script_is_not_looked_for_and_who_left_is(
    aino: Reader, open_evening_room: Evening
) -> None:
    room, now = open_evening_room.room, timezone.now()
    maija = open_evening_room.cast.seat(open_evening_room.cast.maija)
    Presence.objects.create(room=room, member=maija, process=uuid4(), seen_at=now + timedelta(hours=1))
    Signal.objects.create(
        room=room, member=aino.seat, message_id=uuid4(), kind="despair", level="watch", at=now
    )
    aino.opens("?following=80")
    for minute in (1, 2, 2.9):
        vanishing.look_for(now + timedelta(minutes=minute))
        assert not Task.objects.exists()
    for minute in (3.1, 5.2):
        vanishing.look_for(now + timedelta(minutes=minute))
    assert Task.objects.get().about == aino.seat


def test_a_facilitators_page_without_a_script_is_no_facilitator_who_is_there(
    open_evening_room: Evening,
) -> None:
    cast = open_evening_room.cast
    staff_browser(cast.maija).get(f"/room/{open_evening_room.room.pk}/")
    assert not escalating.on_duty(cast.alder.pk, now=timezone.now())


def test_a_hand_is_raised_and_lowered_without_a_script_and_a_draft_stays_in_the_box(
    aino: Reader, berit: Reader, open_evening_room: Evening
) -> None:
    raised = 'data-part="hand-up">'
    assert 'value="hand:up"' in aino.reads()
    page = aino.presses("hand:up", body="A draft").content.decode()
    assert "A draft</textarea>" in page
    assert 'value="hand:down" data-part="hand" aria-pressed="true"' in page
    assert raised in berit.reads()
    aino.presses("refresh")
    assert raised in berit.reads(), "it stays up while she reads on"
    aino.presses("hand:down")
    assert raised not in berit.reads()
    # One that she raised long ago is not up again with her next page.
    aino.presses("hand:up")
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=30))
    assert raised not in aino.reads()


def _changes_her_password(aino: Reader) -> None:
    user = aino.seat.user
    user.set_password("a long walk by the quiet sea")
    user.save()
    ending.end_sessions(user=user)


ENDS: dict[str, Callable[[Reader], object]] = {
    "leaving the page": lambda aino: aino.client.get("/leave/"),
    "signing out": lambda aino: aino.client.post(reverse("account_logout")),
    "signing out everywhere": lambda aino: ending.sign_out_everywhere(user=aino.seat.user, by=aino.seat.user),
    "a closed account": lambda aino: ending.deactivate(user=aino.seat.user, by=None, reason="asked"),
    "another password": _changes_her_password,
}


@pytest.mark.check(45)
@pytest.mark.parametrize("way", ENDS)
def test_with_the_end_of_her_sign_in_her_page_is_here_no_more(
    aino: Reader, berit: Reader, open_evening_room: Evening, way: str
) -> None:
    room, now = open_evening_room.room, timezone.now()
    aino.presses("hand:up")
    berit.opens()
    assert {*turns.here(room, now=now)} == {str(berit.seat.pk), str(aino.seat.pk)}
    ENDS[way](aino)
    assert list(Presence.objects.values_list("member", flat=True)) == [berit.seat.pk]
    assert 'data-part="hand-up">' not in berit.reads()


@pytest.mark.parametrize("ended", ["account", "membership"])
def test_whose_account_or_membership_has_ended_is_counted_nowhere(
    aino: Reader, berit: Reader, open_evening_room: Evening, ended: str
) -> None:
    cast, room, now = open_evening_room.cast, open_evening_room.room, timezone.now()
    maija = cast.seat(cast.maija)
    aino.presses("hand:up")
    Presence.objects.create(room=room, member=maija, process=uuid4(), seen_at=now)
    Attendance.objects.all().delete()

    def counted() -> list[object]:
        attendance.note_connected(timezone.now())
        seats = Attendance.objects.values_list("member", flat=True)
        return [
            {*present_in(room, now=now).values_list("member", flat=True)},
            turns.here(room, now=now),
            escalating.on_duty(room.group_id, now=now),
            facilitators_here([room.group_id], now=now).get(room.group_id, set()),
            {*seats} & {maija.pk, aino.seat.pk},
            'data-part="hand-up">' in berit.reads(),
        ]

    both = {maija.pk, aino.seat.pk}
    assert counted() == [both, [str(aino.seat.pk)], True, {cast.maija.pk}, both, True]
    Attendance.objects.all().delete()
    Presence.objects.exclude(member__in=both).delete()
    for seat in (maija, aino.seat):
        if ended == "account":
            User.objects.filter(pk=seat.user_id).update(is_active=False)
        else:
            Membership.objects.filter(pk=seat.pk).update(state="left")
    assert counted() == [set(), [], False, set(), set(), False]
