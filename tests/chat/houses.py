"""A group with all kinds of rooms."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.utils import timezone

from peersupport.chat.access import furnish
from peersupport.chat.elsewhere import aside
from peersupport.chat.models import Room
from peersupport.groups.models import Membership
from tests.chat.conftest import Evening

House = dict[str, UUID]


@pytest.fixture
def house(settled_evening: Evening) -> House:
    """Alder's rooms by kind: the line is Aino's, and so is the side room, to which Maija has asked her."""
    furnish(settled_evening.cast.alder.pk)
    side = stepped_aside(settled_evening, "aino", by="maija")
    rooms = Room.objects.filter(group=settled_evening.cast.alder)
    return {
        "group": settled_evening.room.pk,
        "line": rooms.get(kind=Room.Kind.LINE, member=settled_evening.seats["aino"]).pk,
        "side": side.pk,
        "team": rooms.get(kind=Room.Kind.TEAM).pk,
    }


def seat(evening: Evening, name: str) -> Membership:
    """The membership of one of Alder's."""
    return Membership.objects.select_related("user").get(pk=evening.seats[name])


def stepped_aside(evening: Evening, name: str, *, by: str) -> Room:
    """A facilitator has asked a parent aside."""
    return aside.step_aside(seat(evening, name), by=seat(evening, by), room=evening.room, now=timezone.now())
