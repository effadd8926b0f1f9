"""A coordinator says of a group whether criminal cases may be open; its room asks accordingly."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat.access import standing_for
from peersupport.chat.pages.page import config, room_page
from peersupport.groups import running
from tests.cast import Cast
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def is_asked(cast: Cast) -> bool:
    """Whether a parent's browser is told to look for accounts."""
    standing = standing_for(cast.aino, cast.room(cast.alder).pk)
    nudges = config(standing, room_page(standing, now=timezone.now()))["nudges"]
    assert nudges is not None
    return bool(nudges["evidence"])


def test_the_desk_says_whether_cases_are_open_and_the_room_asks_accordingly(
    cast: Cast, salla: Client
) -> None:
    running.say_cases_are_open(group=cast.alder, are_open=False, by=None)
    address = f"/desk/places/{cast.alder.slug}/"
    assert f'href="{address}"' in page(salla, "/desk/places/")
    before = page(salla, address)
    assert "May criminal cases of families in this group still be open?" in before
    assert "asked once an evening" in before
    assert not is_asked(cast)
    answer = salla.post(address, {"cases": "open"}, follow=True)
    assert "Kept. It counts for whoever opens the room from now on." in unescape(answer.content.decode())
    assert "Last said by you" in unescape(answer.content.decode())
    assert "cases open" in page(salla, "/desk/places/")
    assert is_asked(cast)
    entry = Entry.objects.filter(what="group.cases_open").latest("at")
    assert (entry.actor, entry.facts) == (cast.salla.pk, {"are_open": True})


def test_saying_the_same_again_is_no_act_and_nothing_chosen_is_asked_for(cast: Cast, salla: Client) -> None:
    running.say_cases_are_open(group=cast.alder, are_open=True, by=None)
    address, said = f"/desk/places/{cast.alder.slug}/", Entry.objects.filter(what="group.cases_open")
    before = said.count()
    salla.post(address, {"cases": "open"})
    assert said.count() == before
    assert salla.post(address, {"cases": "perhaps"}).status_code == 400
    assert salla.post(address, {}).status_code == 400
    cast.alder.refresh_from_db()
    assert cast.alder.cases_open


def test_it_is_nobody_elses_to_say(cast: Cast) -> None:
    running.say_cases_are_open(group=cast.alder, are_open=True, by=None)
    address = f"/desk/places/{cast.alder.slug}/"
    for client in (browser(cast.aino), staff_browser(cast.maija)):
        missing = client.post("/desk/places/no-such-place/", {"cases": "closed"})
        refused = client.post(address, {"cases": "closed"})
        assert refused.status_code == missing.status_code != 200
        assert refused.content == missing.content
    cast.alder.refresh_from_db()
    assert cast.alder.cases_open
