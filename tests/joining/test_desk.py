"""The coordinator's desk: what she sees, what is recorded, what nobody else sees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peersupport.audit.models import Entry
from peersupport.joining import applying, placing
from peersupport.joining.models import Application, Interview, Placement
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


def rows(client: Client, query: str = "") -> list[str]:
    """Whom the queue shows, in its order."""
    response = client.get(f"/desk/{query}")
    assert response.status_code == 200
    return [row["called"] for row in response.context["rows"]]


def talk(cast: Cast, **changes: Any) -> dict[str, Any]:
    usual = {
        "held_at": (cast.now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "benefit": "yes",
        "course": "yes",
        "well": "unsure",
        "case": "no",
        "outcome": "accept",
        "words": "It was good to talk.",
        "notes": "Evenings only.",
        "code_word": "blue kettle",
        "come_back_on": "",
    }
    return {**usual, **changes}


def test_the_queue_shows_who_waits_longest_first_and_filters_and_sorts(cast: Cast, salla: Client) -> None:
    applicants.sent(cast.later(days=-9), called="Greta", language="fi")
    applicants.sent(cast.later(days=-2), called="Hanna", country="se")
    applicants.waiting(cast.later(days=-5), by=cast.salla, called="Ines")
    applicants.talked(
        applicants.sent(cast.later(days=-30), called="Jana"), by=cast.salla, now=cast.now, outcome="refer"
    )
    applicants.draft(cast.now, called="Unsent")
    applying.withdraw(application=applicants.sent(cast.now, called="Gone"), now=cast.now)

    assert rows(salla) == ["Greta", "Ines", "Hanna"]
    assert rows(salla, "?order=-waiting") == ["Hanna", "Ines", "Greta"]
    assert rows(salla, "?state=waiting") == ["Ines"]
    assert rows(salla, "?language=fi") == ["Greta"]
    assert rows(salla, "?state=all&order=country") == ["Jana", "Greta", "Ines", "Hanna"]
    assert rows(salla, "?state=nonsense&order=%00&language=%22&page=-1") == ["Greta", "Ines", "Hanna"]


# Committed, because keys of a transaction that may roll back are not kept in memory.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/desk/", "/desk/?state=all&order=state", "/desk/places/"])
def test_lists_cost_as_many_queries_for_three_as_for_one(cast: Cast, salla: Client, path: str) -> None:
    applicants.sent(cast.now, group=cast.birch)
    salla.get(path)
    keys.cache.clear()
    with CaptureQueriesContext(connection) as one:
        salla.get(path)
    for name in ("Hanna", "Ines"):
        applicants.sent(cast.now, called=name, group=cast.cedar)
    keys.cache.clear()
    with CaptureQueriesContext(connection) as three:
        salla.get(path)
    assert len(three) == len(one)


def test_the_queue_comes_in_pages(cast: Cast, salla: Client) -> None:
    for number in range(27):
        applicants.sent(cast.later(minutes=number), called=f"N{number:02}")

    assert rows(salla) == [f"N{number:02}" for number in range(25)]
    assert rows(salla, "?page=2") == ["N25", "N26"]
    assert "Page 1 of 2" in salla.get("/desk/").content.decode()


def test_reading_an_application_is_recorded(cast: Cast, salla: Client) -> None:
    application = applicants.sent(cast.now)
    page = salla.get(f"/desk/applications/{application.pk}/").content.decode()

    assert "A court case is open." in page
    entry = Entry.objects.get(what="application.read")
    assert entry.actor == cast.salla.pk
    assert entry.about.endswith(str(application.pk))
    assert "court" not in str(entry.facts)
    assert Entry.objects.filter(what="queue.read").count() == 0
    salla.get("/desk/")
    assert Entry.objects.filter(what="queue.read").count() == 1


@pytest.mark.check(31)
@pytest.mark.parametrize("rest", ["", "interview/", "place/"])
def test_an_unsent_and_a_withdrawn_application_look_like_a_missing_one(
    cast: Cast, salla: Client, rest: str
) -> None:
    unsent = applicants.draft(cast.now)
    gone = applying.withdraw(application=applicants.sent(cast.now), now=cast.now)
    answers = [salla.get(f"/desk/applications/{pk}/{rest}") for pk in (unsent.pk, gone.pk, uuid4())]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert salla.get(f"/desk/applications/{applicants.sent(cast.now).pk}/").status_code == 200


@pytest.mark.check(37)
def test_facilitators_parents_and_editors_find_no_desk(cast: Cast) -> None:
    application = applicants.sent(cast.now)
    for user in (cast.maija, cast.aino, cast.tuuli):
        browser = staff_browser(user)
        for path in ("/desk/", "/desk/places/", f"/desk/applications/{application.pk}/"):
            answer = browser.get(path)
            assert answer.status_code == 404
            assert b"Greta" not in answer.content


def test_words_for_her_stand_at_her_return_code(cast: Cast, salla: Client, client: Client) -> None:
    application = applicants.sent(cast.now)
    code = application.code
    salla.post(f"/desk/applications/{application.pk}/", {"words": "Shall we talk on Thursday at ten?"})
    client.post("/join/return/", {"code": code})

    assert "Shall we talk on Thursday at ten?" in client.get("/join/application/").content.decode()


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [
        ("accept", "You are waiting for a place"),
        ("not_now", "Not now, and not never"),
        ("refer", "Something else fits you better"),
    ],
)
def test_the_talk_is_recorded_and_she_reads_what_came_of_it(
    cast: Cast, salla: Client, client: Client, outcome: str, heading: str
) -> None:
    application = applicants.sent(cast.now)
    code = application.code
    day = (cast.now + timedelta(days=60)).date()
    data = talk(cast, outcome=outcome, come_back_on=day.isoformat() if outcome == "not_now" else "")
    response = salla.post(f"/desk/applications/{application.pk}/interview/", data)
    assert response["Location"] == f"/desk/applications/{application.pk}/"
    client.post("/join/return/", {"code": code})
    page = client.get("/join/application/").content.decode()

    assert heading in page
    assert "It was good to talk." in page
    assert "Evenings only" not in page
    assert "blue kettle" not in page
    assert Interview.objects.get().notes == "Evenings only."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"held_at": ""}, "Say when you talked"),
        ({"held_at": "yesterday"}, "Write day and time like this"),
        ({"held_at": "2999-01-01T10:00"}, "in the future"),
        ({"outcome": "maybe"}, "Choose one of these"),
        ({"outcome": "refer", "words": ""}, "what can help instead"),
        ({"outcome": "not_now"}, "Name a day from which"),
        ({"outcome": "not_now", "come_back_on": "2001-01-01"}, "lies ahead"),
        ({"outcome": "not_now", "come_back_on": "soon"}, "Write the day like this"),
        ({"notes": "n" * 10_000}, "too long"),
        ({"notes": "a\0b"}, "Null characters"),
    ],
)
def test_a_wrong_field_gets_a_message_and_the_notes_stay(
    cast: Cast, salla: Client, changes: dict[str, str], words: str
) -> None:
    application = applicants.sent(cast.now)
    response = salla.post(f"/desk/applications/{application.pk}/interview/", talk(cast, **changes))

    assert response.status_code == 200
    page = response.content.decode()
    assert words in page
    assert talk(cast, **changes)["notes"].replace("\0", "\0") in page or "\0" in changes.get("notes", "")
    assert not Interview.objects.exists()


def test_groups_are_offered_with_reasons_the_best_fit_first(cast: Cast, salla: Client) -> None:
    application = applicants.waiting(cast.now, by=cast.salla, group=cast.birch)
    response = salla.get(f"/desk/applications/{application.pk}/place/")

    [(fit, _form)] = response.context["fits"]
    assert fit.group == cast.birch
    texts = [reason.text for reason in fit.reasons]
    assert "The language asked for" in texts
    assert "This group was asked for" in texts
    assert "on their clock" in " ".join(texts)
    # Alder is past its second meeting.
    assert "Alder" not in response.content.decode()


def test_a_place_is_offered_and_taken_back(cast: Cast, salla: Client) -> None:
    application = applicants.waiting(cast.now, by=cast.salla)
    place = f"/desk/applications/{application.pk}/place/"
    response = salla.post(place, {"group": str(cast.birch.pk)}, follow=True)
    assert "The place is offered" in response.content.decode()
    placement = Placement.objects.get()

    assert (
        "The application has moved on"
        in salla.post(place, {"group": str(cast.birch.pk)}, follow=True).content.decode()
    )
    response = salla.post(f"/desk/places/{placement.pk}/take-back/", follow=True)
    assert "the seat is free" in response.content.decode()
    application.refresh_from_db()
    assert application.state == State.WAITING


def test_a_closed_group_or_nonsense_is_not_offered(cast: Cast, salla: Client) -> None:
    application = applicants.waiting(cast.now, by=cast.salla)
    place = f"/desk/applications/{application.pk}/place/"

    answer = salla.post(place, {"group": str(cast.alder.pk)}, follow=True)
    assert "takes nobody in any more" in answer.content.decode()
    for nonsense in ("", "x", str(uuid4()), "\0"):
        assert salla.post(place, {"group": nonsense}).status_code == 404
    assert salla.post(f"/desk/places/{uuid4()}/take-back/").status_code == 404


def test_a_full_group_is_neither_shown_nor_given(cast: Cast, salla: Client) -> None:
    group = cast.birch
    group.programme.goes_on_from = group.programme.minimum = group.programme.planned = 3
    group.programme.save()
    application = applicants.waiting(cast.now, by=cast.salla)
    place = f"/desk/applications/{application.pk}/place/"

    assert "No group has a free seat" in salla.get(place).content.decode()
    answer = salla.post(place, {"group": str(group.pk)}, follow=True)
    assert "The last seat of this group has just been taken" in answer.content.decode()
    with pytest.raises(placing.NoSeat):
        placing.offer(application=application, group=group, by=cast.salla, now=cast.now)


def test_the_list_of_groups_says_how_full_they_are(cast: Cast, salla: Client) -> None:
    placing.offer(
        application=applicants.waiting(cast.now, by=cast.salla),
        group=cast.birch,
        by=cast.salla,
        now=cast.now,
    )
    shown = {
        group.name: (group.parents, group.offered, group.seats, takes)
        for group, takes, *_more in salla.get("/desk/places/").context["rows"]
    }

    assert shown["Birch"] == (3, 1, 4, True)
    assert cast.alder.name == "Alder"
    takes = {group.name: takes for group, takes, *_more in salla.get("/desk/places/").context["rows"]}
    assert takes["Alder"] is False


def test_today_counts_what_needs_doing(cast: Cast, salla: Client) -> None:
    applicants.sent(cast.now)
    applicants.waiting(cast.now, by=cast.salla)
    late = applicants.talked(applicants.sent(cast.now), by=cast.salla, now=cast.now, outcome="not_now")
    Interview.objects.filter(application=late).update(come_back_on=cast.now.date())
    assert cast.birch.starts_on <= (cast.now + timedelta(days=14)).date()
    today = salla.get("/desk/").context["today"]

    assert (today.sent, today.waiting, today.offered, today.come_back) == (1, 1, 0, 1)
    assert [group.name for group in today.groups] == ["Birch"]
