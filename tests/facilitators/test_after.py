"""After a meeting: who was there is put right, it is talked over, what was promised is seen to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from facilitators.models import DebriefPart
from peersupport.audit.models import Entry
from peersupport.chat.models import Escalation
from peersupport.groups import absences
from peersupport.groups.models import (
    Attendance,
    AttendanceNote,
    Facilitator,
    Meeting,
    Membership,
    Rostered,
    Task,
)
from tests.cast import Cast
from tests.facilitators.conftest import enters

pytestmark = pytest.mark.django_db

PART = {
    "went_well": "They listened.",
    "hard": "It was long.",
    "strain": "3",
    "incident": "none",
    "hand_in": "1",
}
CANARY = "a word that nobody else reads"


@pytest.fixture
def third(cast: Cast) -> Meeting:
    """Alder's third meeting, just over: Maija and Oskar led it, Aino and Berit came; nothing is noted yet."""
    found = cast.meeting(cast.alder, 3)
    found.starts_at, found.ends_at = cast.later(hours=-3), cast.later(hours=-1)
    found.debriefed_at = found.attendance_seen_at = None
    found.save()
    Rostered.objects.filter(meeting=found).delete()
    for user in (cast.maija, cast.oskar):
        Rostered.objects.create(
            meeting=found,
            facilitator=Facilitator.objects.get(user=user),
            during=(found.starts_at, found.ends_at),
        )
    Attendance.objects.filter(meeting=found).delete()
    for user in (cast.maija, cast.oskar, cast.aino, cast.berit):
        was(found, cast.seat(user, cast.alder), until=found.ends_at)
    return found


def was(meeting: Meeting, member: Membership, *, until: datetime) -> None:
    Attendance.objects.create(meeting=meeting, member=member, first_seen=meeting.starts_at, last_seen=until)


