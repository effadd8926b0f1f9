"""Days on which a parent asked that nothing be planned: the follow-up goes round them."""

from __future__ import annotations

from datetime import date, time, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.groups import forming, free_days
from peersupport.groups.models import Away, FreeDay
from peersupport.joining import answering, erasing, gathering, placing, proposing
from peersupport.joining.access import IN_SESSION
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import applicants, proposed
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db
HELSINKI = ZoneInfo("Europe/Helsinki")


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_she_keeps_a_day_free_before_and_after_she_has_a_place(cast: Cast) -> None:
    client, waits = SecureClient(), applicants.sent(cast.now)
    session = client.session
    session[IN_SESSION] = str(waits.pk)
    session.save()
    day = timezone.localdate() + timedelta(days=40)
    for given in ("", "rubbish", (day - timedelta(days=60)).isoformat(), "9999-12-31"):
        assert client.post("/join/days/", {"add": "1", "day": given}).status_code == 400
    for _again in range(2):
        client.post("/join/days/", {"add": "1", "day": day.isoformat()})
    assert FreeDay.objects.get().day == day
    assert f'value="{day.isoformat()}"' in text(client, "/join/days/")
    entry = Entry.objects.filter(what="free_day.kept").latest("at")
    assert day.isoformat() not in repr(entry.facts), "the record keeps no day"
    application = applicants.talked(waits, by=cast.salla, now=cast.now)
    placement = placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    seat = answering.accept(placement=placement, pseudonym="Yew", password="kettle garden", now=cast.now)
    hers, home = browser(seat.user), f"/my/{cast.birch.slug}/"
    assert f"{home}days/" in text(hers, home)
    assert f'value="{day.isoformat()}"' in text(hers, f"{home}days/")
    for rubbish in ("x", "2026-99-99", day.isoformat(), day.isoformat()):
        hers.post(f"{home}days/", {"remove": rubbish})
    assert free_days.days_of(seat.user_id, today=cast.now.date()) == []
    for number in range(free_days.MOST + 3):
        hers.post(f"{home}days/", {"add": "1", "day": (day + timedelta(days=number)).isoformat()})
    assert FreeDay.objects.filter(whose=seat.user_id).count() == free_days.MOST
    # A day is over everywhere two days later, whatever the hour of this run.
    free_days.forget_old(timezone.now() + timedelta(days=43))
    assert not FreeDay.objects.filter(day=day).exists()


def test_the_follow_up_of_a_group_that_is_proposed_goes_round_her_day(cast: Cast) -> None:
    programme = proposed.small_groups(cast)
    programme.follow_up_weeks = 3
    programme.save()
    parents = [proposed.waits(cast, called) for called in ("Greta", "Hanna")]
    first = gathering.first_day(proposed.begins(cast), 1)
    last = first + timedelta(weeks=len(programme.topics) - 1)
    free_days.add(whose=parents[0].pk, day=last + timedelta(weeks=3), by=None)
    # A day within the course moves nothing: all the others would have to come a week later.
    free_days.add(whose=parents[1].pk, day=last, by=None)
    run = proposed.run(cast, proposed.group(programme, parents, [cast.maija, cast.oskar]))
    group = proposing.accept(run=run, number=0, name="Larch", by=cast.salla, now=cast.now).group
    days = [one.starts_at.astimezone(HELSINKI).date() for one in group.meetings.order_by("number")]
    assert days[-2:] == [last, last + timedelta(weeks=4)]
    assert group.meetings.get(kind="follow_up").number == len(programme.topics) + 1
    # At the desk the other day is a warning, without a name.
    page = text(staff_browser(cast.salla), f"/desk/places/{group.slug}/")
    assert page.count("a parent has asked that nothing be planned on this day") == 1
    erasing.erase(application=parents[1], by=None, why="asked", now=cast.now)
    assert FreeDay.objects.filter(whose=parents[1].pk).count() == 0


def test_by_hand_the_follow_up_is_planned_as_well_and_placement_looks_at_its_date(cast: Cast) -> None:
    programme = cast.alder.programme
    programme.follow_up_weeks = 5
    programme.save()
    group = forming.form(
        programme=programme,
        name="Larch",
        starts_on=date(2027, 9, 7),
        meets_at=time(18),
        time_zone="Europe/Helsinki",
        language="en",
        facilitators=[],
        keep_free=[date(2027, 9, 7) + timedelta(weeks=len(programme.topics) - 1 + 5)],
        by=None,
        now=cast.now,
    )
    follow_up = group.meetings.get(kind="follow_up")
    weeks = (follow_up.starts_at.astimezone(HELSINKI).date() - date(2027, 9, 7)).days // 7
    assert weeks == len(programme.topics) - 1 + 6

    begins = proposed.begins(cast)
    after = gathering.first_day(begins, 1) + timedelta(weeks=len(programme.topics) - 1 + 5)

    def is_free() -> bool:
        leader = cast.maija.facilitator
        facts = gathering.gather(starts_on=begins, now=cast.now).facts()
        return proposed.SLOT in facts.leader[gathering.leader_id(leader.pk)].free

    assert is_free()
    away = Away.objects.create(facilitator=cast.maija.facilitator, first=after, last=after)
    assert not is_free(), "she leads the course, and is away when it meets again"
    away.delete()
    Away.objects.create(
        facilitator=cast.maija.facilitator, first=after + timedelta(days=1), last=after + timedelta(days=9)
    )
    assert is_free()
