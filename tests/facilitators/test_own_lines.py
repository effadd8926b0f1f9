"""What a group adds to its agreement: written down by a facilitator, agreed to on coming in."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test import Client

from peersupport.audit.models import Entry
from peersupport.chat.models import Arrival, Room
from peersupport.chat.tending import erase_group
from peersupport.groups import agreeing, agreement
from peersupport.groups.models import OwnLines
from tests.cast import Cast
from tests.facilitators.conftest import enters

pytestmark = pytest.mark.django_db
LINE = "We write in the evening only & answer when we can."


def writes(client: Client, room: Room, lines: str) -> str:
    answer = client.post(f"/today/room/{room.pk}/agreement/", {"lines": lines}, follow=True)
    return html.unescape(answer.content.decode())


def at_the_door(cast: Cast, room: Room, client: Client) -> str:
    """Aino before the meeting that is on, not yet arrived; the page she finds."""
    Arrival.objects.filter(member=cast.seat(cast.aino)).delete()
    client.force_login(cast.aino)
    return html.unescape(client.get(f"/room/{room.pk}/in/").content.decode())


def shown_version(page: str) -> str:
    found = re.search(r'name="agreement" value="([^"]+)"', page)
    assert found
    return found[1]


def test_what_a_facilitator_writes_down_stands_on_the_groups_page_for_everybody(
    cast: Cast, room: Room, maija: Client, client: Client
) -> None:
    assert "Kept." in writes(maija, room, f"{LINE}\n\n  No tips unless asked.  ")
    assert agreeing.lines_of(cast.alder) == [LINE, "No tips unless asked."]
    for parent in (cast.aino, cast.berit):
        client.force_login(parent)
        page = html.unescape(client.get(f"/my/{cast.alder.slug}/").content.decode())
        assert LINE in page
    client.force_login(cast.toivo)
    assert LINE not in html.unescape(client.get(f"/my/{cast.birch.slug}/").content.decode())


def test_on_coming_in_a_parent_reads_and_agrees_to_them(
    cast: Cast, room: Room, maija: Client, client: Client
) -> None:
    writes(maija, room, LINE)
    page = at_the_door(cast, room, client)
    assert LINE in page
    client.post(f"/room/{room.pk}/in/", {"seen": "no", "agreement": shown_version(page)})
    assert Arrival.objects.get(member=cast.seat(cast.aino)).agreement == f"{agreement.VERSION}+1"


def test_nobody_agrees_to_lines_that_changed_while_the_page_stood_open(
    cast: Cast, room: Room, maija: Client, client: Client
) -> None:
    before = shown_version(at_the_door(cast, room, client))
    writes(maija, room, LINE)
    again = client.post(f"/room/{room.pk}/in/", {"seen": "no", "agreement": before})
    page = html.unescape(again.content.decode())
    assert again.status_code == 422
    assert "has changed meanwhile" in page
    assert LINE in page
    assert not Arrival.objects.filter(member=cast.seat(cast.aino)).exists()
    let_in = client.post(f"/room/{room.pk}/in/", {"seen": "no", "agreement": shown_version(page)})
    assert let_in.status_code == 302


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("\n".join("abcdef"), "Up to five lines fit."),
        ("a" * 141, "Keep each line under 140 characters"),
        ("a\u0000b", "Null characters are not allowed."),
    ],
)
def test_too_many_too_long_or_unreadable_is_said_and_nothing_is_kept(
    cast: Cast, room: Room, maija: Client, lines: str, why: str
) -> None:
    assert why in writes(maija, room, lines)
    assert agreeing.lines_of(cast.alder) == []


def test_the_same_lines_again_make_no_new_version_and_none_take_the_old_away(
    cast: Cast, room: Room, maija: Client
) -> None:
    writes(maija, room, LINE)
    writes(maija, room, LINE)
    assert agreeing.version_of(cast.alder) == f"{agreement.VERSION}+1"
    writes(maija, room, "")
    assert agreeing.lines_of(cast.alder) == []
    assert agreeing.version_of(cast.alder) == f"{agreement.VERSION}+2"
    # What was agreed to before stays readable.
    assert OwnLines.objects.get(group=cast.alder, number=1).words == LINE


def test_only_who_leads_the_group_writes_them_down(
    cast: Cast, room: Room, maija: Client, client: Client
) -> None:
    path = f"/today/room/{room.pk}/agreement/"
    assert maija.get(path).status_code == 200
    client.force_login(cast.aino)
    for other in (client, enters(cast.ruben)):
        assert other.get(path).status_code == 404
        assert other.post(path, {"lines": LINE}).status_code == 404
    assert not OwnLines.objects.exists()


def test_the_words_are_sealed_in_the_database_and_not_in_the_record(room: Room, maija: Client) -> None:
    writes(maija, room, LINE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM groups_ownlines")
        (stored,) = cursor.fetchone()
    assert stored
    assert b"evening" not in bytes(stored)
    noted = Entry.objects.get(what="group.agreed")
    assert "evening" not in str(vars(noted))


def test_they_are_erased_with_what_was_said_in_the_room(cast: Cast, room: Room, maija: Client) -> None:
    writes(maija, room, LINE)
    assert OwnLines.objects.exists()
    erase_group(cast.alder)
    assert not OwnLines.objects.exists()
    assert agreeing.lines_of(cast.alder) == []
