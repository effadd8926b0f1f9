"""Times to talk: coordinators offer them, she chooses one that nobody else sees, moves it, cancels it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, time, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from peersupport.accounts import erasing as accounts
from peersupport.accounts.contact import Wishes, keep
from peersupport.accounts.models import Mail, SafeContact, StaffRole, User
from peersupport.audit.models import Entry
from peersupport.joining import applying, coming_back, erasing, interviewing, needs, offering, talking
from peersupport.joining.access import IN_SESSION
from peersupport.joining.models import Application, Interview, TalkTime
from peersupport.vault import keys
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import applicants
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


@pytest.fixture
def greta(cast: Cast) -> Application:
    """Asked to choose a time; lives by the clock of Lisbon."""
    return applicants.invited(cast.now, by=cast.salla, zone="Europe/Lisbon")


@pytest.fixture
def times(cast: Cast) -> list[TalkTime]:
    """Two free times, in three days."""
    return applicants.times_to_talk(cast.now, by=cast.salla)


def hers(application: Application) -> Client:
    """A browser that has brought her return code."""
    browser = SecureClient()
    session = browser.session
    session[IN_SESSION] = str(application.pk)
    session.save()
    return browser


def page(browser: Client, path: str = "/join/application/") -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def chosen() -> list[Any]:
    return list(TalkTime.objects.order_by("starts_at").values_list("application", flat=True))


def offer_form(cast: Cast, **changes: Any) -> dict[str, Any]:
    usual = {
        "day": (cast.now + timedelta(days=4)).date().isoformat(),
        "times": "9, 10.30; 14:00",
        "minutes": "45",
        "weeks": "3",
        "how": "video",
        "where": "https://talk.example/r/17",
    }
    return {**usual, **changes}


def test_a_coordinator_offers_several_times_for_some_weeks_on_her_own_clock(
    cast: Cast, salla: Client
) -> None:
    User.objects.filter(pk=cast.salla.pk).update(time_zone="Europe/Lisbon")
    answer = salla.post("/desk/talks/", offer_form(cast), follow=True)

    assert "9 times are offered" in answer.content.decode()
    day = (cast.now + timedelta(days=4)).date()
    there = [talk.starts_at.astimezone(ZoneInfo("Europe/Lisbon")) for talk in TalkTime.objects.all()]
    assert [(one.date() - day).days for one in there] == [0, 0, 0, 7, 7, 7, 14, 14, 14]
    assert [one.time() for one in there[:3]] == [time(9), time(10, 30), time(14)]
    assert {talk.minutes for talk in TalkTime.objects.all()} == {45}
    assert TalkTime.objects.all()[0].where == "https://talk.example/r/17"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": ""}, "Name a day"),
        ({"day": "2001-01-01"}, "lies ahead"),
        ({"day": "2999-01-01"}, "within a year"),
        ({"day": "soon"}, "Write the day like this"),
        ({"times": ""}, "Name a time"),
        ({"times": "25:00"}, "Write times like this"),
        ({"times": "9:00-10:00"}, "Write times like this"),
        ({"times": ", ;"}, "Write times like this"),
        ({"times": "9:00, 9:30"}, "You have another talk then"),
        ({"minutes": "9000"}, "Choose one of these"),
        ({"weeks": "0"}, "greater than or equal to 1"),
        ({"weeks": "53"}, "less than or equal to 12"),
        ({"how": "pigeon"}, "Choose one of these"),
        ({"where": ""}, "Say how they reach you"),
        ({"where": "a\0b"}, "Null characters"),
    ],
)
def test_a_wrong_offer_gets_a_message_and_nothing_is_offered(
    cast: Cast, salla: Client, changes: dict[str, str], words: str
) -> None:
    answer = salla.post("/desk/talks/", offer_form(cast, **changes))

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not TalkTime.objects.exists()


def test_two_times_of_one_coordinator_never_meet(cast: Cast, times: list[TalkTime]) -> None:
    with pytest.raises(offering.Overlaps):
        applicants.times_to_talk(cast.now, by=cast.salla, number=1)
    other = applicants.times_to_talk(cast.now, by=cast.tuuli, number=1)

    assert TalkTime.objects.count() == len(times) + len(other)


def test_she_is_told_once_in_words_that_say_nothing_and_only_where_mail_is_safe(cast: Cast) -> None:
    safe = applicants.sent(cast.now, called="Hanna", address="hanna@safe.example")
    for application in (applicants.sent(cast.now), safe):
        for _twice in range(2):
            offering.invite(application=application, by=cast.salla, now=cast.now)

    [mail] = Mail.objects.all()
    assert mail.address == "hanna@safe.example"
    assert mail.title == "A note for you"
    assert "talk" not in mail.body.lower()


def test_the_free_times_stand_on_her_own_clock(cast: Cast, greta: Application, times: list[TalkTime]) -> None:
    browser = hers(greta)
    assert "See the free times" in page(browser)
    shown = page(browser, "/join/talk/")

    start = times[0].starts_at.astimezone(ZoneInfo("Europe/Lisbon"))
    assert f"{start:%H:%M} – " in shown
    assert f"{times[0].starts_at.astimezone(ZoneInfo('Europe/Helsinki')):%H:%M} – 10:00" not in shown
    assert "your own clock (Lisbon)" in shown
    assert "0100 555" not in shown


def test_she_chooses_a_time_and_nobody_else_sees_that_or_who(
    cast: Cast, greta: Application, times: list[TalkTime], salla: Client
) -> None:
    hanna = applicants.invited(cast.now, by=cast.salla, called="Hanna")
    before = page(hers(hanna), "/join/talk/")
    assert str(times[0].pk) in before
    browser = hers(greta)
    answer = browser.post("/join/talk/", {"time": str(times[0].pk)})

    assert answer["Location"] == "/join/application/"
    assert "0100 555" in page(browser)
    after = page(hers(hanna), "/join/talk/")
    assert str(times[0].pk) not in after
    assert str(times[1].pk) in after
    assert "Greta" not in after + page(hers(hanna))
    assert "Greta" in salla.get("/desk/talks/").content.decode()
    for user in (cast.maija, cast.aino, cast.tuuli):
        assert staff_browser(user).get("/desk/talks/").status_code == 404
    assert hers(applicants.draft(cast.now)).get("/join/talk/")["Location"] == "/join/application/"


def test_she_moves_it_and_the_old_time_is_free_again(
    cast: Cast, greta: Application, times: list[TalkTime]
) -> None:
    browser = hers(greta)
    for talk in times:
        browser.post("/join/talk/", {"time": str(talk.pk)})
        assert TalkTime.objects.get(application=greta).pk == talk.pk
    assert chosen() == [None, greta.pk]

    browser.post("/join/talk/cancel/")
    assert chosen() == [None, None]
    assert browser.post("/join/talk/cancel/").status_code == 302
    assert [entry.what for entry in Entry.objects.filter(what__startswith="talk.").order_by("pk")] == [
        "talk.chosen",
        "talk.moved",
        "talk.cancelled",
    ]


def test_choosing_her_own_time_again_changes_nothing(
    cast: Cast, greta: Application, times: list[TalkTime]
) -> None:
    for _twice in range(2):
        talking.choose(application=greta, time=times[0].pk, now=cast.now)

    assert chosen() == [greta.pk, None]
    assert Entry.objects.filter(what="talk.chosen").count() == 1


def test_who_comes_second_is_told_kindly_and_chooses_another(
    cast: Cast, greta: Application, times: list[TalkTime]
) -> None:
    hanna = applicants.invited(cast.now, by=cast.salla, called="Hanna")
    talking.choose(application=hanna, time=times[0].pk, now=cast.now)
    browser = hers(greta)
    answer = browser.post("/join/talk/", {"time": str(times[0].pk)})

    assert answer.status_code == 200
    assert "has just been taken" in answer.content.decode()
    with pytest.raises(talking.TimeGone):
        talking.choose(application=greta, time=times[0].pk, now=cast.now)
    assert chosen() == [hanna.pk, None]


@pytest.mark.parametrize("rubbish", ["", "x", "\0", "0b8f1c62-1111-4111-8111-111111111111"])
def test_rubbish_chooses_nothing(cast: Cast, greta: Application, times: list[TalkTime], rubbish: str) -> None:
    assert hers(greta).post("/join/talk/", {"time": rubbish}).status_code == 200
    assert chosen() == [None, None]


def test_who_was_not_asked_or_has_moved_on_chooses_nothing(cast: Cast, times: list[TalkTime]) -> None:
    not_asked = applicants.sent(cast.now)
    gone = applicants.invited(cast.now, by=cast.salla)
    applying.withdraw(application=gone, now=cast.now)
    for application in (not_asked, gone, Application(pk=uuid4())):
        with pytest.raises(talking.NotInvited):
            talking.choose(application=application, time=times[0].pk, now=cast.now)
    assert hers(not_asked).post("/join/talk/", {"time": str(times[0].pk)})["Location"] == "/join/application/"
    assert chosen() == [None, None]


def test_near_the_talk_she_changes_nothing_by_herself(
    cast: Cast, greta: Application, times: list[TalkTime], settings: Settings
) -> None:
    settings.TALK_HOURS = 12
    talking.choose(application=greta, time=times[0].pk, now=cast.now)
    near = times[0].starts_at - timedelta(hours=11)

    with pytest.raises(talking.TooLate):
        talking.cancel(application=greta, now=near)
    later = applicants.times_to_talk(cast.now, by=cast.salla, in_days=5, number=1)
    with pytest.raises(talking.TooLate):
        talking.choose(application=greta, time=later[0].pk, now=near)
    assert times[1].pk in set(talking.free_times(near - timedelta(hours=2)).values_list("pk", flat=True))
    assert times[1].pk not in set(talking.free_times(near + timedelta(hours=2)).values_list("pk", flat=True))
    settings.TALK_HOURS = 10_000
    browser = hers(greta)
    assert "too near to be changed" in page(browser)
    assert "too near to be changed" in browser.post("/join/talk/cancel/", follow=True).content.decode()
    assert browser.get("/join/talk/")["Location"] == "/join/application/"


def test_a_called_off_talk_is_said_kindly_and_she_chooses_anew(
    cast: Cast, times: list[TalkTime], salla: Client
) -> None:
    hanna = applicants.invited(cast.now, by=cast.salla, called="Hanna", address="hanna@safe.example")
    talking.choose(application=hanna, time=times[0].pk, now=cast.now)
    Mail.objects.all().delete()
    answer = salla.post(f"/desk/talks/{times[0].pk}/call-off/", follow=True)

    assert "It is called off" in answer.content.decode()
    assert "had to be called off. We are sorry" in page(hers(hanna))
    assert "See the free times" in page(hers(hanna))
    assert [mail.template for mail in Mail.objects.all()] == ["news"]
    talking.choose(application=hanna, time=times[1].pk, now=cast.now)
    assert "We are sorry" not in page(hers(hanna))
    talking.cancel(application=hanna, now=cast.now)
    assert salla.post(f"/desk/talks/{times[0].pk}/call-off/").status_code == 404
    assert "taken back" in salla.post(f"/desk/talks/{times[1].pk}/call-off/", follow=True).content.decode()
    assert not TalkTime.objects.exists()


def test_what_changed_hands_meanwhile_is_not_called_off(
    cast: Cast, greta: Application, times: list[TalkTime]
) -> None:
    talking.choose(application=greta, time=times[0].pk, now=cast.now)
    with pytest.raises(applying.NotPossibleNow):
        offering.call_off(talk=times[0], by=cast.salla, now=cast.now)
    assert chosen() == [greta.pk, None]


@pytest.mark.parametrize("goes", ["withdraws", "is erased", "has talked"])
def test_whoever_goes_frees_her_time(
    cast: Cast, greta: Application, times: list[TalkTime], goes: str
) -> None:
    talking.choose(application=greta, time=times[0].pk, now=cast.now)
    assert chosen() == [greta.pk, None]
    if goes == "withdraws":
        applying.withdraw(application=greta, now=cast.now)
    elif goes == "is erased":
        erasing.erase(application=greta, by=None, why="asked", now=cast.now)
    else:
        applicants.talked(greta, by=cast.salla, now=cast.now)
    assert chosen() == [None, None]


def test_times_of_who_is_no_coordinator_any_more_are_not_offered(
    cast: Cast, greta: Application, times: list[TalkTime]
) -> None:
    assert talking.free_times(cast.now).count() == 2
    StaffRole.objects.filter(user=cast.salla).delete()

    assert not talking.free_times(cast.now).exists()
    with pytest.raises(talking.TimeGone):
        talking.choose(application=greta, time=times[0].pk, now=cast.now)


def test_an_erased_coordinator_leaves_no_time_and_no_page_that_breaks(
    cast: Cast, greta: Application, times: list[TalkTime]
) -> None:
    talking.choose(application=greta, time=times[0].pk, now=cast.now)
    accounts.erase(user=cast.salla, by=None, now=cast.now)

    assert not TalkTime.objects.exists()
    assert "had to be called off" in page(hers(greta))


def test_the_coordinator_is_written_to_when_something_changes_and_her_mail_is_safe(
    cast: Cast, greta: Application, times: list[TalkTime]
) -> None:
    SafeContact.objects.filter(user=cast.salla).delete()
    contact = SafeContact(subject=cast.salla.pk, user=cast.salla)
    wishes = Wishes(email_is_safe=True, address="salla@safe.example")
    keep(contact=contact, wishes=wishes, time_zone="Europe/Helsinki", by=cast.salla)
    talking.choose(application=greta, time=times[0].pk, now=cast.now)

    [mail] = Mail.objects.all()
    assert (mail.title, mail.address) == ("Something to look at", "salla@safe.example")
    assert "Greta" not in mail.body


def test_her_calendar_file_gives_nothing_away_and_follows_a_move(
    cast: Cast, greta: Application, times: list[TalkTime]
) -> None:
    browser = hers(greta)
    assert browser.get("/join/talk/calendar/")["Location"] == "/join/application/"
    events = []
    for number, talk in enumerate(times):
        talking.choose(application=greta, time=talk.pk, now=cast.later(seconds=number))
        answer = browser.get("/join/talk/calendar/")
        assert answer["Content-Disposition"] == 'attachment; filename="calendar.ics"'
        for telling in (b"0100", b"Greta", b"phone", str(greta.pk).encode(), str(talk.pk).encode()):
            assert telling not in answer.content
        events.append(icalendar.Calendar.from_ical(answer.content).walk("VEVENT")[0])

    begins = [event.decoded("DTSTART").astimezone(UTC) for event in events]
    assert begins == [talk.starts_at for talk in times]
    assert events[0]["UID"] == events[1]["UID"]
    assert int(str(events[0]["SEQUENCE"])) < int(str(events[1]["SEQUENCE"]))


def test_a_need_brings_forward_by_the_days_it_is_worth(cast: Cast, salla: Client) -> None:
    applicants.sent(cast.later(days=-10), called="Greta")
    hanna = applicants.sent(cast.later(days=-1), called="Hanna")
    applicants.sent(cast.later(days=-16), called="Ines")

    def queue() -> list[str]:
        return [row["called"] for row in salla.get("/desk/").context["rows"]]

    assert queue() == ["Ines", "Greta", "Hanna"]
    assert needs.weight(["court"]) == 14
    path = f"/desk/applications/{hanna.pk}/needs/"
    assert salla.post(path, {"needs": ["court"]}).status_code == 302
    assert queue() == ["Ines", "Hanna", "Greta"]
    salla.post(path, {"needs": ["court", "alone"]})
    assert queue() == ["Hanna", "Ines", "Greta"]
    assert "A court date is near" in salla.get("/desk/").content.decode()
    salla.post(path, {"needs": ["nonsense"]})
    assert queue() == ["Hanna", "Ines", "Greta"]
    salla.post(path, {})
    assert queue() == ["Ines", "Greta", "Hanna"]


def test_why_it_is_urgent_is_sealed_and_never_shown_to_her(cast: Cast, greta: Application) -> None:
    offering.say_needs(application=greta, by=cast.salla, codes=["court"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT needs, urgency FROM joining_application WHERE id = %s", [greta.pk])
        [sealed, urgency] = cursor.fetchone()

    assert b"court" not in bytes(sealed)
    assert len(bytes(sealed)) > len("court")
    assert urgency == 14
    assert "court date" not in page(hers(greta)).lower()


def test_who_has_a_place_is_neither_asked_nor_ticked(cast: Cast, salla: Client) -> None:
    gone = applying.withdraw(application=applicants.sent(cast.now), now=cast.now)
    for rest in ("invite/", "needs/"):
        assert salla.post(f"/desk/applications/{gone.pk}/{rest}").status_code == 404
    with pytest.raises(applying.NotPossibleNow):
        offering.invite(application=gone, by=cast.salla, now=cast.now)


def test_asking_without_a_free_time_leads_to_offering_some(cast: Cast, salla: Client) -> None:
    application = applicants.sent(cast.now)
    answer = salla.post(f"/desk/applications/{application.pk}/invite/", follow=True)

    assert "But no time is free" in answer.content.decode()
    assert "No time is free just now" in page(hers(application), "/join/talk/")


def test_times_that_are_long_over_are_deleted(cast: Cast, times: list[TalkTime]) -> None:
    last = times[1].ends_at
    talking.forget_old(last + timedelta(days=14) - timedelta(minutes=90))
    assert TalkTime.objects.count() == 2
    for _twice in range(2):
        talking.forget_old(last + timedelta(days=14))
    assert not TalkTime.objects.exists()


# Committed, because keys of a transaction that may roll back are not kept in memory.
@pytest.mark.django_db(transaction=True)
def test_the_queue_and_the_talks_cost_as_many_statements_for_three_as_for_one(
    cast: Cast, salla: Client
) -> None:
    free = applicants.times_to_talk(cast.now, by=cast.salla, number=4)
    paths = ("/desk/", "/desk/?state=come_back", "/desk/talks/")
    counted: list[list[int]] = []
    for more in (1, 2):
        for _one in range(more):
            one = applicants.invited(cast.now, by=cast.salla)
            offering.say_needs(application=one, by=cast.salla, codes=["alone"])
            talking.choose(application=one, time=free.pop().pk, now=cast.now)
            back = applicants.talked(
                applicants.sent(cast.now), by=cast.salla, now=cast.now, outcome="not_now"
            )
            Interview.objects.filter(application=back).update(come_back_on=cast.now.date())
        numbers = []
        for path in paths:
            salla.get(path)
            keys.cache.clear()
            with CaptureQueriesContext(connection) as asked:
                salla.get(path)
            numbers.append(len(asked))
        counted.append(numbers)
    assert counted[0] == counted[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_choose_one_time_at_once_one_gets_it(cast: Cast) -> None:
    [time] = applicants.times_to_talk(cast.now, by=cast.salla, number=1)
    both = [applicants.invited(cast.now, by=cast.salla, called=name) for name in ("Greta", "Hanna")]
    together = Barrier(2)

    def choose(application: Application) -> str:
        try:
            together.wait(timeout=60)
            talking.choose(application=application, time=time.pk, now=cast.now)
        except talking.TimeGone:
            return "gone"
        finally:
            connections.close_all()
        return "hers"

    with ThreadPoolExecutor(max_workers=2) as threads:
        came = list(threads.map(choose, both))
    assert sorted(came) == ["gone", "hers"]
    assert TalkTime.objects.get().application_id == both[came.index("hers")].pk


def test_on_the_day_she_is_told_once_and_stands_at_the_desk(cast: Cast, salla: Client) -> None:
    hanna = applicants.sent(cast.now, called="Hanna", address="hanna@safe.example")
    applicants.talked(hanna, by=cast.salla, now=cast.now, outcome="not_now")
    Mail.objects.all().delete()
    for moment in (cast.later(days=59), cast.later(days=61), cast.later(days=62)):
        coming_back.tell_who_is_due(moment)
        told = Mail.objects.count()
        assert told == (0 if moment < cast.later(days=60) else 1)
    assert Mail.objects.get().template == "news"

    def due() -> list[str]:
        return [row["called"] for row in salla.get("/desk/?state=come_back").context["rows"]]

    assert due() == []
    Interview.objects.update(come_back_on=cast.now.date())
    assert due() == ["Hanna"]
    home = salla.get("/desk/")
    assert home.context["today"].come_back == 1
    assert 'href="?state=come_back"' in home.content.decode()
    assert "The day has come" in page(hers(hanna))


def test_a_later_not_now_with_a_later_day_is_not_due(cast: Cast, salla: Client) -> None:
    application = applicants.talked(
        applicants.sent(cast.now), by=cast.salla, now=cast.later(days=-70), outcome="not_now"
    )
    assert salla.get("/desk/").context["today"].come_back == 1
    applicants.talked(application, by=cast.salla, now=cast.now, outcome="not_now")
    assert salla.get("/desk/").context["today"].come_back == 0


def test_the_record_of_a_talk_ends_the_invitation(cast: Cast, greta: Application) -> None:
    assert interviewing.BEFORE == talking.BEFORE
    applicants.talked(greta, by=cast.salla, now=cast.now)
    assert not talking.may_choose(greta)
