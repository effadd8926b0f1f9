"""When facilitators do not answer, coordinators are told, see what waits, and decide."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.accounts.models import Mail
from peersupport.audit.models import Entry
from peersupport.chat.models import Ejection, Escalation, Presence, Report, Room
from peersupport.chat.moderating import ejecting, not_opened, reports
from peersupport.chat.protocol.errors import Refused
from peersupport.demo import talking
from peersupport.groups import tasks
from peersupport.groups.models import Membership, SupportGroup, Task
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.cast import Cast
from tests.facilitators.conftest import enters

pytestmark = pytest.mark.django_db

WORDS = "canary: she asks where we live"


@pytest.fixture
def room(cast: Cast) -> Room:
    """Alder's room as it is ten minutes into the fourth meeting, with its one report answered."""
    talking.tell("alder", cast.alder, now=cast.now)
    Report.objects.update(answered_at=cast.now)
    return cast.room(cast.alder)


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator at her browser."""
    return enters(cast.salla)


def reported(cast: Cast, room: Room) -> Report:
    """Aino says that another parent's words are not right."""
    written = room.events.filter(kind="message", body__isnull=False, member__role="parent").order_by("seq")
    message = written.exclude(member=cast.seat(cast.aino))[0]
    return reports.report(message, by=cast.seat(cast.aino), reason=WORDS)


def on_duty(room: Room, cast: Cast) -> None:
    """Maija is connected to the room."""
    maija = cast.seat(cast.maija, room.group)
    Presence.objects.create(room=room, member=maija, process=uuid4(), seen_at=timezone.now())


