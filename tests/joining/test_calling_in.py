"""A facilitator cannot come: others are asked, the first yes counts, and for that meeting alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from html import unescape
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from peersupport.accounts import switches
from peersupport.accounts.models import Mail, MailSwitch, StaffRole
from peersupport.audit.models import Entry
from peersupport.chat import moderation
from peersupport.chat.protocol.errors import Refused
from peersupport.groups import cancelling, rearranging, standing_in
from peersupport.groups.models import (
    Availability,
    Away,
    Facilitator,
    Meeting,
    Membership,
    Programme,
    Rostered,
    StandInCall,
)
from peersupport.groups.rearranging import NotPossible
from peersupport.joining import answering, calling_in, placing
from peersupport.joining.conflicts import naming
from peersupport.joining.models import Identifier
from tests.cast import Cast
from tests.facilitators.conftest import connects
from tests.groups.test_notices import reachable
from tests.joining import applicants
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """The fifth meeting of Alder. Pirkko does not lead there; she and Ruben could, this one time."""
    assert cast.ruben
    pirkko = cast.seat(cast.pirkko, cast.alder)
    Rostered.objects.filter(meeting__group=cast.alder, facilitator=cast.pirkko.facilitator).delete()
    pirkko.delete()
    Availability.objects.all().delete()
    for leader in (cast.pirkko.facilitator, cast.ruben.facilitator):
        always(leader)
    Facilitator.objects.update(languages=["en"], groups_at_once=3, qualified_until=None)
    return cast.meeting(cast.alder, 5)


def always(leader: Facilitator) -> None:
    """She has named every hour of every day, where it is noon now: no meeting of hers goes past midnight."""
    zone = f"Etc/GMT{timezone.now().hour - 12:+d}"
    Availability.objects.bulk_create(
        Availability(
            facilitator=leader, weekday=day, from_time=time(), until_time=time(23, 59), time_zone=zone
        )
        for day in range(7)
    )


def call(cast: Cast, meeting: Meeting) -> StandInCall:
    return calling_in.call(meeting=meeting, absent=cast.maija.facilitator, by=cast.maija, now=cast.now)


def asked(call: StandInCall) -> set[str]:
    return set(call.asked.values_list("facilitator__display_name", flat=True))


def leads(meeting: Meeting) -> set[str]:
    return set(meeting.rostered.values_list("facilitator__display_name", flat=True))


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def seats(cast: Cast) -> list[str]:
    """How Pirkko stands in Alder."""
    found = Membership.objects.filter(group=cast.alder, user=cast.pirkko)
    return list(found.values_list("state", flat=True))


def test_from_i_cannot_come_to_the_room_opened_by_somebody_else_and_shut_to_her_afterwards(
    cast: Cast, meeting: Meeting
) -> None:
    for user in (cast.pirkko, cast.ruben, cast.maija):
        reachable(user)
    switches.switch_off(user=cast.ruben, kind=MailSwitch.Kind.CHANGES, by=None, now=cast.now)
    maija, pirkko, ruben = map(staff_browser, (cast.maija, cast.pirkko, cast.ruben))
    address = f"/today/meeting/{meeting.pk}/stand-in/"
    assert address in text(maija, "/today/")
    assert leads(meeting) == {"Maija", "Oskar"}
    maija.get(address)
    assert not StandInCall.objects.exists(), "looking asks nobody"
    assert "Whoever could lead it is asked" in unescape(maija.post(address, follow=True).content.decode())
    [made] = StandInCall.objects.all()
    assert asked(made) == {"Pirkko", "Ruben"}
    assert leads(meeting) == {"Maija", "Oskar"}, "until somebody says yes she is expected"
    # A neutral mail, to whom such mails are welcome; and it names nothing.
    [mail] = Mail.objects.filter(template="stand-in")
    assert mail.subject == cast.pirkko.pk
    for secret in ("Alder", "Maija", meeting.topic):
        assert secret not in mail.body
    page = text(pirkko, "/today/stand-ins/")
    assert "Could you lead on" in page
    for secret in ("Alder", "Maija", "Willow"):
        assert secret not in page
    assert "Could you stand in?" in text(pirkko, "/today/")
    # Who was not asked has no such page; nor has anybody without the role.
    answer = f"/today/stand-ins/{made.pk}/"
    assert staff_browser(cast.oskar).post(answer, {"yes": "1"}).status_code == 404
    assert browser(cast.aino).post(answer, {"yes": "1"}).status_code == 404

    assert "It is yours" in unescape(pirkko.post(answer, {"yes": "1"}, follow=True).content.decode())
    assert leads(meeting) == {"Oskar", "Pirkko"}
    assert "Somebody else was quicker" in unescape(
        ruben.post(answer, {"yes": "1"}, follow=True).content.decode()
    )
    assert "somebody has said yes" in text(ruben, "/today/stand-ins/")
    assert "Pirkko leads it instead of you" in text(maija, "/today/stand-ins/")
    # The meeting is in a week: until the day before she is nobody there.
    standing_in.follow(cast.now)
    assert seats(cast) == []
    assert pirkko.get(f"/my/{cast.alder.slug}/").status_code == 404
    for _again in range(2):
        standing_in.follow(meeting.starts_at - standing_in.BEFORE)
    assert seats(cast) == ["active"]

    room = cast.room(cast.alder)
    oskar, stand_in = cast.seat(cast.oskar, cast.alder), cast.seat(cast.pirkko, cast.alder)
    connects(cast, room, cast.oskar)
    with pytest.raises(Refused):
        moderation.open_room(room, by=oskar)
    connects(cast, room, cast.pirkko)
    assert moderation.open_room(room, by=stand_in) is not None
    assert "Pirkko" in text(browser(cast.aino), f"/my/{cast.alder.slug}/")

    standing_in.follow(meeting.ends_at + timedelta(minutes=5))
    assert seats(cast) == ["active"], "the room still stands open"
    room.refresh_from_db()
    moderation.close(room, by=stand_in)
    for _again in range(2):
        standing_in.follow(meeting.ends_at + timedelta(minutes=10))
    assert seats(cast) == ["left"]
    assert pirkko.get(f"/my/{cast.alder.slug}/").status_code == 404
    kinds = set(Entry.objects.filter(what__startswith="stand_in.").values_list("what", flat=True))
    assert kinds == {"stand_in.called", "stand_in.taken", "stand_in.let_in", "stand_in.let_out"}


def test_asked_is_only_who_is_trained_free_in_the_language_below_her_load_and_kept_from_nobody(
    cast: Cast, meeting: Meeting
) -> None:
    hers = cast.pirkko.facilitator
    # On her clock: an evening here can end on the next day there.
    day = meeting.ends_at.astimezone(ZoneInfo(hers.user.time_zone)).date()

    def is_asked() -> bool:
        with transaction.atomic():
            found = "Pirkko" in asked(call(cast, meeting))
            transaction.set_rollback(True)
        return found

    def but(**changed: Any) -> bool:
        Facilitator.objects.filter(pk=hers.pk).update(**changed)
        found = is_asked()
        Facilitator.objects.filter(pk=hers.pk).update(
            languages=["en"], groups_at_once=3, qualified_until=None
        )
        return found

    assert is_asked()
    assert not but(languages=["fi"])
    assert not but(groups_at_once=0)
    assert not but(qualified_until=day - timedelta(days=1))
    assert but(qualified_until=day)
    hers.programmes.add(Programme.objects.exclude(pk=cast.alder.programme_id).first() or cast.birch.programme)
    assert not is_asked()
    hers.programmes.clear()
    away = Away.objects.create(facilitator=hers, first=day, last=day)
    assert not is_asked()
    away.delete()
    hers.available.filter(weekday=meeting.starts_at.weekday()).delete()
    assert not is_asked()
    hers.available.all().delete()
    always(hers)
    StaffRole.objects.filter(user=cast.pirkko, role="facilitator").delete()
    assert not is_asked()
    StaffRole.objects.create(user=cast.pirkko, role="facilitator")
    assert is_asked()
    # Somebody of the group has named her. That there is a match is all that follows, and nobody reads of it.
    application = applicants.waiting(cast.now, by=cast.salla)
    placement = placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    answering.accept(placement=placement, pseudonym="Yew", user=cast.aino, now=cast.now)
    naming.name(
        application=application,
        kind=Identifier.Kind.MUST_NOT_MEET,
        lines=[cast.pirkko.email or ""],
        by=cast.salla,
    )
    assert not is_asked()


def test_who_is_asked_and_cannot_any_more_does_not_get_it(cast: Cast, meeting: Meeting) -> None:
    made, ruben = call(cast, meeting), cast.ruben.facilitator
    with pytest.raises(NotPossible, match="called"):
        call(cast, meeting)
    day = meeting.ends_at.astimezone(ZoneInfo(ruben.user.time_zone)).date()
    Away.objects.create(facilitator=ruben, first=day, last=day)
    with pytest.raises(NotPossible, match="able"):
        calling_in.take(call=made, by=ruben, now=cast.now)
    with pytest.raises(NotPossible, match="begun"):
        calling_in.take(call=made, by=cast.pirkko.facilitator, now=meeting.ends_at)
    assert leads(meeting) == {"Maija", "Oskar"}
    calling_in.say_no(call=made, by=cast.pirkko.facilitator, now=cast.now)
    assert not standing_in.calls_of(cast.pirkko.facilitator, now=cast.now).any
    calling_in.withdraw(call=made, by=cast.maija)
    with pytest.raises(NotPossible, match="taken"):
        calling_in.take(call=made, by=cast.pirkko.facilitator, now=cast.now)
    with pytest.raises(NotPossible, match="rostered"):
        calling_in.call(meeting=meeting, absent=ruben, by=cast.salla, now=cast.now)


def test_a_meeting_that_moves_or_is_off_binds_nobody_who_said_yes_to_another_time(
    cast: Cast, meeting: Meeting
) -> None:
    pirkko = cast.pirkko.facilitator
    reachable(cast.pirkko)
    calling_in.take(call=call(cast, meeting), by=pirkko, now=cast.now)
    standing_in.follow(meeting.starts_at - timedelta(hours=2))
    assert seats(cast) == ["active"]
    Mail.objects.all().delete()
    local = timezone.localtime(meeting.starts_at)
    rearranging.move(
        meeting=meeting,
        day=local.date() + timedelta(days=1),
        at=local.time(),
        following=False,
        by=cast.salla,
        now=cast.now,
    )
    assert leads(meeting) == {"Maija", "Oskar"}
    assert Mail.objects.filter(template="stand-in", subject=cast.pirkko.pk).count() == 1
    assert not standing_in.calls_of(pirkko, now=cast.now).any
    standing_in.follow(cast.now)
    assert seats(cast) == ["left"]
    # The same for one that is called off; taken back, it is led by those who led it first.
    meeting = Meeting.objects.get(pk=meeting.pk)
    # Said on the day itself, it lets her in at once.
    calling_in.take(call=call(cast, meeting), by=pirkko, now=meeting.starts_at - timedelta(hours=1))
    assert seats(cast) == ["active"]
    change = cancelling.cancel(meeting=meeting, said=cancelling.Said(""), by=cast.salla, now=cast.now)
    assert leads(meeting) == set()
    cancelling.take_back(change=change, by=cast.salla, now=cast.now)
    assert leads(meeting) == {"Maija", "Oskar"}
    standing_in.follow(cast.now)
    assert seats(cast) == ["left"]


def test_who_leads_the_group_anyway_stands_in_and_stays(cast: Cast, meeting: Meeting) -> None:
    """On the coordinator's page: she asks for one who fell ill."""
    salla = staff_browser(cast.salla)
    Membership.objects.create(
        group=cast.alder, user=cast.pirkko, role="facilitator", pseudonym="Pirkko", state="active"
    )
    address = f"/desk/places/{cast.alder.slug}/dates/{meeting.pk}/lead/"
    assert address in text(salla, f"/desk/places/{cast.alder.slug}/")
    assert "Ask for a stand-in for Maija" in text(salla, address)
    salla.post(address, {"call": str(cast.ruben.facilitator.pk)})
    assert not StandInCall.objects.exists(), "she does not lead there"
    salla.post(address, {"call": str(cast.maija.facilitator.pk)})
    assert "2 people have been asked" in text(salla, address)
    [made] = StandInCall.objects.all()
    calling_in.take(call=made, by=cast.pirkko.facilitator, now=cast.now)
    assert "Pirkko stands in for Maija" in text(salla, address)
    standing_in.follow(meeting.starts_at)
    standing_in.follow(meeting.ends_at + Meeting.RUNS_OVER)
    assert seats(cast) == ["active"]
    assert StandInCall.objects.get(pk=made.pk).over_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_say_yes_at_once_one_has_it(cast: Cast, meeting: Meeting) -> None:
    made, both = call(cast, meeting), Barrier(2)

    def says_yes(leader: Facilitator) -> str:
        try:
            both.wait(timeout=10)
            calling_in.take(call=made, by=leader, now=cast.now)
        except NotPossible as refused:
            return str(refused)
        else:
            return "hers"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(says_yes, (cast.pirkko.facilitator, cast.ruben.facilitator)))
    assert sorted(found) == ["hers", "taken"]
    assert len(leads(meeting) & {"Pirkko", "Ruben"}) == 1
