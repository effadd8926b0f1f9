"""The page of a private line: it can always be written on, and says who reads it and when."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.chat.access import furnish
from peersupport.chat.models import Event, Presence, Room
from peersupport.groups.models import Meeting
from tests.chat.conftest import Evening
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aino(settled_evening: Evening) -> Client:
    """Aino, whose group's room is closed."""
    return browser(settled_evening.cast.aino)


@pytest.fixture
def line(settled_evening: Evening) -> Room:
    """Her private line."""
    furnish(settled_evening.cast.alder.pk)
    return Room.objects.get(kind=Room.Kind.LINE, member=settled_evening.seats["aino"])


def shown(client: Client, room: UUID) -> str:
    """What the page shows, without what stands hidden in it or is for scripts."""
    answer = client.get(f"/room/{room}/")
    assert answer.status_code == 200
    page = re.sub(
        r"<(p|section)[^>]* hidden>.*?</\1>|<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page)))


def is_here(evening: Evening, name: str, room: Room) -> None:
    """Somebody is connected to a room now."""
    Presence.objects.create(room=room, member_id=evening.seats[name], process=uuid4())


def test_the_groups_room_shows_a_parent_the_way_to_her_line_and_nobody_elses(
    settled_evening: Evening, aino: Client, line: Room
) -> None:
    page = aino.get(f"/room/{settled_evening.room.pk}/").content.decode()
    (way,) = re.findall(r'href="/room/([^/]+)/#newest" data-part="private-way"', page)
    assert way == str(line.pk)
    for other in Room.objects.exclude(pk__in=[line.pk, settled_evening.room.pk]):
        assert str(other.pk) not in page


def test_without_a_script_she_writes_there_while_the_groups_room_is_closed(
    settled_evening: Evening, aino: Client, line: Room
) -> None:
    said = {"act": "post", "id": str(uuid4()), "body": "I could not say it before the others", "note": ""}
    assert aino.post(f"/room/{settled_evening.room.pk}/", said).status_code == 400
    assert aino.post(f"/room/{line.pk}/", said).status_code == 302
    assert "I could not say it before the others" in shown(aino, line.pk)
    oskar = staff_browser(settled_evening.cast.oskar)
    assert "I could not say it before the others" in shown(oskar, line.pk)
    assert Event.objects.filter(room=line).count() == 1


def test_what_she_was_writing_for_everybody_comes_along_unsent(aino: Client, line: Room) -> None:
    page = aino.post(
        f"/room/{line.pk}/", {"id": str(uuid4()), "body": "only for you", "note": "", "reply_to": ""}
    )
    assert ">only for you</textarea>" in page.content.decode()
    assert not Event.objects.exists()


def test_it_says_who_is_within_call_now(settled_evening: Evening, aino: Client, line: Room) -> None:
    is_here(settled_evening, "oskar", settled_evening.room)
    assert "Oskar is here now and sees what you write in a moment." in shown(aino, line.pk)
    is_here(settled_evening, "maija", line)
    is_here(settled_evening, "berit", settled_evening.room)
    page = shown(aino, line.pk)
    assert "Maija and Oskar are here now" in page
    assert "No facilitator is here just now" not in page
    assert "Nobody watches this line at night" in page


def test_with_nobody_there_it_says_when_somebody_will_read_it_on_her_own_clock(
    settled_evening: Evening, aino: Client, line: Room
) -> None:
    cast = settled_evening.cast
    during = shown(aino, line.pk)
    assert "No facilitator is here just now. They find it as soon as they come in" in during

    Meeting.objects.filter(group=cast.alder, ends_at__gt=timezone.now()).exclude(number=5).delete()
    cast.aino.time_zone = "Asia/Tokyo"
    cast.aino.save()
    starts = cast.meeting(cast.alder, 5).starts_at + timedelta(hours=9)
    assert (
        f"at the latest before the meeting on {starts:%A} {starts.day} {starts:%B} at {starts:%H:%M}"
        in shown(aino, line.pk)
    )

    Meeting.objects.filter(group=cast.alder).delete()
    assert "no meeting is planned" in shown(aino, line.pk)


def test_a_facilitator_reads_whose_line_it_is_and_the_title_says_nothing(
    settled_evening: Evening, line: Room
) -> None:
    oskar = staff_browser(settled_evening.cast.oskar)
    assert "Willow and the facilitators" in shown(oskar, line.pk)
    title = re.search(r"<title>(.*?)</title>", oskar.get(f"/room/{line.pk}/").content.decode(), re.DOTALL)
    assert title
    assert "Willow" not in title[1]
    assert "private" not in title[1]


def test_a_console_is_for_the_groups_room_alone_and_leads_to_the_others(
    settled_evening: Evening, line: Room
) -> None:
    oskar = staff_browser(settled_evening.cast.oskar)
    assert oskar.get(f"/today/room/{line.pk}/").status_code == 404
    console = oskar.get(f"/today/room/{settled_evening.room.pk}/").content.decode()
    team = Room.objects.get(kind=Room.Kind.TEAM)
    assert f'href="/room/{team.pk}/#newest"' in console
    assert f'href="/room/{line.pk}/#newest"' in console


@pytest.mark.check(55)
def test_without_a_script_only_she_reads_that_she_is_asked_aside(
    settled_evening: Evening, aino: Client, line: Room
) -> None:
    group = settled_evening.room
    side = Room.objects.create(
        group=group.group, kind=Room.Kind.SIDE, member_id=settled_evening.seats["aino"], state=Room.State.OPEN
    )
    assert "Would you like to step aside for a moment?" in shown(aino, group.pk)
    assert f'href="/room/{side.pk}/"' in aino.get(f"/room/{group.pk}/").content.decode()
    berit = browser(settled_evening.cast.berit)
    assert "One of the facilitators has stepped aside for a moment." in shown(berit, group.pk)
    assert str(side.pk) not in berit.get(f"/room/{group.pk}/").content.decode()
    assert "Back to the group" in shown(aino, side.pk)
