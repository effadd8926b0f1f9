"""Who asks to be erased is erased everywhere: the way in, the mails, the words in a room."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from peersupport.accounts import erasing
from peersupport.accounts.models import Mail, User
from peersupport.chat import members
from peersupport.chat.access import standing_for
from peersupport.chat.keeping.noting import locked, sealed
from peersupport.chat.models import Event, HeldMessage, Report, Room
from peersupport.chat.moderating import reports
from peersupport.chat.pages import reading
from peersupport.groups.models import Membership
from peersupport.joining import answering, placing
from peersupport.joining.models import Application, Interview
from peersupport.vault import keys
from tests.cast import Cast
from tests.facilitators.conftest import enters
from tests.joining.applicants import waiting

pytestmark = [pytest.mark.django_db, pytest.mark.check(52)]


@pytest.fixture
def hanna(cast: Cast) -> User:
    """Came in through an invitation, and sits in Birch."""
    application = waiting(cast.now, by=cast.salla, called="Hanna", address="hanna@demo.example")
    placement = placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    return answering.accept(
        placement=placement,
        pseudonym="Wren",
        password="lamp and four walls",
        with_email=True,
        now=cast.now,
    ).user


def _say(room: Room, member: Membership, words: str) -> UUID:
    message = uuid4()
    with locked(room.pk) as locked_room:
        locked_room.head += 1
        Event.objects.create(
            room=room,
            seq=locked_room.head,
            kind=Event.Kind.MESSAGE,
            member=member,
            message_id=message,
            body=sealed(room.pk, message, member, words, column="body"),
        )
        locked_room.save(update_fields=["head"])
    return message


def _erase(user: User) -> None:
    erasing.erase(user=user, by=None, now=timezone.now())


def test_what_she_told_on_her_way_in_is_gone(hanna: User) -> None:
    application = Application.objects.get(user=hanna)
    _erase(hanna)
    assert not Application.objects.filter(pk=application.pk).exists()
    assert not Interview.objects.filter(application=application.pk).exists()
    with pytest.raises(keys.KeyDestroyed):
        keys.key_for(application.pk)


def test_no_mail_keeps_her_address(hanna: User) -> None:
    assert [mail.address for mail in Mail.objects.filter(template="invitation")] == ["hanna@demo.example"]
    _erase(hanna)
    assert not [mail.address for mail in Mail.objects.all() if mail.address]
    assert not Mail.objects.filter(subject=hanna.pk).exists()


def test_her_words_in_the_room_are_gone_and_everybody_there_is_told(cast: Cast, hanna: User) -> None:
    room, seat = cast.room(cast.birch), cast.seat(hanna)
    message = _say(room, seat, "something about my child")
    _erase(hanna)
    (shown,) = reading.messages_of(standing_for(cast.toivo, room.pk))
    assert (shown.id, shown.body, shown.gone) == (message, None, "erased")
    last = Event.objects.filter(room=room).order_by("-seq").first()
    assert last is not None
    assert (last.kind, last.target) == ("erased", message)
    with pytest.raises(keys.KeyDestroyed):
        keys.key_for(seat.pk)


def test_she_has_left_her_group_and_the_seat_is_free(cast: Cast, hanna: User) -> None:
    seat = cast.seat(hanna)
    _erase(hanna)
    seat.refresh_from_db()
    assert seat.state == Membership.State.LEFT


def test_the_console_still_opens_where_she_had_reported_and_was_waiting(cast: Cast, hanna: User) -> None:
    room, seat = cast.room(cast.birch), cast.seat(hanna)
    message = members.message_in(room, _say(room, cast.seat(cast.toivo), "good evening"))
    reports.report(message, by=seat, reason="it frightened me")
    held = HeldMessage(
        room=room, message_id=uuid4(), member=seat, body="not yet read", body_hash=b"h", why="x"
    )
    held.save()
    _erase(hanna)
    page = enters(cast.ruben).get(f"/today/room/{room.pk}/")
    assert page.status_code == 200
    assert not HeldMessage.objects.filter(decision=HeldMessage.Decision.WAITING).exists()
    assert Report.objects.get().reason == ""


def test_nobody_elses_words_are_touched(cast: Cast, hanna: User) -> None:
    room = cast.room(cast.birch)
    _say(room, cast.seat(cast.toivo), "good evening")
    _erase(hanna)
    assert [shown.body for shown in reading.messages_of(standing_for(cast.noor, room.pk))] == ["good evening"]
