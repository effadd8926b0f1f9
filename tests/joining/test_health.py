"""How groups are doing, and what needs doing today: numbers and links, no names."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from peersupport.accounts.models import Mail
from peersupport.chat.models import HeldMessage
from peersupport.groups import absences
from peersupport.groups.models import Attendance, Meeting, Membership, Rostered, Task
from peersupport.joining.health import health_of
from tests.cast import Cast
from tests.joining import applicants
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


def came(meeting: Meeting, *members: Membership) -> None:
    for member in members:
        Attendance.objects.create(
            meeting=meeting, member=member, first_seen=meeting.starts_at, last_seen=meeting.ends_at
        )


def test_a_group_shows_who_came_what_is_held_and_which_debriefs_are_missing(
    cast: Cast, salla: Client
) -> None:
    group, now = cast.alder, cast.now
    Attendance.objects.all().delete()
    Meeting.objects.filter(group=group).update(debriefed_at=now)
    parents = list(group.memberships.filter(role="parent").order_by("pk"))
    second, third = cast.meeting(group, 2), cast.meeting(group, 3)
    Meeting.objects.filter(pk=second.pk).update(debriefed_at=None)
    came(second, *parents[:3])
    came(third, *parents[2:4], cast.seat(cast.maija, group))
    for decision in ("waiting", "waiting", "declined"):
        HeldMessage.objects.create(
            room=cast.room(group),
            message_id=uuid4(),
            member=parents[0],
            body="Words.",
            body_hash=b"h",
            why="first",
            decision=decision,
        )
    found = health_of([group, cast.birch], now)
    doing = found[group.pk]
    assert (doing.came, doing.belonged, doing.stayed_away) == (2, len(parents), len(parents) - 4)
    assert (doing.held, doing.undebriefed) == (2, 1)
    assert found[cast.birch.pk].came is None

    # A meeting at which none of the parents was says nothing of any one of them, here as in the tasks.
    kept = list(third.attendances.filter(member__role="parent"))
    third.attendances.filter(member__role="parent").delete()
    alone = health_of([group], now)[group.pk]
    assert (alone.came, alone.stayed_away) == (0, 0)
    absences.notice(third.ends_at + Meeting.RUNS_OVER)
    assert not Task.objects.filter(what=Task.What.ABSENT).exists()
    Attendance.objects.bulk_create(kept)

    page = salla.get("/desk/places/").content.decode()
    assert f"2 of {len(parents)} came" in page
    assert "2 messages held" in page
    assert "1 debrief missing" in page
    assert parents[0].pseudonym not in page


def test_what_needs_doing_is_one_list_with_the_most_urgent_first(cast: Cast, salla: Client) -> None:
    assert "Nothing waits for you just now." in salla.get("/desk/").content.decode()
    group = cast.birch
    first = group.meetings.order_by("starts_at")[0]
    first.starts_at, first.ends_at = cast.later(days=2), cast.later(days=2, hours=1)
    first.save()
    Rostered.objects.filter(meeting=first).delete()
    applicants.sent(cast.now - timedelta(days=3, minutes=1))
    Mail.objects.create(subject=uuid4(), template="news", title="A note", due_at=cast.now, state="failed")
    Meeting.objects.filter(group=cast.alder).update(debriefed_at=None)

    shown = salla.get("/desk/").context["to_do"]
    words = [one.words for one in shown]
    order = ("not two facilitators", "1 application is to be read", "1 mail failed", "talked over")
    places = [next(number for number, one in enumerate(words) if part in one) for part in order]
    assert places == sorted(places)
    assert "The longest has waited 3 days." in words[places[1]]
    assert shown[places[0]].now
    for one in shown:
        assert salla.get(one.link).status_code == 200
