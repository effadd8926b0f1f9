"""Two absences in a row are a task for the facilitators, once, and never a mail to the parent."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape

import pytest

from peersupport.accounts.models import Mail
from peersupport.groups import absences, coming, membership
from peersupport.groups.models import Attendance, Coming, Meeting, Membership, Task
from tests.cast import Cast
from tests.groups.test_notices import reachable
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db


def over(meeting: Meeting) -> datetime:
    """When who was at a meeting is looked at."""
    return meeting.ends_at + Meeting.RUNS_OVER


@pytest.fixture
def attended(cast: Cast) -> None:
    """Everybody was at the first three meetings of Alder, and so far nobody at another."""
    Attendance.objects.all().delete()
    Membership.objects.filter(group=cast.alder).update(since=cast.later(days=-200))
    for number in (1, 2, 3):
        there(cast.meeting(cast.alder, number), *cast.alder.memberships.all())


def there(meeting: Meeting, *members: Membership) -> None:
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, member=one, first_seen=meeting.starts_at, last_seen=meeting.ends_at)
        for one in members
    )


def names() -> list[str]:
    found = Task.objects.filter(what=Task.What.ABSENT).order_by("about__pseudonym")
    return list(found.values_list("about__pseudonym", flat=True))


def test_two_in_a_row_are_one_kind_task_and_a_third_is_the_same(cast: Cast, attended: None) -> None:
    reachable(cast.aino)
    willow, rowan = cast.seat(cast.aino), cast.seat(cast.berit)
    others = list(cast.alder.memberships.exclude(pk__in=[willow.pk, rowan.pk]))
    two, three, four, five = (cast.meeting(cast.alder, number) for number in (2, 3, 4, 5))
    for meeting in (two, three):
        meeting.attendances.filter(member=willow).delete()
    # Rowan missed the second alone: that she came once in between is what counts.
    two.attendances.filter(member=rowan).delete()
    coming.say(meeting=three, member=willow, says=Coming.Says.NOT, signed_in=True, now=three.starts_at)
    absences.notice(over(two))
    assert names() == [], "once is nothing"
    for _again in range(2):
        absences.notice(over(three))
    assert names() == ["Willow"]
    there(four, *others, rowan)
    there(five, *others, rowan)
    for meeting in (four, five):
        absences.notice(over(meeting))
    assert names() == ["Willow"], "the same series is the same task"
    assert not Mail.objects.filter(template="missed").exists()
    [task] = Task.objects.filter(what=Task.What.ABSENT)
    assert (task.whom, task.group) == (Task.For.FACILITATOR, cast.alder)

    maija, address = staff_browser(cast.maija), f"/today/task/{task.pk}/"
    assert "Willow" not in maija.get(address).content.decode()
    page = unescape(maija.post(address, {"open": "1"}, follow=True).content.decode())
    assert "Willow" in page
    assert page.count("not there, and had said so.") == 1
    assert page.count(": not there.") == 1
    assert "no fault" in page
    closed = maija.post(address, {"outcome": "reached", "next_step": ""})
    assert closed.status_code == 302
    absences.notice(over(five))
    assert Task.objects.get(pk=task.pk).outcome == "reached"
    assert names() == ["Willow"], "what was seen to does not come back"


def test_a_new_series_is_a_new_task_and_who_is_new_or_gone_is_none(cast: Cast, attended: None) -> None:
    willow, heron, lark = cast.seat(cast.aino), cast.seat(cast.chloe), cast.seat(cast.elias)
    two, three, four, five = (cast.meeting(cast.alder, number) for number in (2, 3, 4, 5))
    for meeting in (two, three):
        meeting.attendances.filter(member__in=[willow, heron, lark]).delete()
    membership.leave(membership=lark, by=None, now=three.starts_at)
    Membership.objects.filter(pk=heron.pk).update(since=three.starts_at - timedelta(hours=1))
    absences.notice(over(three))
    assert names() == ["Willow"], "Lark has left, Heron had one meeting to come to"
    there(four, willow)
    there(five, heron)
    six = cast.meeting(cast.alder, 6)
    there(six, heron)
    absences.notice(over(six))
    assert names().count("Willow") == 2
    # A meeting at which nobody was, and one that was called off, are nobody's absence.
    assert "Heron" not in names()


def test_where_nobody_was_nobody_missed_anything(cast: Cast, attended: None) -> None:
    willow = cast.seat(cast.aino)
    cast.meeting(cast.alder, 3).attendances.filter(member=willow).delete()
    four = cast.meeting(cast.alder, 4)
    # Those who lead waited alone.
    there(four, *cast.alder.memberships.filter(role=Membership.Role.FACILITATOR))
    absences.notice(over(four))
    five = cast.meeting(cast.alder, 5)
    there(five, *cast.alder.memberships.exclude(pk=willow.pk))
    Meeting.objects.filter(pk=five.pk).update(state=Meeting.State.CANCELLED)
    absences.notice(over(cast.meeting(cast.alder, 6)))
    assert names() == []
