"""What a parent writes on a page outside the room comes back whole, as what she writes in the room does."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from peersupport.accounts.models import Session
from peersupport.chat.models import Arrival, PrivateWords, Whereabouts
from peersupport.groups.models import Membership, Task
from tests.chat.conftest import Evening
from tests.chat.writing import WORDS, Writer, database_away, given_back, hidden, shows_nothing

pytestmark = pytest.mark.django_db


def suspended(evening: Evening) -> Writer:
    """Aino, asked to stay out for now, on the page that says so."""
    Membership.objects.filter(pk=evening.seats["aino"]).update(state="suspended")
    return Writer(evening, "aino", "/my/")


def at_the_door(evening: Evening) -> Writer:
    """Aino, who has not come in yet."""
    Arrival.objects.filter(member=evening.seats["aino"]).delete()
    return Writer(evening, "aino", f"/room/{evening.room.pk}/in/")


def written(evening: Evening, form: str) -> tuple[Writer, str, dict[str, str]]:
    """Who has written into a form, where it is sent to, and what it holds."""
    if form == "heard":
        writer = suspended(evening)
        return writer, f"/my/{evening.cast.alder.slug}/ask/", {**writer.carried(), "words": WORDS}
    if form == "private":
        writer = Writer(evening, "aino", f"/my/{evening.cast.alder.slug}/words/")
        return writer, writer.address, {**writer.carried(), "words": WORDS}
    writer = at_the_door(evening)
    return writer, writer.address, {**writer.carried(), "call": WORDS, "may_use": "on", "seen": "no"}


FORMS = pytest.mark.parametrize("form", ["heard", "private", "where"])


@FORMS
def test_a_sign_in_that_has_ended_gives_them_back_once_and_to_her_alone(
    evening_in_pages: Evening, form: str
) -> None:
    writer, address, given = written(evening_in_pages, form)
    Session.objects.all().delete()
    answer = writer.sends(given, address)
    assert answer.status_code == 403
    assert given_back(answer)
    assert shows_nothing(writer.sends(given, address))


@FORMS
def test_after_she_signed_in_anew_they_come_back_and_are_kept_from_there(
    evening_in_pages: Evening, form: str
) -> None:
    writer, address, given = written(evening_in_pages, form)
    writer.signs_in()
    answer = writer.sends(given, address)
    assert answer.status_code == 403
    assert given_back(answer)
    stands = answer.content.decode()
    name = "call" if form == "where" else "words"
    back = {**hidden(stands), name: WORDS, "act": "refresh"}
    if form == "where":
        door = writer.sends(back, f"/room/{evening_in_pages.room.pk}/")
        assert WORDS in [unescape(box) for box in door.context["form"]["call"].value().splitlines()]
        assert door.context["form"]["may_use"].value()
        back = {**given, **hidden(door.content.decode())}
    kept = writer.sends(back, address)
    assert kept.status_code == 302
    assert [kept_words(form)] == [WORDS]


def kept_words(form: str) -> str:
    """What the site has of it."""
    match form:
        case "heard":
            return Task.objects.get().asked
        case "private":
            return PrivateWords.objects.get().words
        case _:
            return Whereabouts.objects.get().call


@FORMS
def test_with_the_database_away_they_come_back(evening_in_pages: Evening, form: str) -> None:
    writer, address, given = written(evening_in_pages, form)
    with database_away():
        answer = writer.sends(given, address)
    assert answer.status_code == 503
    assert given_back(answer)


@FORMS
def test_the_next_person_at_the_device_reads_nothing_of_them(evening_in_pages: Evening, form: str) -> None:
    writer, address, given = written(evening_in_pages, form)
    writer.user = evening_in_pages.cast.berit
    writer.signs_in()
    assert shows_nothing(writer.sends(given, address))


@pytest.mark.parametrize("form", ["heard", "private"])
def test_a_page_that_is_hers_no_more_gives_them_back(evening_in_pages: Evening, form: str) -> None:
    writer, address, given = written(evening_in_pages, form)
    Membership.objects.filter(pk=evening_in_pages.seats["aino"]).update(state="left")
    answer = writer.sends(given, address)
    assert answer.status_code == 404
    assert given_back(answer)


def test_too_long_a_word_to_the_coordinators_comes_back_with_what_is_wrong(evening_in_pages: Evening) -> None:
    writer = suspended(evening_in_pages)
    asks = f"/my/{evening_in_pages.cast.alder.slug}/ask/"
    long = WORDS + "\n" + "y" * 2000
    answer = writer.sends({**writer.carried(), "words": long}, asks)
    assert answer.status_code == 422
    assert long in unescape(answer.content.decode())
    assert "2,000 characters" in answer.content.decode() or "2000 characters" in answer.content.decode()
    assert not Task.objects.exists()


def test_a_line_end_counts_once_as_in_the_box(evening_in_pages: Evening) -> None:
    writer = suspended(evening_in_pages)
    asks = f"/my/{evening_in_pages.cast.alder.slug}/ask/"
    full = "\r\n".join(["y" * 99] * 20)
    assert writer.sends({**writer.carried(), "words": full}, asks).status_code == 302
    assert Task.objects.get().asked == full.replace("\r\n", "\n")


def test_what_she_adds_before_she_was_answered_is_added_and_not_lost(evening_in_pages: Evening) -> None:
    writer = suspended(evening_in_pages)
    asks = f"/my/{evening_in_pages.cast.alder.slug}/ask/"
    for words in ("It was not so.", "It was not so.", "Berit was there."):
        assert writer.sends({**writer.carried(), "words": words}, asks).status_code == 302
    assert Task.objects.get().asked == "It was not so.\n\nBerit was there."
    for _more in range(5):
        answer: Any = writer.sends({**writer.carried(), "words": f"{_more}" * 1999 + "!"}, asks)
    assert answer.status_code == 422
    assert "4" * 1999 + "!" in answer.content.decode()


def test_what_is_wrong_at_the_door_or_with_her_words_leaves_what_she_wrote(evening_in_pages: Evening) -> None:
    door = at_the_door(evening_in_pages)
    answer = door.sends({**door.carried(), "place": WORDS, "call": "y" * 121})
    assert answer.status_code == 422
    assert WORDS in unescape(answer.content.decode())
    assert "y" * 121 in answer.content.decode()
    writer, address, given = written(evening_in_pages, "private")
    refused = writer.sends({**given, "words": "y" * 61 + "\n" + WORDS}, address)
    assert refused.status_code == 400
    assert given_back_with(refused, "y" * 61)


def given_back_with(answer: Any, more: str) -> bool:
    """Whether the words and something more stand in the answer."""
    page = unescape(answer.content.decode())
    return WORDS in page and more in page


def test_pressed_twice_the_door_lets_her_in_once_and_keeps_her_message_in_the_box(
    evening_in_pages: Evening,
) -> None:
    door = at_the_door(evening_in_pages)
    given = {**door.carried(), "seen": "no", "body": WORDS, "note": ""}
    for _press in range(2):
        assert given_back(door.sends(given))
    assert Arrival.objects.filter(member=evening_in_pages.seats["aino"]).count() == 1
