"""What a test finds of an evening that another test made: all of it, and nothing that this other one did."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.accounts.models import Session, User
from peersupport.chat.models import Room
from tests import kept
from tests.cast import FIRST, Cast
from tests.chat.conftest import NAMES, SETTLED, settled
from tests.conftest import EMPTYING, SecureClient


def comes_with(cookie: str) -> Client:
    """A browser that holds this cookie."""
    client = SecureClient()
    name, _equals, value = cookie.partition("=")
    client.cookies[name] = value
    return client


@pytest.mark.django_db(transaction=True)
def test_an_evening_comes_back_with_everybody_signed_in_and_with_nothing_that_was_done_meanwhile(
    pytestconfig: pytest.Config,
) -> None:
    first = settled(Cast(timezone.now()))
    users = {name: getattr(first.cast, name).pk for name in NAMES}
    Room.objects.update(state=Room.State.OPEN, mode=Room.Mode.HOLD_ALL)
    User.objects.update(is_active=False)
    Session.objects.all().delete()
    first.cast.aino.sign_in_name = first.room.mode = "changed"
    first.cookies["aino"] = "another"
    pytestconfig.stash[EMPTYING].empty()
    assert kept.nothing_is_there()

    again = settled(Cast(first.cast.now))
    assert again.cast.aino is not first.cast.aino
    assert again.cast.aino.sign_in_name != "changed"
    assert {name: getattr(again.cast, name).pk for name in NAMES} == users
    assert again.seats == first.seats
    assert (again.room.pk, again.room.mode) == (first.room.pk, Room.Mode.LIVE)
    assert Room.objects.get(pk=again.room.pk).state == Room.State.CLOSED
    for name in NAMES:
        assert comes_with(again.cookies[name]).get("/my/account/").status_code == 200
    # They are signed in by these cookies and not by being there.
    assert comes_with(first.cookies["aino"]).get("/my/account/").status_code == 302


@pytest.mark.django_db
def test_what_follows_at_the_end_of_a_transaction_is_kept_though_the_tests_own_never_ends() -> None:
    now = timezone.now()
    assert Cast(now).alder
    rows = kept._kept[FIRST]
    assert rows.now == now
    assert rows.tables["chat_standingmark"]
    assert SETTLED not in kept._kept or kept._kept[SETTLED].now != now
