"""The page of a group says how its room stands, not what the clock says."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.chat import moderation
from peersupport.chat.models import Presence, Room
from peersupport.chat.moderating import nobody_alone
from tests.cast import Cast

pytestmark = pytest.mark.django_db
WAY_IN = "Go to the room"


def test_before_it_opens_while_it_is_open_and_when_it_has_closed(client: Client, cast: Cast) -> None:
    room, maija = cast.room(cast.alder), cast.seat(cast.maija, cast.alder)
    meeting = cast.alder.meetings.get(starts_at__lte=cast.now, ends_at__gt=cast.now)
    client.force_login(cast.aino)

    def page() -> str:
        return str(client.get(f"/my/{cast.alder.slug}/").content.decode())

    assert "The room opens soon" in page()
    assert WAY_IN in page()
    for seat in (maija, cast.seat(cast.oskar, cast.alder)):
        Presence.objects.create(room=room, member=seat, process=uuid4())
    moderation.open_room(room, by=maija)
    assert "The room is open" in page()
    assert WAY_IN in page()

    moderation.close(room, by=maija)
    assert "The room has closed for today" in page()
    assert WAY_IN not in page()
    # What comes is the week after; this one stands in the plan, and on the card of the last.
    assert page().count(meeting.topic) == 2
    assert "The room opens on" in page()

    moderation.open_room(room, by=maija)
    assert "The room is open" in page()
    now = timezone.now()
    nobody_alone.close_unattended(now + nobody_alone.CLOSE_AFTER * 2)
    assert Room.objects.get(pk=room.pk).state == Room.State.CLOSED
    assert "The room has closed for today" in page()


def test_a_meeting_that_runs_over_is_still_this_one(client: Client, cast: Cast) -> None:
    cast.alder.meetings.filter(ends_at__gt=cast.now).delete()
    ran = cast.alder.meetings.latest("ends_at")
    cast.alder.meetings.filter(pk=ran.pk).update(
        starts_at=cast.later(minutes=-95), ends_at=cast.later(minutes=-5), topic="What it ran over with"
    )
    client.force_login(cast.aino)
    path = f"/my/{cast.alder.slug}/"
    assert "There are no more meetings" in client.get(path).content.decode()

    type(cast.alder).objects.filter(pk=cast.alder.pk).update(room_open=True)
    page = client.get(path).content.decode()
    assert "The room is open" in page
    assert "There are no more meetings" not in page
    assert WAY_IN in page
    # Once in the plan, and once as the meeting that goes on.
    assert page.count("What it ran over with") == 2