def page(client: Client, part: str = "") -> str:
    answer = client.get(f"/desk/matters/{part}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def tell(now: object) -> None:
    do_due(duties["escalation"], now=now)  # type: ignore[arg-type]  # a moment


@pytest.mark.check(58, 48)
def test_a_report_that_nobody_answers_is_told_to_the_coordinator_without_a_word_of_it(
    cast: Cast, room: Room, salla: Client
) -> None:
    on_duty(room, cast)
    reported(cast, room)
    tell(timezone.now() + timedelta(minutes=9))
    assert not Mail.objects.exists()
    assert WORDS not in page(salla)
    assert "the facilitators have it now" in page(salla)
    tell(timezone.now() + timedelta(minutes=11))
    mail = Mail.objects.get()
    assert (mail.title, mail.contact and mail.contact.user) == ("Something to look at", cast.salla)
    for telling in ("Willow", "Alder", "canary", "report", "group"):
        assert telling not in mail.title + mail.body.replace("/desk/matters/", "")
    assert "https://localhost/desk/matters/" in mail.body
    assert WORDS in page(salla)


@pytest.mark.check(58)
def test_what_was_answered_in_time_is_told_to_nobody(cast: Cast, room: Room) -> None:
    on_duty(room, cast)
    reports.answer(reported(cast, room), by=cast.maija, template="seen")
    tell(timezone.now() + timedelta(minutes=11))
    assert not Mail.objects.exists()
    assert Escalation.objects.get().state == "skipped"


@pytest.mark.check(58)
def test_with_no_facilitator_connected_it_is_told_at_once_and_the_next_five_minutes_later(
    cast: Cast, room: Room, salla: Client
) -> None:
    now = timezone.now()
    reported(cast, room)
    ejecting.eject(cast.seat(cast.elias), by=cast.seat(cast.maija, cast.alder), room=room, template="danger")
    tell(now + timedelta(seconds=1))
    assert Mail.objects.count() == 1
    tell(timezone.now() + timedelta(minutes=6))
    assert Mail.objects.count() == 2


def test_where_no_coordinator_may_be_written_to_an_alarm_says_so_and_the_desk_shows_it(
    cast: Cast, room: Room, salla: Client, caplog: pytest.LogCaptureFixture
) -> None:
    cast.salla.safe_contact.email_is_safe = False
    cast.salla.safe_contact.save()
    reported(cast, room)
    tell(timezone.now())
    assert "no coordinator has an address" in caplog.text
    assert WORDS not in caplog.text
    assert WORDS in page(salla)


@pytest.mark.check(58)
def test_she_reads_what_was_written_where_she_answers_it_and_not_before_she_was_told(
    cast: Cast, room: Room, salla: Client
) -> None:
    on_duty(room, cast)
    report = reported(cast, room)
    meant = room.events.get(message_id=report.target)
    waits = page(salla, f"words/{report.pk}/")
    assert WORDS not in waits
    assert "The facilitators have it now." in waits
    tell(timezone.now() + timedelta(minutes=11))
    told = page(salla, f"words/{report.pk}/")
    assert WORDS in told
    assert meant.member is not None
    assert f"{meant.member.pseudonym}: " in told


def test_she_answers_a_report_and_who_made_it_reads_her_words(cast: Cast, room: Room, salla: Client) -> None:
    report = reported(cast, room)
    path = f"/desk/matters/words/{report.pk}/"
    answer = salla.post(path, {"template": "own"})
    assert "Say it in a sentence." in html.unescape(answer.content.decode())
    answer = salla.post(path, {"template": "seen"}, follow=True)
    assert "Answered." in answer.content.decode()
    report.refresh_from_db()
    assert (report.answered_by, report.template) == (cast.salla.pk, "seen")
    again = salla.post(path, {"template": "seen"}, follow=True)
    assert "The coordinator has already seen to it." in again.content.decode()


@pytest.mark.parametrize(
    ("kind", "offered"),
    [(Report.Kind.MESSAGE, ["seen", "own"]), (Report.Kind.APPEAL, ["again", "stands", "own"])],
)
def test_only_answers_to_what_was_asked_are_offered_and_taken(
    cast: Cast, room: Room, salla: Client, kind: Report.Kind, offered: list[str]
) -> None:
    report = Report.objects.create(room=room, member=cast.seat(cast.aino), kind=kind, target=uuid4())
    path = f"words/{report.pk}/"
    assert re.findall(r'name="template" value="(\w+)"', page(salla, path)) == offered
    for unfit in {"seen", "again", "stands"} - {*offered}:
        assert salla.post(f"/desk/matters/{path}", {"template": unfit}).status_code == 200
        with pytest.raises(Refused):
            reports.answer(report, by=cast.salla, template=unfit)
    report.refresh_from_db()
    assert report.answered_at is None


@pytest.mark.check(31)
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Room.Kind.GROUP, "in the room of the group"),
        (Room.Kind.LINE, "on the private line to the facilitators"),
        (Room.Kind.SIDE, "in a side room"),
        (Room.Kind.TEAM, "in the room of the facilitators"),
    ],
)
def test_the_desk_says_in_which_kind_of_room_something_was_reported_and_no_more(
    cast: Cast, room: Room, salla: Client, kind: Room.Kind, said: str
) -> None:
    owner = cast.seat(cast.berit) if kind in {Room.Kind.LINE, Room.Kind.SIDE} else None
    where, _made = Room.objects.get_or_create(
        group=cast.alder, kind=kind, member=owner, defaults={"state": Room.State.OPEN}
    )
    by = owner or cast.seat(cast.maija, cast.alder)
    report = Report.objects.create(room=where, member=by, target=uuid4(), reported_at=timezone.now())
    for part in ("", f"words/{report.pk}/"):
        shown = page(salla, part)
        assert said in shown
        assert str(where.pk) not in shown


@pytest.mark.check(30)
def test_she_lifts_or_confirms_a_suspension_and_says_why(cast: Cast, room: Room, salla: Client) -> None:
    seat = cast.seat(cast.elias)
    ejection = ejecting.eject(
        seat, by=cast.seat(cast.maija, cast.alder), room=room, reason="She was rude to Heron."
    )
    assert "She was rude to Heron." in page(salla)
    path = f"/desk/matters/suspensions/{ejection.pk}/"
    assert "Say why in a sentence." in salla.post(path, {"decision": "lift"}).content.decode()
    salla.post(path, {"decision": "lift", "reason": "canary: they talked"})
    seat.refresh_from_db()
    ejection.refresh_from_db()
    assert (seat.state, ejection.undone_by) == (Membership.State.ACTIVE, cast.salla.pk)
    assert ejection.word == "canary: they talked"
    late = salla.post(path, {"decision": "confirm", "reason": "late"}, follow=True)
    assert "has already let this person back in" in html.unescape(late.content.decode())
    assert "canary" not in str(list(Entry.objects.values_list("facts", flat=True)))


