"""Whoever waits before a room that nobody opens hears of it at once, with a socket and without."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from peersupport.chat.models import Room
from peersupport.chat.moderating import not_opened
from tests.chat.conftest import Evening
from tests.chat.test_without_sockets import asking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(58)]


@pytest.fixture(autouse=True)
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of these tests speaks http; pages outside the demonstration want https."""
    monkeypatch.setattr(settings, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"))


async def test_a_socket_and_a_long_poll_hear_it_at_that_moment_and_who_comes_later_reads_it(
    evening: Evening,
) -> None:
    berit = await evening.comes("berit")
    maija = await evening.comes("maija")
    async with asking(evening, "aino") as aino:
        known = await aino.ask()
        poll = asyncio.create_task(aino.ask(known["head"], wait=25, beside=known["beside"]))
        await sync_to_async(not_opened.tell_who_waits)(timezone.now())
        heard = await berit.hears(kind="late")
        assert "by" not in heard
        assert [one["kind"] for one in (await poll)["events"]] == ["late"]
        await maija.hears(kind="late")
        late = await evening.comes("elias")
        await late.hears(kind="late")
    assert (await Room.objects.aget(pk=evening.room.pk)).state == "closed"
