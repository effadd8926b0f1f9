"""Where each person can go from any page that is hers."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from peersupport.accounts.models import User
from peersupport.shell.places import places_of
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.shell.sample")]


def names(person: User) -> list[str]:
    return [place.name for place in places_of(person, path="/")]


def test_a_member_has_four_places_and_her_room_among_them(cast: Cast) -> None:
    places = places_of(cast.aino, path="/my/")
    assert [place.name for place in places] == ["Group", "Room", "Guides", "Account"]
    assert places[1].path == f"/room/of/{cast.alder.slug}/"
    assert [place.name for place in places if place.here] == ["Group"]


def test_her_account_is_not_her_group_although_its_address_begins_alike(cast: Cast) -> None:
    for path in ("/my/account/mail/", "/account/second-step/"):
        assert [place.name for place in places_of(cast.aino, path=path) if place.here] == ["Account"]


def test_staff_have_their_workspaces_and_nobody_more_than_four_places(cast: Cast) -> None:
    assert names(cast.maija)[0] == "Today"
    assert names(cast.salla)[0] == "Desk"
    assert names(cast.tuuli) == ["Texts", "Guides", "Account"]
    for person in (cast.maija, cast.salla, cast.tuuli, cast.aino, cast.toivo):
        assert len(names(person)) <= 4


def test_a_page_of_hers_shows_them_and_a_page_for_everyone_does_not(cast: Cast, client: Client) -> None:
    client.force_login(cast.aino)
    page = client.get("/sample/private/").content.decode()
    bar = re.search(r'<nav class="bottom-bar".*?</nav>', page, re.DOTALL)
    assert bar is not None
    assert bar[0].count("<li>") == 4
    assert "bottom-bar" not in client.get("/privacy/").content.decode().split("</head>")[1]


def test_without_a_sign_in_there_are_no_places(client: Client) -> None:
    page = client.get("/sample/private/").content.decode()
    assert "data-private" in page
    assert '<nav class="bottom-bar"' not in page
