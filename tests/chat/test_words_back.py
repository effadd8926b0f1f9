"""A form without a script that could not be taken in gives its words back, to whoever wrote them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from peersupport.accounts.models import Session
from peersupport.chat.models import Arrival, Event, Room
from peersupport.groups.models import Membership
from tests.chat.conftest import Evening
from tests.chat.writing import WORDS, Writer, database_away, given_back, hidden, shows_nothing
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db
# Where something is sent it is another connection that stores it.
SENDS = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aino(evening_in_pages: Evening) -> Writer:
    """Aino in the open room."""
    return Writer(evening_in_pages, "aino")


@SENDS
def test_with_all_well_the_form_is_sent_and_is_checked(aino: Writer) -> None:
    form = aino.form()
    assert aino.sends(form)["Location"] == f"{aino.address}#newest"
    assert Event.objects.filter(kind="message").count() == 1


def test_a_sign_in_that_has_ended_shows_them_once_and_to_nobody_after_her(aino: Writer) -> None:
    form = aino.form()
    Session.objects.all().delete()
    answer = aino.sends(form)
    assert answer.status_code == 403
    assert given_back(answer)
    assert f'href="{reverse(settings.LOGIN_URL)}?next={aino.address}"' in answer.content.decode()
    # Asked for once more, by Reload or by Back, it says nothing: the cookie that proved it was she is gone.
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
    again = aino.sends(form)
    assert again.status_code == 302
    assert shows_nothing(again)
    assert not Event.objects.exists()


@pytest.mark.check(45)
def test_after_leaving_nothing_comes_back(aino: Writer) -> None:
    form = aino.form()
    aino.client.get("/leave/")
    answer = aino.sends(form)
    assert answer.status_code in {302, 403}
    assert shows_nothing(answer)


def test_the_next_person_at_the_device_reads_nothing_of_them(aino: Writer, evening_in_pages: Evening) -> None:
    form = aino.form()
    aino.user = evening_in_pages.cast.berit
    aino.signs_in()
    answer = aino.sends(form)
    assert answer.status_code == 403
    assert shows_nothing(answer)
    token = aino.form()["csrfmiddlewaretoken"]
    with database_away():
        away = aino.sends({**form, "csrfmiddlewaretoken": token})
    assert away.status_code == 503
    assert shows_nothing(away)


def test_after_she_signed_in_anew_the_answer_leads_back_into_the_room_with_them(aino: Writer) -> None:
    form = aino.form()
    aino.signs_in()
    answer = aino.sends(form)
    assert answer.status_code == 403
    assert given_back(answer)
    page = answer.content.decode()
    back = {**hidden(page), "body": WORDS, "note": "sleep", "act": "refresh"}
    assert back["id"] == form["id"]
    room = aino.sends(back)
    assert room.status_code == 200
    assert given_back(room)
    assert not Event.objects.exists()


@SENDS
def test_with_the_database_away_they_come_back_and_are_sent_once(aino: Writer) -> None:
    form = aino.form()
    with database_away():
        answer = aino.sends(form)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert given_back(answer)
    back = {**hidden(answer.content.decode()), "body": WORDS, "note": "sleep", "act": "refresh"}
    assert given_back(aino.sends(back))
    for _press in range(2):
        assert aino.sends({**back, "act": "post"}).status_code == 302
    assert Event.objects.filter(kind="message").count() == 1


def test_a_fault_of_ours_gives_them_back(aino: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    form = aino.form()
    with monkeypatch.context() as broken:
        broken.setattr("peersupport.chat.pages.writing.submitted", lambda *_a, **_k: 1 / 0)
        answer = aino.sends(form)
    assert answer.status_code == 500
    assert given_back(answer)
    assert "one message, never two" in answer.content.decode()


@pytest.mark.check(31)
def test_a_room_that_is_hers_no_more_gives_them_back_and_says_no_more_than_a_missing_one(
    aino: Writer, evening_in_pages: Evening
) -> None:
    form = aino.form()
    Membership.objects.filter(pk=evening_in_pages.seats["aino"]).update(state="suspended")
    answer = aino.sends(form)
    missing = aino.sends(form, f"/room/{uuid4()}/")
    assert answer.status_code == missing.status_code == 404
    assert given_back(answer)
    assert 'action="/room/' not in answer.content.decode()
    assert answer.content == missing.content


def test_a_form_that_was_not_made_for_her_repeats_nothing(aino: Writer, evening_in_pages: Evening) -> None:
    berit = Writer(evening_in_pages, "berit")
    form = aino.form()
    for kept in ("", ".", "x" * 65, berit.form()["kept"]):
        foreign = aino.client.post(
            aino.address,
            {**form, "csrfmiddlewaretoken": "", "kept": kept},
            headers={"Origin": "https://evil.example"},
        )
        assert foreign.status_code == 403
        assert shows_nothing(foreign)


def test_what_she_wrote_to_the_facilitators_comes_back_to_where_it_belongs(
    aino: Writer, evening_in_pages: Evening
) -> None:
    target = str(uuid4())
    form = {**aino.form(), "act": "send_report", "report": target, "body": "", "note": "", "reason": WORDS}
    with database_away():
        answer = aino.sends(form)
    assert given_back(answer)
    assert f'name="act" value="report:{target}"' in answer.content.decode()
    back = {**hidden(answer.content.decode()), "reason": WORDS, "act": f"report:{target}"}
    assert given_back(aino.sends(back))


def test_at_the_door_everything_comes_along_and_a_fault_there_leads_back_to_the_room(
    aino: Writer, evening_in_pages: Evening
) -> None:
    form = {**aino.form(), "check_in": "3", "check_in_note": WORDS, "body": "", "note": ""}
    Arrival.objects.filter(member=evening_in_pages.seats["aino"]).delete()
    door = aino.sends(form)
    carried = {**hidden(door.content.decode()), "seen": "no"}
    assert carried["check_in_note"] == WORDS
    with database_away():
        away = aino.sends(carried, f"{aino.address}in/")
    assert given_back(away)
    assert f'action="{aino.address}#newest"' in away.content.decode()
    inside = aino.sends(carried, f"{aino.address}in/")
    assert given_back(inside)
    assert Room.objects.filter(pk=evening_in_pages.room.pk, state="open").exists()


def test_a_facilitator_whose_second_step_is_asked_for_again_can_copy_hers(evening_in_pages: Evening) -> None:
    maija = Writer(evening_in_pages, "maija")
    maija.client = staff_browser(evening_in_pages.cast.maija)
    form = maija.form()
    session = maija.client.session
    session.pop("account_authentication_methods")
    session.save()
    answer = maija.sends(form)
    assert answer.status_code == 403
    assert given_back(answer)
    assert "second step" in answer.content.decode()
