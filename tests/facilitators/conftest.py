"""What the facilitators' tests share."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.accounts.second_factor import METHODS, METHODS_OF
from peersupport.chat.models import Presence, Room
from peersupport.demo import talking
from tests.cast import Cast
from tests.conftest import SecureClient


def enters(user: User) -> Client:
    """Somebody of the staff at a browser, second factor shown."""
    client = SecureClient()
    client.force_login(user)
    session = client.session
    session[METHODS] = [{"method": "mfa", "at": time.time()}]
    session[METHODS_OF] = str(user.pk)
    session.save()
    return client


def connects(cast: Cast, room: Room, *users: User) -> None:
    """They are connected to the room, as the server notes it every two seconds."""
    for user in users:
        Presence.objects.create(
            room=room, member=cast.seat(user, room.group), process=uuid4(), seen_at=timezone.now()
        )


@pytest.fixture
def room(cast: Cast) -> Room:
    """Alder's room, still closed."""
    return cast.room(cast.alder)


@pytest.fixture
def maija(cast: Cast, room: Room) -> Client:
    """Maija, who leads Alder, at her browser."""
    return enters(cast.maija)


@pytest.fixture
def evening(cast: Cast, room: Room) -> Room:
    """The room as it is ten minutes into the fourth meeting: open, a message waiting, a report."""
    talking.tell("alder", cast.alder, now=cast.now)
    room.refresh_from_db()
    return room
