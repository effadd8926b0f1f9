"""A parent applies without an account, stops, comes back, takes it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from peersupport.audit.models import Entry
from peersupport.joining import applying, erasing, return_codes
from peersupport.joining.models import Application
from peersupport.vault import keys
from peersupport.vault.keys import KeyDestroyed
from peersupport.vault.models import DataKey
from peersupport.work.one_by_one import SomeFailed
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import walking

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture
def phone() -> Client:
    """Another device of the same person."""
    return SecureClient()


def only() -> Application:
    return Application.objects.get()


def test_she_answers_every_question_and_sends_it(client: Client, cast: Cast) -> None:
    group = cast.birch
    code = walking.apply(client, course={"group": str(group.pk)})

    application = only()
    assert application.state == State.SENT
    assert application.wanted_group == group
    assert application.told.called == "Greta"
    assert application.told.times == ("tue-evening", "thu-evening")
    assert application.consent_version
    assert application.contact is None or not application.contact.email_is_safe
    assert len(code.replace("-", "")) == 16


def test_what_stays_confidential_stands_before_the_first_question_about_her(client: Client) -> None:
    first = client.get("/join/agreement/").content.decode()
    assert "There is one limit" in first

    response = client.get("/join/background/")
    assert response.status_code == 302
    assert response["Location"] == "/join/"


def test_every_answer_is_kept_at_once_and_the_code_stands_on_every_page(client: Client) -> None:
    walking.answer(client, "agreement")
    code = walking.code_on(client.get("/join/course/"))
    for question, following in zip(walking.ANSWERS, [*list(walking.ANSWERS)[1:], "check"], strict=True):
        response = walking.answer(client, question)
        assert response["Location"] == f"/join/{following}/"
        assert question in only().told.done
        assert walking.code_on(client.get(f"/join/{following}/")) == code


def test_a_form_far_too_long_takes_nothing_from_what_was_saved(client: Client) -> None:
    for question in ("agreement", "course", "language", "times", "background"):
        walking.answer(client, question)
    before = only().told
    assert before.in_words == "A court case is open."

    response = walking.answer(client, "background", in_words="w" * 300 * 1024)

    assert response.status_code == 413
    assert "That was too long" in response.content.decode()
    assert only().told == before
    assert "A court case is open." in client.get("/join/background/").content.decode()


def test_she_goes_on_with_her_code_on_another_device(client: Client, phone: Client) -> None:
    walking.answer(client, "agreement")
    walking.answer(client, "course")
    code = walking.code_on(client.get("/join/code/"))

    assert phone.get("/join/language/")["Location"] == "/join/"
    entered = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert phone.post("/join/return/", {"code": entered})["Location"] == "/join/application/"
    assert phone.get("/join/language/").status_code == 200
    walking.answer(phone, "language")
    assert "language" in only().told.done


def test_she_is_taken_to_speak_what_she_reads_until_she_says_otherwise(client: Client) -> None:
    client.post("/language/", {"language": "sv", "next": "/"})
    walking.answer(client, "agreement")
    walking.answer(client, "course")

    assert '<option value="sv" selected>' in client.get("/join/language/").content.decode()
    walking.answer(client, "language", language="fi")
    assert '<option value="fi" selected>' in client.get("/join/language/").content.decode()


def test_whoever_stops_at_a_question_she_has_not_answered_gets_her_code_and_not_an_error(
    client: Client,
) -> None:
    walking.answer(client, "agreement")
    stopped = client.post("/join/times/", {"later": "1"})
    assert stopped["Location"] == "/join/code/"
    half = client.post("/join/background/", {"later": "1", "in_words": "Half a thought."})
    assert "Half a thought." in half.content.decode()
    assert only().told.done == ("agreement",)


@pytest.mark.parametrize("wrong", ["ABCD-EFGH-JKMN-PQRS", "x", "\0" * 5, "7" * 5000, "‮ABCD"])
def test_a_wrong_code_and_an_unknown_one_get_the_same_words(client: Client, wrong: str) -> None:
    unknown = client.post("/join/return/", {"code": return_codes.new_code()})
    answer = client.post("/join/return/", {"code": wrong})

    assert answer.status_code == unknown.status_code == 200
    assert "application" not in client.session
    if "\0" not in wrong:
        assert answer.context["form"].errors == unknown.context["form"].errors


def test_after_many_codes_she_is_asked_to_wait_and_a_forged_header_does_not_help(client: Client) -> None:
    walking.apply(client)
    code = only().code
    for _try in range(30):
        client.post("/join/return/", {"code": return_codes.new_code()})
    answer = client.post("/join/return/", {"code": code}, HTTP_X_FORWARDED_FOR="192.0.2.9")

    assert answer.status_code == 429
    assert "quarter of an hour" in answer.content.decode()


def test_once_noted_the_code_is_gone_from_the_page_and_from_the_row(client: Client, phone: Client) -> None:
    code = walking.apply(client)
    client.post("/join/code/")

    assert code not in client.get("/join/application/").content.decode()
    assert code not in client.get("/join/code/").content.decode()
    assert only().code == ""
    assert phone.post("/join/return/", {"code": code})["Location"] == "/join/application/"


@pytest.mark.check(54)
def test_neither_answers_nor_code_stand_readable_in_the_table(client: Client) -> None:
    from django.db import connection

    walking.answer_all(client, by_mail=True)
    code = only().code
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text, c::text FROM joining_application a, accounts_safecontact c")
        stored = str(cursor.fetchall())
    for canary in ("court case", "Greta", "greta@safe.example", code):
        assert canary not in stored
        assert canary.encode().hex() not in stored


@pytest.mark.parametrize(
    ("question", "given", "words"),
    [
        ("course", {"group": "no such group"}, "Choose one of these"),
        ("language", {"language": "xx"}, "Choose one of these"),
        ("language", {"country": "\0"}, "Choose one of these"),
        ("times", {"times": []}, "Tick at least one time"),
        ("times", {"times": ["tue-evening", "<script>"]}, "Tick times of this list only"),
        ("background", {"happened": ""}, "Choose one of these"),
        ("background", {"in_words": "w" * 10_000}, "longer than we can keep"),
        ("background", {"in_words": "one\0two"}, "Null characters"),
        ("name", {"called": ""}, "Write any name"),
        ("name", {"called": "n" * 10_000}, "at most 60"),
        ("agreement", {"limits": ""}, "tick here"),
    ],
)
def test_a_wrong_answer_gets_a_message_beside_it_and_keeps_what_was_written(
    client: Client, question: str, given: dict[str, Any], words: str
) -> None:
    walking.answer_all(client)
    before = only().answers
    response = walking.answer(client, question, **given)

    assert response.status_code == 200
    page = response.content.decode()
    assert words in page
    assert 'role="alert"' in page
    field, value = next(iter(given.items()))
    if value and isinstance(value, str) and question in {"background", "name"} and "\0" not in value:
        assert response.context["form"][field].value() == value
        assert value in page
    assert only().answers == before


def test_marks_that_turn_text_around_are_taken_out(client: Client) -> None:
    walking.answer_all(client)
    walking.answer(client, "background", in_words="a‮b⁦c\r\nd\x07e")

    assert only().told.in_words == "abc\nde"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"address": "nonsense"}, "name@example.org"),
        ({"address": "a@b.example\r\nBcc: c@d.example"}, "name@example.org"),
        ({"others_read": "perhaps"}, "not safe enough"),
        ({"from_hour": "9"}, "Choose both hours"),
        ({"from_hour": "9", "until_hour": "9"}, "are the same"),
        ({"from_hour": "99"}, "Choose one of these"),
    ],
)
@pytest.mark.check(28, 48)
def test_an_address_is_kept_only_if_it_is_safe(client: Client, given: dict[str, str], words: str) -> None:
    walking.answer_all(client, by_mail=False)
    walking.answer(client, "contact", reach="email")
    response = walking.answer(client, "address", **given)

    assert response.status_code == 200
    assert words in response.content.decode()
    contact = only().contact
    assert contact is None or not contact.email_is_safe
    assert client.get("/join/check/")["Location"] == "/join/address/"


def test_who_turns_to_the_code_after_all_leaves_no_address_behind(client: Client) -> None:
    walking.answer_all(client, by_mail=True)
    contact = only().contact
    assert contact is not None
    assert contact.address == "greta@safe.example"

    walking.answer(client, "contact", reach="code")
    contact.refresh_from_db()
    assert not contact.email_is_safe
    assert contact.address == ""


def test_a_country_with_several_clocks_asks_which_and_one_with_a_single_clock_does_not(
    client: Client,
) -> None:
    walking.answer(client, "agreement", country="fr")
    walking.answer(client, "course")
    assert walking.answer(client, "language", country="fr")["Location"] == "/join/times/"
    assert only().time_zone == "Europe/Paris"

    assert walking.answer(client, "language", country="pt")["Location"] == "/join/clock/"
    assert client.get("/join/check/")["Location"] == "/join/clock/"
    assert client.post("/join/clock/", {"zone": "Atlantic/Azores"})["Location"] == "/join/times/"
    assert only().time_zone == "Atlantic/Azores"


def test_where_the_session_ended_while_she_wrote_her_words_are_kept(client: Client) -> None:
    walking.answer_all(client)
    client.cookies.clear()
    response = walking.answer(client, "background", in_words="This took me an hour.")

    newest = Application.objects.latest("started_at")
    assert newest.told.in_words == "This took me an hour."
    assert response["Location"] == "/join/agreement/"


def test_change_on_the_checking_page_leads_back_to_it(client: Client) -> None:
    walking.answer_all(client)
    assert "then" in client.get("/join/name/?then=check").content.decode()
    response = walking.answer(client, "name", called="Nadia", then="check")

    assert response["Location"] == "/join/check/"
    assert "Nadia" in client.get("/join/check/").content.decode()


def test_an_unfinished_application_cannot_be_sent_and_a_sent_one_not_changed(client: Client) -> None:
    walking.answer(client, "agreement")
    assert client.post("/join/check/")["Location"] == "/join/course/"
    assert only().state == State.DRAFT
    with pytest.raises(applying.Incomplete):
        applying.send(application=only(), now=only().started_at)

    walking.apply(client)
    assert walking.answer(client, "name", called="Other")["Location"] == "/join/application/"
    assert only().told.called == "Greta"


def test_she_takes_it_back_and_comes_back_with_her_code(client: Client, phone: Client) -> None:
    code = walking.apply(client)
    client.post("/join/application/withdraw/", {"how": "pause"})
    assert only().state == State.WITHDRAWN
    assert "taken it back" in client.get("/join/application/").content.decode()

    phone.post("/join/return/", {"code": code})
    phone.post("/join/application/come-back/")
    assert only().state == State.SENT
    about = Entry.objects.filter(what__startswith="application.").order_by("pk")
    acts = list(about.values_list("what", flat=True))
    assert acts == ["application.began", "application.sent", "application.withdrawn", "application.resumed"]


def test_she_has_everything_erased_at_once(client: Client, phone: Client) -> None:
    code = walking.apply(client, by_mail=True)
    application = only()
    assert application.told.called == "Greta"
    response = client.post("/join/application/withdraw/", {"how": "erase"}, follow=True)

    assert "Everything is erased" in response.content.decode()
    assert not Application.objects.exists()
    assert DataKey.objects.get(subject=application.pk).wrapped is None
    with pytest.raises(KeyDestroyed), transaction.atomic():
        Application(pk=application.pk, answers="late").save()
    assert (
        "No application answers to this code" in phone.post("/join/return/", {"code": code}).content.decode()
    )
    assert client.get("/join/application/")["Location"] == "/join/return/"


def test_closing_it_on_this_device_asks_for_the_code_again(client: Client) -> None:
    walking.answer_all(client)
    client.post("/join/close/")

    assert client.get("/join/check/")["Location"] == "/join/return/"
    assert only().state == State.DRAFT


def test_the_session_gets_a_new_key_when_it_becomes_an_applicants(client: Client) -> None:
    client.get("/join/")
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["__Host-session"] = str(session.session_key)
    known = session.session_key
    walking.answer(client, "agreement")

    assert client.session.session_key != known


@pytest.mark.check(52)
@pytest.mark.parametrize(
    ("state", "days", "erased"),
    [
        (State.DRAFT, 29, False),
        (State.DRAFT, 30, True),
        (State.WITHDRAWN, 30, True),
        (State.SENT, 30, False),
        (State.SENT, 179, False),
        (State.SENT, 180, True),
        (State.NOT_NOW, 180, True),
        (State.OFFERED, 400, False),
    ],
)
def test_an_application_is_erased_when_its_time_is_over(
    client: Client, cast: Cast, state: str, days: int, erased: bool
) -> None:
    walking.answer_all(client)
    Application.objects.update(state=state, changed_at=cast.now)
    erasing.forget_old(cast.later(days=days))

    assert Application.objects.exists() is not erased


def test_an_application_that_cannot_be_erased_keeps_no_other(
    client: Client, phone: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    walking.answer_all(client)
    walking.answer_all(phone)
    first = Application.objects.order_by("changed_at")[0]
    destroy = keys.destroy

    def destroyed(*, subject: UUID) -> None:
        if subject == first.pk:
            raise RuntimeError
        destroy(subject=subject)

    monkeypatch.setattr(keys, "destroy", destroyed)
    with pytest.raises(SomeFailed):
        erasing.forget_old(cast.later(days=30, minutes=1))
    assert list(Application.objects.all()) == [first]


def test_a_day_after_sending_the_code_is_kept_only_as_a_hash(client: Client, cast: Cast) -> None:
    walking.apply(client)
    assert only().code
    erasing.forget_codes(cast.later(hours=2))
    assert only().code
    erasing.forget_codes(cast.later(days=1, minutes=5))
    assert only().code == ""


@pytest.mark.check(45)
def test_a_page_with_her_answers_or_her_code_is_asked_for_again_where_a_browser_kept_it(
    client: Client,
) -> None:
    walking.answer_all(client)
    for path in ("application", "application/withdraw", "check", "code", "background"):
        response = client.get(f"/join/{path}/")
        assert " data-private>" in response.content.decode(), path
        assert response["Cache-Control"] == "no-store"
