"""Whoever is no longer a facilitator of the organisation leads no room, whatever the group's list says."""

from __future__ import annotations

import pytest
from django.utils import timezone

from peersupport.accounts.models import StaffRole
from peersupport.accounts.staffing import take_role
from peersupport.chat import moderation
from peersupport.chat.meeting import rounds, turns
from peersupport.chat.models import Room
from peersupport.chat.moderating import ejecting, quieting
from peersupport.chat.protocol.errors import Refused
from tests.cast import Cast
from tests.conftest import SecureClient


@pytest.fixture
def room(people: Cast) -> Room:
    """Alder's room; Maija, who led it, has lost her role."""
    room = people.room(people.alder)
    take_role(of=people.maija, role=StaffRole.Role.FACILITATOR, by=people.salla)
    return room


@pytest.mark.check(33)
def test_a_facilitator_whose_role_was_taken_finds_her_rooms_gone(people: Cast, room: Room) -> None:
    client = SecureClient()
    client.force_login(people.maija)
    missing = client.get("/room/00000000-0000-4000-8000-000000000000/")
    assert missing.status_code == 404
    for path in (
        f"/room/{room.pk}/",
        f"/today/room/{room.pk}/",
        f"/my/{people.alder.slug}/",
        f"/my/{people.alder.slug}/calendar.ics",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (404, missing.content), path


@pytest.mark.check(33)
def test_a_facilitator_whose_role_was_taken_cannot_read_along_through_the_api(
    people: Cast, room: Room
) -> None:
    client = SecureClient()
    client.force_login(people.maija)
    assert client.get(f"/api/v1/rooms/{room.pk}/events/").status_code == 404


@pytest.mark.check(33)
def test_a_facilitator_whose_role_was_taken_can_moderate_nothing(people: Cast, room: Room) -> None:
    maija, berit = people.seat(people.maija), people.seat(people.berit, people.alder)
    ejection = ejecting.eject(
        berit, by=people.seat(people.oskar, people.alder), reason="to be looked at", room=room
    )
    with pytest.raises(Refused, match="not_allowed"):
        moderation.pause(room, by=maija)
    going = rounds.begin([str(berit.pk)], minutes=2, others_wait=False, now=timezone.now())
    Room.objects.filter(pk=room.pk).update(round=rounds.stored(going))
    with pytest.raises(Refused, match="not_allowed"):
        turns.take_longer(room, by=maija)
    for verb in (ejecting.confirm_eject, ejecting.undo_eject):
        with pytest.raises(Refused, match="not_allowed"):
            verb(ejection, by=people.maija)


@pytest.mark.check(30)
def test_a_parent_can_neither_confirm_nor_undo_that_another_was_put_out(people: Cast, room: Room) -> None:
    oskar = people.seat(people.oskar, people.alder)
    ejection = ejecting.eject(people.seat(people.berit), by=oskar, reason="to be looked at", room=room)
    for verb in (ejecting.confirm_eject, ejecting.undo_eject):
        with pytest.raises(Refused):
            verb(ejection, by=people.aino)


def test_a_facilitator_who_keeps_her_role_keeps_her_rooms(people: Cast, room: Room) -> None:
    oskar = people.seat(people.oskar, people.alder)
    muted = quieting.mute(people.seat(people.aino), by=oskar, minutes=5, reason="a pause", room=room)
    assert muted.bites(timezone.now())