@pytest.mark.check(30, 31)
def test_a_facilitator_or_a_parent_finds_no_such_page(cast: Cast, room: Room) -> None:
    ejection = ejecting.eject(
        cast.seat(cast.elias), by=cast.seat(cast.maija, cast.alder), room=room, template="danger"
    )
    for person in (cast.maija, cast.aino):
        client = enters(person)
        for part in ("", f"suspensions/{ejection.pk}/", f"reports/{uuid4()}/"):
            assert client.get(f"/desk/matters/{part}").status_code == 404
            client.post(f"/desk/matters/{part}", {"decision": "lift", "reason": "x"})
    assert Ejection.objects.filter(undone_at=None).count() == 1


@pytest.mark.check(59)
def test_a_task_is_opened_read_and_closed_with_what_came_of_it(cast: Cast, room: Room, salla: Client) -> None:
    now = timezone.now()
    task = tasks.make(
        what=Task.What.VANISHED,
        about=cast.seat(cast.aino),
        whom=Task.For.FACILITATOR,
        until=now + timedelta(minutes=10),
        by=None,
        now=now,
    )
    here = f"/today/task/{task.pk}/"
    maija = enters(cast.maija)
    assert here in maija.get("/today/").content.decode()
    assert salla.get(f"/desk/matters/tasks/{task.pk}/").status_code == 404, "not late yet"
    unread = maija.get(here).content.decode()
    assert "Willow" not in unread
    refused = maija.post(here, {"outcome": "reached"}, follow=True).content.decode()
    assert "Please open it first." in refused
    opened = maija.post(here, {"open": "1"}, follow=True).content.decode()
    assert "Willow" in opened
    asked = maija.post(here, {"outcome": "not_reached"}).content.decode()
    assert "Say what is next" in asked
    Task.objects.update(until=now)
    assert "ard words that nobody has answered" in page(salla)
    maija.post(here, {"outcome": "not_reached", "next_step": "Salla calls at ten."})
    task.refresh_from_db()
    assert (task.closed_by, task.outcome, task.next_step) == (
        cast.maija.pk,
        "not_reached",
        "Salla calls at ten.",
    )
    assert "ard words that nobody has answered" not in page(salla)
    assert here not in maija.get("/today/").content.decode()


@pytest.mark.check(58, 48)
def test_a_room_that_nobody_opened_is_told_to_the_coordinator_who_closes_it_with_what_came_of_it(
    cast: Cast, salla: Client
) -> None:
    meeting = cast.meeting(cast.alder, 4)
    not_opened.tell_who_waits(timezone.now() + timedelta(minutes=1))
    task = Task.objects.get()
    tell(timezone.now() + timedelta(minutes=2))
    mail = Mail.objects.get()
    assert (mail.title, mail.contact and mail.contact.user) == ("Something to look at", cast.salla)
    for telling in ("Alder", "late", "group", "meeting"):
        assert telling not in mail.title + mail.body.replace("/desk/matters/", "")
    assert "A meeting has begun, and nobody has opened its room" in page(salla)
    part = f"tasks/{task.pk}/"
    assert "Maija" not in page(salla, part)
    salla.post(f"/desk/matters/{part}", {"open": "1"})
    opened = page(salla, part)
    assert "Rostered: Maija, Oskar, Pirkko" in opened
    assert f"Meeting {meeting.number}," in opened
    assert "The room is open by now." not in opened
    SupportGroup.objects.filter(pk=cast.alder.pk).update(room_open=True)
    assert "The room is open by now." in page(salla, part)
    asked = salla.post(f"/desk/matters/{part}", {"outcome": "called_off"})
    assert "Say what is next" in asked.content.decode()
    salla.post(f"/desk/matters/{part}", {"outcome": "opened"})
    task.refresh_from_db()
    assert (task.outcome, task.closed_by) == ("opened", cast.salla.pk)
    assert "nobody has opened its room" not in page(salla)
    not_opened.tell_who_waits(timezone.now() + timedelta(minutes=3))
    assert Task.objects.count() == 1


@pytest.mark.parametrize("others", [1, 3])
def test_the_page_asks_the_database_as_often_for_three_as_for_one(
    cast: Cast, room: Room, salla: Client, others: int, django_assert_max_num_queries: object
) -> None:
    maija = cast.seat(cast.maija, cast.alder)
    for person in (cast.elias, cast.farah, cast.dara)[:others]:
        ejecting.eject(cast.seat(person), by=maija, room=room, template="danger")
        Report.objects.create(room=room, member=cast.seat(person), target=uuid4(), reason="x")
    with django_assert_max_num_queries(17):  # type: ignore[operator]  # a fixture that is a context
        page(salla)
