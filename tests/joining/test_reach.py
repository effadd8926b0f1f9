"""How it is safe to reach somebody: by which way, at which hours, with which words, and what never."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from peersupport.accounts.models import Mail
from peersupport.joining import interviewing, placing
from peersupport.joining.models import Application
from tests.cast import Cast
from tests.joining import applicants, walking
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db
CALL = {
    "phone": "+358 40 123 4567",
    "from_hour": "9",
    "until_hour": "12",
    "opener": "enquiry",
    "never": ["voicemail", "others"],
}


def by_phone(client: Client, **changes: Any) -> Any:
    walking.answer_all(client)
    assert walking.answer(client, "contact", reach="phone")["Location"] == "/join/phone/"
    return client.post("/join/phone/", {**CALL, **changes})


def only() -> Application:
    return Application.objects.get()


def test_a_coordinator_reads_number_hours_words_and_what_never(cast: Cast, client: Client) -> None:
    assert by_phone(client).status_code == 302
    client.post("/join/check/")
    page = staff_browser(cast.salla).get(f"/desk/applications/{only().pk}/").content.decode()
    for words in (
        "+358 40 123 4567",
        "between 09:00 and 12:00",
        "Good day, about your enquiry",
        "Never: Leave a",
    ):
        assert words in page
    assert "Never: Send" not in page


@pytest.mark.check(48)
def test_who_is_called_is_never_written_to(cast: Cast, client: Client) -> None:
    walking.answer_all(client, by_mail=True)
    walking.answer(client, "contact", reach="phone")
    client.post("/join/phone/", CALL)
    client.post("/join/check/")
    interviewing.write_to(application=only(), by=cast.salla, words="Tuesday?", now=cast.now)
    assert not Mail.objects.exists()
    contact = only().contact
    assert contact is not None
    assert contact.address == ""


def test_who_wants_to_be_called_is_told_of_the_call_and_not_to_look_again(client: Client) -> None:
    by_phone(client)
    client.post("/join/check/")
    page = client.get("/join/application/").content.decode()
    assert "a coordinator calls the number you gave, at the hours you chose" in page
    assert "We send you nothing, as you asked" not in page


def test_until_she_says_otherwise_what_could_give_her_away_is_never_done(client: Client) -> None:
    walking.answer_all(client)
    walking.answer(client, "contact", reach="phone")
    form = client.get("/join/phone/").context["form"]
    assert form.initial["never"] == ["voicemail", "text", "others"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"phone": ""}, "Write the number"),
        ({"phone": "call me"}, "like this"),
        ({"phone": "1" * 200}, "like this"),
        ({"phone": "+358\r\n40"}, "like this"),
        ({"from_hour": ""}, "Choose both hours"),
        ({"never": ["nonsense"]}, "Choose one of these"),
        ({"opener": "nonsense"}, "Choose one of these"),
    ],
)
def test_a_number_that_cannot_be_called_is_not_kept(
    client: Client, given: dict[str, Any], words: str
) -> None:
    answer = by_phone(client, **given)
    if answer.status_code == 200:
        assert words in answer.content.decode()
        assert only().told.phone == ""
        assert client.get("/join/check/")["Location"] == "/join/phone/"
    else:
        assert only().told.phone == "+358 40"
        assert given["phone"] == "+358\r\n40"


@pytest.mark.parametrize("turned", ["code", "email"])
def test_who_turns_to_another_way_leaves_no_number_behind(client: Client, turned: str) -> None:
    by_phone(client)
    assert only().told.phone
    walking.answer(client, "contact", reach=turned)
    assert only().told.phone == ""
    assert only().told.never == ()
    assert "40 123" not in client.get("/join/check/", follow=True).content.decode()


@pytest.mark.check(48)
def test_every_mail_begins_with_the_words_she_chose(cast: Cast, client: Client) -> None:
    walking.answer_all(client, by_mail=True, address={"opener": "agreed"})
    client.post("/join/check/")
    application = applicants.talked(only(), by=cast.salla, now=cast.now)
    placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    bodies = [mail.body for mail in Mail.objects.all()]
    assert len(bodies) == 2
    assert all(body.startswith("Hello, as agreed:") for body in bodies)


ORDERS = [
    ("name", "contact", "background"),
    ("contact", "language", "name"),
    ("wishes", "agreement", "contact"),
    ("times", "course", "language"),
]


@pytest.mark.parametrize("order", ORDERS)
def test_she_goes_back_and_changes_in_any_order_and_can_still_send(
    client: Client, order: tuple[str, ...]
) -> None:
    walking.answer_all(client)
    for question in order:
        changes = {"reach": "phone"} if question == "contact" else {}
        answered = walking.answer(client, question, then="check", **changes)
        if changes:
            assert answered["Location"] == "/join/phone/"
            answered = client.post("/join/phone/", {**CALL, "then": "check"})
        assert answered["Location"] == "/join/check/", question
        assert client.get("/join/check/").status_code == 200
    client.post("/join/check/")
    assert only().state == "sent"
    assert only().told.called == "Greta"
