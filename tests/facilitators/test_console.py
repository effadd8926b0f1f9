"""The console without a script: the same verbs, by forms."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from facilitators.acts import ACTS
from facilitators.keys import KEYS
from peersupport.accounts.models import Session
from peersupport.chat.models import Event, HeldMessage, Mute, Report, Room
from peersupport.chat.moderating import kind_words
from peersupport.groups.models import Membership
from tests.cast import Cast
from tests.facilitators.conftest import connects, enters

pytestmark = pytest.mark.django_db
MISSING = "00000000-0000-4000-8000-000000000000"


def page(client: Client, room: Room, part: str = "") -> str:
    answer = client.get(f"/today/room/{room.pk}/{part}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def acts(client: Client, room: Room, act: str, **fields: Any) -> str:
    """Presses a button of the console; what is said on the page that comes back."""
    answer = client.post(f"/today/room/{room.pk}/act/", {"act": act, **fields}, follow=True)
    return html.unescape(answer.content.decode())


def state(room: Room) -> tuple[str, str]:
    room.refresh_from_db()
    return room.state, room.mode


def newest(room: Room, kind: str) -> Event:
    return room.events.filter(kind=kind).order_by("-seq")[0]


# Opening and closing


def test_alone_she_is_told_kindly_that_the_room_opens_with_two(cast: Cast, room: Room, maija: Client) -> None:
    connects(cast, room, cast.maija)
    assert "1 of 2 facilitators here" in page(maija, room)
    assert "Two facilitators must be here before the room opens." in acts(maija, room, "open")
    assert state(room)[0] == Room.State.CLOSED


def test_with_her_co_facilitator_there_she_opens_the_room(cast: Cast, room: Room, maija: Client) -> None:
    connects(cast, room, cast.maija, cast.oskar)
    assert "The room is open." in acts(maija, room, "open")
    assert state(room)[0] == Room.State.OPEN


def test_a_parent_who_is_there_does_not_count_as_a_facilitator(cast: Cast, room: Room, maija: Client) -> None:
    connects(cast, room, cast.maija, cast.aino)
    acts(maija, room, "open")
    assert state(room)[0] == Room.State.CLOSED


def test_she_pauses_the_room_and_goes_on(evening: Room, maija: Client) -> None:
    acts(maija, evening, "pause")
    assert state(evening)[0] == Room.State.PAUSED
    acts(maija, evening, "unpause")
    assert state(evening)[0] == Room.State.OPEN


def test_closing_asks_once_and_says_what_it_means(evening: Room, maija: Client) -> None:
    assert f'href="/today/room/{evening.pk}/ask/close/"' in page(maija, evening)
    asked = page(maija, evening, "ask/close/")
    assert "Close the room?" in asked
    assert "Nobody can write any more" in asked
    acts(maija, evening, "close")
    assert state(evening)[0] == Room.State.CLOSED


def test_she_chooses_which_messages_wait(evening: Room, maija: Client) -> None:
    acts(maija, evening, "mode", mode="hold_all")
    assert state(evening)[1] == Room.Mode.HOLD_ALL
    maija.post(f"/today/room/{evening.pk}/act/", {"act": "mode", "mode": "nonsense"})
    assert state(evening)[1] == Room.Mode.HOLD_ALL


# What waits


def test_what_waits_shows_who_why_and_for_how_long(cast: Cast, evening: Room, maija: Client) -> None:
    HeldMessage.objects.update(held_at=timezone.now() - timedelta(minutes=7))
    shown = page(maija, evening)
    held = HeldMessage.objects.get()
    assert held.body in shown
    for words in ("Maple", "for 7 minutes", "May hold personal details."):
        assert words in shown


def test_a_released_message_is_in_the_room_in_its_writers_name(
    cast: Cast, evening: Room, maija: Client
) -> None:
    held = HeldMessage.objects.get()
    words = held.body
    assert "The message of Maple is in the room." in acts(maija, evening, "release", target=held.message_id)
    assert newest(evening, "message").member_id == held.member_id
    assert words in page(maija, evening)


def test_declining_asks_why_and_shows_the_message_it_is_about(evening: Room, maija: Client) -> None:
    held = HeldMessage.objects.get()
    asked = page(maija, evening, f"ask/decline/?target={held.message_id}")
    assert held.body in asked
    for _key, sentence in kind_words.choices("decline"):
        assert sentence in asked


def test_declining_without_a_reason_comes_back_with_words_beside_the_field(
    evening: Room, maija: Client
) -> None:
    held = HeldMessage.objects.get()
    answer = maija.post(f"/today/room/{evening.pk}/act/", {"act": "decline", "target": held.message_id})
    assert answer.status_code == 422
    assert "Choose a reason." in answer.content.decode()
    held.refresh_from_db()
    assert held.decision == HeldMessage.Decision.WAITING


def test_a_reason_of_her_own_needs_words(evening: Room, maija: Client) -> None:
    held = HeldMessage.objects.get()
    fields = {"target": held.message_id, "reason": "own"}
    assert "Say the reason in a sentence." in acts(maija, evening, "decline", **fields)
    acts(maija, evening, "decline", **fields, own_words="Please write it without the school.")
    held.refresh_from_db()
    assert (held.decision, held.reason) == ("declined", "Please write it without the school.")


def test_a_decision_that_a_colleague_was_quicker_with_is_said_kindly(
    cast: Cast, evening: Room, maija: Client
) -> None:
    held = HeldMessage.objects.get()
    acts(enters(cast.oskar), evening, "release", target=held.message_id)
    said = acts(maija, evening, "release", target=held.message_id)
    assert "Oskar has already let it into the room." in said


def test_a_report_shows_the_message_it_is_about_and_is_seen_to(evening: Room, maija: Client) -> None:
    report = Report.objects.get()
    shown = page(maija, evening, "beside/")
    assert report.reason in shown
    assert "The teacher keeps a seat by the door free" in shown
    acts(maija, evening, "answer", target=report.pk)
    assert "None is open." in page(maija, evening, "beside/")


# Messages and people


def test_a_removed_message_is_gone_for_everybody_with_the_reason(evening: Room, maija: Client) -> None:
    words = "We moved the phones to the kitchen"
    message = newest(evening, "message")
    assert words in page(maija, evening)
    assert words in page(maija, evening, f"ask/remove/?target={message.message_id}")
    acts(maija, evening, "remove", target=message.message_id, reason="names")
    assert words not in page(maija, evening)
    assert newest(evening, "removed").target == message.message_id


def test_a_parent_who_only_reads_for_a_while_can_be_let_write_again(
    cast: Cast, evening: Room, maija: Client
) -> None:
    lark = cast.seat(cast.elias)
    said = acts(maija, evening, "mute", target=lark.pk, minutes=10, reason="calm")
    assert "Lark reads along for 10 minutes." in said
    assert "only reads until" in said
    assert Mute.objects.get(member=lark).bites(timezone.now())
    acts(maija, evening, "unmute", target=lark.pk)
    assert not Mute.objects.get(member=lark).bites(timezone.now())


def test_putting_somebody_out_needs_a_second_word_and_can_be_undone(
    cast: Cast, evening: Room, maija: Client
) -> None:
    lark = cast.seat(cast.elias)
    acts(maija, evening, "eject", target=lark.pk, reason="harm")
    lark.refresh_from_db()
    assert lark.state == Membership.State.SUSPENDED
    assert "Waits for the word of somebody else." in page(maija, evening, "beside/")
    assert "Somebody else has to confirm this." in acts(maija, evening, "confirm_eject", target=lark.pk)
    acts(maija, evening, "undo_eject", target=lark.pk)
    lark.refresh_from_db()
    assert lark.state == Membership.State.ACTIVE


def test_her_co_facilitator_confirms_it(cast: Cast, evening: Room, maija: Client) -> None:
    lark = cast.seat(cast.elias)
    acts(maija, evening, "eject", target=lark.pk, reason="danger")
    oskar = enters(cast.oskar)
    assert "waits for your word" in page(oskar, evening, "beside/")
    acts(oskar, evening, "confirm_eject", target=lark.pk)
    lark.refresh_from_db()
    assert lark.state == Membership.State.LEFT


def test_a_facilitator_cannot_be_muted_nor_put_out(cast: Cast, evening: Room, maija: Client) -> None:
    oskar = cast.seat(cast.oskar)
    for act, fields in (("mute", {"minutes": 10, "reason": "calm"}), ("eject", {"reason": "harm"})):
        assert "This is not possible here." in acts(maija, evening, act, target=oskar.pk, **fields)
    assert not Mute.objects.exists()


@pytest.mark.parametrize("act", sorted(ACTS))
def test_nonsense_is_answered_in_words_and_changes_nothing(evening: Room, maija: Client, act: str) -> None:
    before = evening.events.count()
    if act not in {"open", "close", "pause", "unpause"}:
        for target in ("", "nonsense", MISSING):
            answer = maija.post(
                f"/today/room/{evening.pk}/act/",
                {"act": act, "target": target, "reason": "harm", "minutes": "900", "mode": "\x00"},
            )
            assert answer.status_code in {302, 404, 422}
    assert evening.events.count() == before


# Who may


def test_a_parent_of_the_group_gets_the_same_404_as_for_a_missing_room(cast: Cast, evening: Room) -> None:
    aino = enters(cast.aino)
    for part in ("", "beside/", "ask/close/"):
        there, missing = (aino.get(f"/today/room/{one}/{part}") for one in (evening.pk, MISSING))
        assert (there.status_code, there.content) == (404, missing.content)


def test_a_facilitator_of_another_group_cannot_act_and_learns_nothing(cast: Cast, evening: Room) -> None:
    ruben = enters(cast.ruben)
    there, missing = (
        ruben.post(f"/today/room/{one}/act/", {"act": "close"}) for one in (evening.pk, MISSING)
    )
    assert (there.status_code, there.content) == (404, missing.content)
    assert state(evening)[0] == Room.State.OPEN


# With a script


def test_the_script_is_told_what_happened_and_how_to_undo_it(
    cast: Cast, evening: Room, maija: Client
) -> None:
    lark = cast.seat(cast.elias)
    answer = maija.post(
        f"/today/room/{evening.pk}/act/",
        {"act": "mute", "target": str(lark.pk), "minutes": "5", "reason": "pause"},
        headers={"X-Part": "1"},
    )
    assert answer.json() == {
        "ok": True,
        "said": "Lark reads along for 5 minutes.",
        "undo": {"act": "unmute", "target": str(lark.pk)},
    }


def test_the_script_is_told_why_not(cast: Cast, room: Room, maija: Client) -> None:
    answer = maija.post(f"/today/room/{room.pk}/act/", {"act": "open"}, headers={"X-Part": "1"})
    assert answer.json()["ok"] is False
    assert "Two facilitators" in answer.json()["said"]


def test_every_key_of_the_list_is_one_letter_and_none_stands_twice() -> None:
    keys = [key.key for key in KEYS]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 1 for key in keys)


def test_every_key_that_a_button_names_is_on_the_list(cast: Cast, evening: Room, maija: Client) -> None:
    named = set(re.findall(r'data-key="(.)"', page(maija, evening)))
    assert {"p", "c", "m", "r", "d", "a", "u", "e"} <= named
    assert named <= {key.key for key in KEYS}


def test_a_console_that_renews_itself_does_not_keep_the_sign_in_alive(evening: Room, maija: Client) -> None:
    soon = timezone.now() + timedelta(minutes=5)

    def ends() -> bool:
        Session.objects.update(expire_date=soon)
        session = maija.session
        session["last_seen"] = 0
        session.save()
        Session.objects.update(expire_date=soon)
        return True

    ends()
    maija.get(f"/today/room/{evening.pk}/beside/", headers={"X-By-Itself": "1"})
    assert Session.objects.get().expire_date == soon
    maija.get(f"/today/room/{evening.pk}/beside/")
    assert Session.objects.get().expire_date > soon


def test_all_reasons_are_whole_sentences() -> None:
    for act in ("decline", "remove", "mute", "eject", "answer"):
        for template in kind_words.templates(act):
            assert kind_words.sentence(act, template).endswith((".", "!"))
