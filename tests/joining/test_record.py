"""The record of a talk: kept unfinished, finished, read, put right; what of it a group has to know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from peersupport.audit.models import Entry
from peersupport.groups import running
from peersupport.groups.models import SupportGroup
from peersupport.joining import answering, applying, erasing, interviewing, placing
from peersupport.joining.findings import Findings
from peersupport.joining.models import Application, Interview, RecordBegun
from peersupport.vault import keys
from tests.cast import Cast
from tests.joining import applicants
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


@pytest.fixture
def greta(cast: Cast) -> Application:
    """To be talked with."""
    return applicants.sent(cast.now)


def entered(cast: Cast, **changes: Any) -> dict[str, Any]:
    """A whole record, as a browser sends it."""
    usual = {
        "held_at": (cast.now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "benefit": "yes",
        "benefit_note": "Longs for others.",
        "course": "unsure",
        "course_note": "Shift work.",
        "well": "yes",
        "well_note": "Sleeps again.",
        "case": "no",
        "others": "A social worker.",
        "emergency_agreed": "on",
        "emergency": "Sister, 0100 777",
        "whereabouts": "se",
        "code_word": "blue kettle",
        "outcome": "accept",
        "words": "It was good to talk.",
        "come_back_on": "",
        "notes": "Evenings only.",
    }
    return {**usual, **changes}


def record_of(application: Application) -> str:
    return f"/desk/applications/{application.pk}/interview/"


def read(client: Client, application: Application) -> str:
    return str(client.get(f"/desk/applications/{application.pk}/").content.decode())


def take_a_place(cast: Cast, application: Application, **found: Any) -> None:
    """From the talk to the seat, in Birch."""
    interviewing.record(
        application=application,
        by=cast.salla,
        held_at=cast.now,
        outcome=Interview.Outcome.ACCEPT,
        words="",
        findings=Findings(**found),
        now=cast.now,
    )
    application.refresh_from_db()
    placement = placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    answering.accept(placement=placement, pseudonym="Yew", password="kettle garden morning", now=cast.now)


def cases_open(cast: Cast) -> bool:
    return SupportGroup.objects.get(pk=cast.birch.pk).cases_open


def test_the_whole_record_is_kept_and_read_at_the_desk_alone(
    cast: Cast, salla: Client, greta: Application
) -> None:
    salla.post(record_of(greta), entered(cast))

    shown = read(salla, greta)
    for words in (
        "Longs for others.",
        "not sure",
        "Shift work.",
        "Sleeps again.",
        "A social worker.",
        "Sister, 0100 777",
        "Sweden",
        "Evenings only.",
    ):
        assert words in shown
    # The word is compared with what somebody says; it is never shown.
    assert "agreed" in shown
    assert "blue kettle" not in shown
    assert 'name="benefit"' not in shown
    found = Interview.objects.get().findings
    assert (found.benefit, found.course, found.well, found.case) == ("yes", "unsure", "yes", "no")
    assert (found.emergency_agreed, found.whereabouts) == (True, "se")


def test_nothing_of_the_record_can_be_read_in_the_database_and_it_goes_with_the_key(
    cast: Cast, salla: Client, greta: Application
) -> None:
    salla.post(record_of(greta), {**entered(cast), "later": "1"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT entered FROM joining_recordbegun")
        begun = bytes(cursor.fetchone()[0])
    salla.post(record_of(greta), entered(cast))
    with connection.cursor() as cursor:
        cursor.execute("SELECT found FROM joining_interview")
        found = bytes(cursor.fetchone()[0])

    for sealed in (begun, found):
        assert len(sealed) > 200
        for telling in (b"0100", b"unsure", b"Shift", b'se"'):
            assert telling not in sealed
    erasing.erase(application=greta, by=None, why="asked", now=cast.now)
    assert not Interview.objects.exists()
    with pytest.raises(keys.KeyDestroyed):
        keys.key_for(greta.pk)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"benefit": ""}, "Choose one of these"),
        ({"course": "perhaps"}, "Choose one of these"),
        ({"well": ""}, "Choose one of these"),
        ({"case": ""}, "Choose one of these"),
        ({"emergency_agreed": ""}, "Tick that they agree"),
        ({"emergency_agreed": "", "emergency": ""}, "Tick that they agree"),
        ({"whereabouts": "atlantis"}, "Select a valid choice"),
        ({"others": "n" * 10_000}, "too long"),
        ({"outcome": "not_now", "come_back_on": "2999-01-01"}, "erased after"),
        ({"outcome": "refer", "words": ""}, "what can help instead"),
    ],
)
def test_what_is_missing_or_without_consent_is_said_and_nothing_is_recorded(
    cast: Cast, salla: Client, greta: Application, changes: dict[str, str], words: str
) -> None:
    answer = salla.post(record_of(greta), entered(cast, **changes))

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "Evenings only." in answer.content.decode()
    assert not Interview.objects.exists()


def test_without_consent_no_code_can_keep_whom_to_call() -> None:
    Findings(emergency_agreed=True, emergency="Sister")
    with pytest.raises(ValueError, match="consent"):
        Findings(emergency="Sister")
    with pytest.raises(ValueError, match="consent"):
        Findings(whereabouts="se")


def test_a_record_is_kept_unfinished_for_its_writer_alone_and_ends_with_the_outcome(
    cast: Cast, salla: Client, greta: Application
) -> None:
    half = {"benefit": "unsure", "notes": "To be gone on with.", "held_at": "yesterday", "later": "1"}
    answer = salla.post(record_of(greta), half, follow=True)

    assert "only you see it" in answer.content.decode()
    assert "Go on with the record you began" in answer.content.decode()
    assert "To be gone on with." in salla.get(record_of(greta)).content.decode()
    greta.refresh_from_db()
    assert greta.state == State.SENT
    assert not Interview.objects.exists()
    assert interviewing.begun_by(greta, cast.tuuli) == {}
    salla.post(record_of(greta), {**half, "notes": "Gone on with."})
    assert interviewing.begun_by(greta, cast.salla)["notes"] == "Gone on with."
    salla.post(record_of(greta), entered(cast))
    assert not RecordBegun.objects.exists()


def test_unfinished_whom_to_call_is_not_kept_before_consent(
    cast: Cast, salla: Client, greta: Application
) -> None:
    salla.post(record_of(greta), entered(cast, emergency_agreed="", later="1"))
    begun = interviewing.begun_by(greta, cast.salla)
    assert begun["others"] == "A social worker."
    assert not {"emergency", "whereabouts"} & set(begun)

    salla.post(record_of(greta), entered(cast, later="1"))
    assert interviewing.begun_by(greta, cast.salla)["emergency"] == "Sister, 0100 777"


def test_what_is_much_too_long_is_not_kept_unfinished_and_not_lost(
    cast: Cast, salla: Client, greta: Application
) -> None:
    answer = salla.post(record_of(greta), entered(cast, notes="n" * 50_000, later="1"))
    assert "too long to keep" in answer.content.decode()
    assert "n" * 50_000 in answer.content.decode()
    assert not RecordBegun.objects.exists()


def test_putting_right_adds_a_record_and_the_first_stays(
    cast: Cast, salla: Client, greta: Application
) -> None:
    salla.post(record_of(greta), entered(cast))
    assert "Shift work." in salla.get(record_of(greta) + "?last=1").content.decode()
    assert "Shift work." not in salla.get(record_of(greta)).content.decode()
    salla.post(record_of(greta), entered(cast, course_note="Day work now."))

    assert [one.findings.course_note for one in greta.interviews.all()] == ["Day work now.", "Shift work."]
    assert "A later record counts" in read(salla, greta)


def test_with_a_place_only_what_was_found_can_be_put_right_and_nobody_is_told(
    cast: Cast, salla: Client, greta: Application
) -> None:
    take_a_place(cast, greta, case="no", others="A lawyer.")
    assert not cases_open(cast)
    page = salla.get(record_of(greta)).content.decode()
    assert "A lawyer." in page
    assert 'name="outcome"' not in page
    salla.post(record_of(greta), entered(cast, case="yes", outcome="refer", words="Go."))

    greta.refresh_from_db()
    assert greta.state == State.PLACED
    assert [one.outcome for one in greta.interviews.all()] == ["accept", "accept"]
    assert cases_open(cast)
    assert Entry.objects.filter(what="interview.corrected").count() == 1


def test_nothing_is_put_right_or_begun_where_the_application_was_taken_back(
    cast: Cast, greta: Application
) -> None:
    applying.withdraw(application=greta, now=cast.now)
    with pytest.raises(applying.NotPossibleNow):
        interviewing.correct(application=greta, by=cast.salla, held_at=cast.now, words="", now=cast.now)
    with pytest.raises(applying.NotPossibleNow):
        interviewing.keep_begun(application=greta, by=cast.salla, entered={}, now=cast.now)


@pytest.mark.parametrize(("case", "marks"), [("yes", True), ("unknown", True), ("no", False), ("", False)])
def test_an_open_case_marks_the_group_when_the_place_is_taken_and_the_desk_is_told(
    cast: Cast, salla: Client, greta: Application, case: str, marks: bool
) -> None:
    running.say_cases_are_open(group=cast.birch, are_open=False, by=cast.salla)
    take_a_place(cast, greta, case=case)

    assert cases_open(cast) is marks
    assert ("With a new place in Birch" in salla.get("/desk/").content.decode()) is marks
    marked = Entry.objects.filter(what=answering.BROUGHT)
    assert marked.count() == marks
    assert not any(str(greta.pk) in f"{entry.about} {entry.facts}" for entry in marked)


def test_before_the_place_is_taken_nothing_is_marked_and_the_desk_says_what_will_be(
    cast: Cast, salla: Client, greta: Application
) -> None:
    salla.post(record_of(greta), entered(cast, case="yes"))
    page = salla.get(f"/desk/applications/{greta.pk}/place/").content.decode()

    assert "A criminal case may be open here" in page
    assert not cases_open(cast)


def test_what_a_coordinator_said_is_not_taken_back_by_a_place(cast: Cast, greta: Application) -> None:
    running.say_cases_are_open(group=cast.birch, are_open=True, by=cast.salla)
    take_a_place(cast, greta, case="no")
    assert cases_open(cast)
    assert not Entry.objects.filter(what=answering.BROUGHT).exists()
