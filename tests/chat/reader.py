"""Somebody with a plain browser in a room."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from peersupport.accounts.models import User
from tests.conftest import SecureClient

if TYPE_CHECKING:  # which has fixtures of these readers
    from tests.chat.conftest import Evening


class Reader:
    """Somebody with a plain browser in the room."""

    def __init__(self, evening: Evening, user: User) -> None:
        self.client: Client = SecureClient()
        self.client.force_login(user)
        self.seat = evening.cast.seat(user)
        self.address = reverse("chat:room", args=[evening.room.pk])
        self.id = str(uuid4())

    def opens(self, query: str = "") -> str:
        """The page's text, entities read."""
        response = self.client.get(self.address + query)
        assert response.status_code == 200
        return unescape(response.content.decode())

    def reads(self) -> str:
        """What stands on the page itself, without the words that its scripts may say."""
        return self.opens().split('id="room-config"')[0]

    def presses(self, act: str, **fields: str) -> Any:
        """Sends the form by one of its buttons."""
        return self.client.post(self.address, {"act": act, "id": self.id, "body": "", "note": "", **fields})