def page(client: Client, meeting: Meeting, name: str = "after") -> str:
    answer = client.get(f"/today/meeting/{meeting.pk}/{name}/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def looks_over(client: Client, meeting: Meeting, **said: str) -> None:
    answer = client.post(f"/today/meeting/{meeting.pk}/attendance/", said)
    assert answer.status_code == 302


def hands_in(client: Client, meeting: Meeting, **other: str) -> None:
    answer = client.post(f"/today/meeting/{meeting.pk}/debrief/", {**PART, **other})
    assert answer.status_code == 302


def is_closed(client: Client, meeting: Meeting) -> bool:
    client.post(f"/today/meeting/{meeting.pk}/after/", {"close": "1"})
    meeting.refresh_from_db()
    return meeting.debriefed_at is not None


def test_a_meeting_closes_when_all_who_led_it_have_handed_in_and_who_was_there_is_looked_over(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    oskar = enters(cast.oskar)
    assert not is_closed(maija, third), "nothing is there yet"
    hands_in(maija, third)
    looks_over(maija, third)
    assert not is_closed(maija, third), "Oskar has not said a word"
    assert "still missing: Oskar" in page(maija, third)
    assert "Close the meeting" not in page(maija, third)
    hands_in(oskar, third)
    assert is_closed(maija, third)
    assert Entry.objects.filter(what="meeting.debriefed", actor=cast.maija.pk).count() == 1
    assert is_closed(oskar, third), "twice is as once"
    assert Entry.objects.filter(what="meeting.debriefed").count() == 1
    maija.post(f"/today/meeting/{third.pk}/after/", {"reopen": "1"})
    third.refresh_from_db()
    assert third.debriefed_at is None


def test_without_the_part_of_somebody_who_fell_ill_it_closes_after_three_days(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    hands_in(maija, third)
    looks_over(maija, third)
    for days, closes in ((1, False), (4, True)):
        at = cast.now - timedelta(days=days)
        Meeting.objects.filter(pk=third.pk).update(starts_at=at - timedelta(hours=2), ends_at=at)
        assert is_closed(maija, third) is closes, days


def test_a_facilitator_who_was_not_there_is_not_waited_for(cast: Cast, maija: Client, third: Meeting) -> None:
    third.attendances.filter(member=cast.seat(cast.oskar, cast.alder)).delete()
    looks_over(maija, third)
    hands_in(maija, third)
    assert is_closed(maija, third)


def test_her_part_is_kept_half_written_and_handed_in_once(cast: Cast, maija: Client, third: Meeting) -> None:
    address = f"/today/meeting/{third.pk}/debrief/"
    assert maija.post(address, {"hard": "Half a", "keep": "1"}).status_code == 302
    assert "Half a" in page(maija, third, "debrief")
    missing = maija.post(address, {"hard": "Half a thought", "hand_in": "1"})
    assert missing.status_code == 400
    assert "Half a thought" in missing.content.decode()
    hands_in(maija, third, hard="A whole one.")
    hands_in(maija, third, hard="Another one.")
    [part] = DebriefPart.objects.all()
    assert part.hard == "A whole one."


@pytest.mark.parametrize(
    "bad",
    [
        {"strain": "11"},
        {"strain": "x"},
        {"incident": "maybe"},
        {"ticked": "99"},
        {"hard": "a\0b"},
        {"hard": "x" * 4001},
    ],
)
def test_rubbish_is_refused_with_words_and_nothing_is_lost(
    maija: Client, third: Meeting, bad: dict[str, str]
) -> None:
    answer = maija.post(f"/today/meeting/{third.pk}/debrief/", {**PART, **bad})
    assert answer.status_code == 400
    assert "They listened." in answer.content.decode()
    assert not DebriefPart.objects.exists()


@pytest.mark.check(37)
def test_her_words_are_read_by_who_leads_with_her_and_her_number_by_nobody_else(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    oskar = enters(cast.oskar)
    hands_in(maija, third, hard=CANARY, strain="7")
    assert CANARY in page(oskar, third)
    assert not re.search(r"\b7\b", re.sub(r"<[^>]+>", " ", page(oskar, third)).replace("2027", ""))
    hands_in(maija, third)
    for somebody in (cast.salla, cast.ruben, cast.aino):
        answer = enters(somebody).get(f"/today/meeting/{third.pk}/after/")
        assert answer.status_code == 404
    desk = enters(cast.salla).get(f"/desk/groups/{cast.alder.slug}/").content.decode()
    assert CANARY not in desk
    assert CANARY not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_a_heavy_evening_or_three_in_a_row_ask_the_coordinators_to_call_without_the_number(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    hands_in(maija, third, strain="5")
    assert not Task.objects.filter(what=Task.What.STRAIN).exists()
    hands_in(enters(cast.oskar), third, strain="8")
    [task] = Task.objects.filter(what=Task.What.STRAIN)
    assert (task.about, task.whom) == (cast.seat(cast.oskar, cast.alder), Task.For.COORDINATOR)
    assert Escalation.objects.filter(about=task.pk, due_at__lte=cast.later(hours=1)).exists()
    salla = enters(cast.salla)
    address = f"/desk/matters/tasks/{task.pk}/"
    salla.post(address, {"open": ""})
    shown = re.sub(r"<[^>]+>", " ", salla.get(address).content.decode())
    assert "was heavy for this facilitator" in shown
    assert "It was long." not in shown


def test_three_meetings_in_a_row_that_were_rather_heavy_are_noticed_too(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    first, second = cast.meeting(cast.alder, 1), cast.meeting(cast.alder, 2)
    for meeting, tasks in ((first, 0), (second, 0), (third, 1)):
        Meeting.objects.filter(pk=meeting.pk).update(debriefed_at=None)
        hands_in(maija, meeting, strain="6")
        assert Task.objects.filter(what=Task.What.STRAIN).count() == tasks


def test_what_happened_at_a_meeting_reaches_the_coordinators_once(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    hands_in(maija, third, incident="tell")
    hands_in(maija, third, incident="tell")
    [task] = Task.objects.filter(what=Task.What.INCIDENT)
    assert task.whom == Task.For.COORDINATOR


def test_who_was_there_is_put_right_and_can_be_taken_back(cast: Cast, maija: Client, third: Meeting) -> None:
    chloe = cast.seat(cast.chloe, cast.alder)
    assert "not seen by the room" in page(maija, third, "attendance")
    looks_over(maija, third, **{chloe.pk.hex: "there"})
    [note] = AttendanceNote.objects.all()
    assert (note.member, note.was, note.by) == (chloe, "there", cast.maija.pk)
    assert Entry.objects.filter(what="attendance.put_right", actor=cast.maija.pk).count() == 1
    looks_over(maija, third, **{chloe.pk.hex: "not_there"})
    assert not AttendanceNote.objects.exists(), "as the room measured it"
    looks_over(maija, third, **{"0" * 32: "there", chloe.pk.hex: ""})
    assert not AttendanceNote.objects.exists()


def test_somebody_who_went_before_the_end_left_early(cast: Cast, maija: Client, third: Meeting) -> None:
    dara = cast.seat(cast.dara, cast.alder)
    was(third, dara, until=third.ends_at - timedelta(minutes=40))
    shown = page(maija, third, "attendance")
    assert re.search(rf'name="{dara.pk.hex}" value="left_early"[^>]*checked', shown)


def test_an_absence_that_was_none_ends_its_task_and_one_that_was_makes_it(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    second, elias = cast.meeting(cast.alder, 2), cast.seat(cast.elias, cast.alder)
    Membership.objects.filter(group=cast.alder).update(since=cast.later(days=-200))
    Meeting.objects.filter(pk=third.pk).update(
        starts_at=second.ends_at + timedelta(days=1), ends_at=second.ends_at + timedelta(days=1, hours=2)
    )
    was(second, cast.seat(cast.aino, cast.alder), until=second.ends_at)
    absences.look_at([cast.alder.pk], cast.now)
    about = Task.objects.filter(what=Task.What.ABSENT, about=elias)
    assert about.filter(closed_at=None).exists()
    looks_over(maija, third, **{elias.pk.hex: "there"})
    [task] = about
    assert (task.outcome, task.closed_by) == (Task.Outcome.NOT_NEEDED, cast.maija.pk)
    looks_over(maija, third, **{elias.pk.hex: "not_there"})
    assert about.count() == 1, "the same series is the same task, and it was seen to"


def test_what_was_promised_is_a_task_of_whoever_takes_it_on_until_it_is_done(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    willow, oskar = cast.seat(cast.aino, cast.alder), cast.seat(cast.oskar, cast.alder)
    day = cast.now.date() + timedelta(days=3)
    sent = {"promise": "1", "words": CANARY, "about": str(willow.pk), "owner": str(oskar.pk), "until": day}
    assert maija.post(f"/today/meeting/{third.pk}/after/", sent).status_code == 302
    [task] = Task.objects.filter(what=Task.What.FOLLOW_UP)
    assert (task.about, task.owner, task.asked) == (willow, cast.oskar.pk, CANARY)
    assert CANARY in page(maija, third)
    address = f"/today/task/{task.pk}/"
    assert CANARY in enters(cast.oskar).get(address).content.decode()
    assert enters(cast.ruben).get(address).status_code == 404
    assert maija.post(address, {"hand_over": str(cast.seat(cast.maija, cast.alder).pk)}).status_code == 302
    task.refresh_from_db()
    assert task.owner == cast.maija.pk
    assert maija.post(address, {"outcome": "done"}).status_code == 302
    assert CANARY not in page(maija, third)
    assert maija.post(address, {"hand_over": str(oskar.pk)}).status_code == 302
    task.refresh_from_db()
    assert task.owner == cast.maija.pk, "what is done is not handed over"


@pytest.mark.parametrize(
    "bad",
    [
        {"words": ""},
        {"words": "a\0"},
        {"until": "yesterday"},
        {"until": "2001-01-01"},
        {"owner": "nobody"},
        {"about": "x"},
    ],
)
def test_a_promise_that_is_not_clear_is_asked_about(
    cast: Cast, maija: Client, third: Meeting, bad: dict[str, str]
) -> None:
    day = (cast.now.date() + timedelta(days=3)).isoformat()
    sent = {"promise": "1", "words": "To call", "about": "", "owner": "coordinators", "until": day, **bad}
    assert maija.post(f"/today/meeting/{third.pk}/after/", sent).status_code == 400
    assert not Task.objects.filter(what=Task.What.FOLLOW_UP).exists()


def test_what_the_coordinators_took_on_stands_with_them_and_not_with_parents_names_of_another_group(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    day = (cast.now.date() + timedelta(days=3)).isoformat()
    toivo = cast.seat(cast.toivo)
    sent = {"promise": "1", "words": "To call", "about": str(toivo.pk), "owner": "coordinators", "until": day}
    assert maija.post(f"/today/meeting/{third.pk}/after/", sent).status_code == 400
    maija.post(f"/today/meeting/{third.pk}/after/", {**sent, "about": ""})
    [task] = Task.objects.filter(what=Task.What.FOLLOW_UP)
    assert (task.whom, task.about) == (Task.For.COORDINATOR, cast.seat(cast.maija, cast.alder))
    assert enters(cast.salla).get(f"/desk/matters/tasks/{task.pk}/").status_code == 200


def test_before_it_has_begun_and_where_it_is_off_there_is_nothing_to_talk_over(
    cast: Cast, maija: Client, third: Meeting
) -> None:
    missing = maija.get("/today/meeting/00000000-0000-4000-8000-000000000000/after/")
    Meeting.objects.filter(pk=third.pk).update(state=Meeting.State.CANCELLED)
    for meeting in (cast.meeting(cast.alder, 6), third):
        for name in ("after", "attendance", "debrief"):
            answer = maija.get(f"/today/meeting/{meeting.pk}/{name}/")
            assert (answer.status_code, answer.content) == (404, missing.content)
