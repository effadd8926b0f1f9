"""A concern stands apart from every chat, is opened in time, and is read by those named on it alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction
from django.http import Http404
from django.test import Client

from peersupport.accounts import erasing
from peersupport.accounts.models import Mail, StaffRole, User
from peersupport.accounts.staffing import take_role
from peersupport.audit.models import Entry as Audit
from peersupport.audit.recording import record
from peersupport.chat import tending
from peersupport.chat.models import Event
from peersupport.demo import talking
from peersupport.groups.models import Membership
from peersupport.safeguarding import excerpts, keeping, raising, retaining
from peersupport.safeguarding.models import Alarm, Concern, Entry, Excerpt, Level
from peersupport.vault.keys import KeyDestroyed
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.cast import Cast
from tests.facilitators.conftest import enters
from tests.safeguarding.conftest import (
    FACT,
    OPINION,
    may_be_written_to,
    opened,
    second_coordinator,
    text,
    until_somebody_waits,
    worried,
)

pytestmark = pytest.mark.django_db


def tell(now: object) -> None:
    do_due(duties["safeguarding"], now=now)  # type: ignore[arg-type]  # a moment


def audited(what: str) -> int:
    return Audit.objects.filter(what=what).count()


def test_a_facilitator_hands_on_what_worries_her_and_reads_that_it_was_received(
    cast: Cast, maija: Client
) -> None:
    member = cast.seat(cast.aino)
    assert "Willow" in text(maija, f"/today/concern/{member.pk}/")
    given = {"level": "urgent", "fact": FACT, "opinion": OPINION, "somebody_else": "", "message": ""}
    answer = maija.post(f"/today/concern/{member.pk}/", given)
    concern = Concern.objects.get()
    assert answer.headers["Location"] == f"/today/concern/received/{concern.pk}/"
    assert (concern.level, concern.person, concern.country) == ("urgent", cast.aino.pk, cast.aino.country)
    page = text(maija, f"/today/concern/received/{concern.pk}/")
    assert "received, not opened yet" in page
    assert FACT not in page
    assert OPINION not in page


def test_without_a_fact_nothing_is_handed_on_and_what_she_wrote_is_still_there(
    cast: Cast, maija: Client
) -> None:
    member = cast.seat(cast.aino)
    answer = maija.post(f"/today/concern/{member.pk}/", {"level": "urgent", "opinion": OPINION})
    assert answer.status_code == 422
    assert OPINION in answer.content.decode()
    assert not Concern.objects.exists()


def test_the_same_form_sent_twice_is_one_concern(cast: Cast) -> None:
    assert worried(cast) == worried(cast)
    assert worried(cast, fact="something else").pk != worried(cast).pk
    assert Concern.objects.count() == 2


def test_who_leads_another_group_parents_and_she_herself_find_nothing(cast: Cast, maija: Client) -> None:
    missing = maija.get(f"/today/concern/{uuid4()}/")
    for user, member in (
        (cast.ruben, cast.seat(cast.aino)),
        (cast.aino, cast.seat(cast.berit)),
        (cast.maija, cast.seat(cast.maija, cast.alder)),
    ):
        answer = enters(user).get(f"/today/concern/{member.pk}/")
        assert (answer.status_code, len(answer.content) > 0) == (missing.status_code, True)
    with pytest.raises(raising.AboutHerself):
        worried(cast, by=cast.aino)


def test_somebody_who_has_left_is_the_coordinators_alone(cast: Cast, maija: Client, salla: Client) -> None:
    member = cast.seat(cast.aino)
    assert maija.get(f"/today/concern/{member.pk}/").status_code == 200
    Membership.objects.filter(pk=member.pk).update(state="left", left_at=cast.now)
    assert maija.get(f"/today/concern/{member.pk}/").status_code == 404
    assert salla.get(f"/desk/matters/concerns/about/{member.pk}/").status_code == 200


@pytest.mark.check(58)
def test_until_somebody_opens_it_coordinators_are_told_again_and_again(cast: Cast) -> None:
    may_be_written_to(cast.salla, "salla@desk.example")
    concern = worried(cast, level=Level.DANGER)
    assert concern.open_until == cast.now + timedelta(minutes=5)
    tell(cast.later(minutes=1))
    assert Mail.objects.count() == 1
    tell(cast.later(minutes=6))
    tell(cast.later(minutes=40))
    mails = list(Mail.objects.all())
    assert len(mails) == 3
    assert {mail.title for mail in mails} == {"Something to look at"}
    assert all("canary" not in mail.body and "Willow" not in mail.body for mail in mails)
    keeping.open_concern(concern.pk, by=cast.salla, now=cast.later(minutes=41))
    tell(cast.later(minutes=80))
    assert Mail.objects.count() == 3


def test_a_coordinator_is_not_told_of_what_is_about_herself(cast: Cast) -> None:
    may_be_written_to(cast.salla, "salla@desk.example")
    concern = worried(cast)
    Concern.objects.filter(pk=concern.pk).update(person=cast.salla.pk)
    tell(cast.later(minutes=1))
    assert not Mail.objects.exists()
    with pytest.raises(Http404):
        keeping.open_concern(concern.pk, by=cast.salla, now=cast.now)
    assert str(concern.pk) not in text(enters(cast.salla), "/desk/matters/concerns/")


def test_before_it_is_opened_nobody_reads_a_word_and_then_who_is_named_alone(
    cast: Cast, salla: Client
) -> None:
    concern, path = worried(cast), f"/desk/matters/concerns/{worried(cast).pk}/"
    assert FACT not in text(salla, path) + text(salla, "/desk/matters/concerns/")
    salla.post(path, {"do": "open"})
    page = text(salla, path)
    assert FACT in page
    assert OPINION in page
    assert "her younger child" in page
    tuuli = enters(second_coordinator(cast))
    assert tuuli.get(path).status_code == 404
    assert tuuli.get(f"{path}country/").status_code == 404
    assert tuuli.post(path, {"do": "note", "fact": "hers?"}).status_code == 404
    salla.post(path, {"do": "name", "user": str(cast.tuuli.pk), "reason": "She stands in for me."})
    assert FACT in text(tuuli, path)
    assert "She stands in for me." in text(tuuli, path)
    assert concern.entries.count() == 1


def test_every_reading_is_recorded(cast: Cast, salla: Client) -> None:
    concern = opened(cast)
    for _ in range(2):
        text(salla, f"/desk/matters/concerns/{concern.pk}/")
    assert audited("concern.read") == 2


def test_a_reading_that_cannot_be_recorded_shows_nothing(
    cast: Cast, salla: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern = opened(cast)

    def full(**_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(keeping, "record", full)
    with pytest.raises(RuntimeError):
        salla.get(f"/desk/matters/concerns/{concern.pk}/")


def test_she_is_told_what_she_may_know_and_nothing_else_of_the_record(
    cast: Cast, maija: Client, salla: Client
) -> None:
    concern = opened(cast)
    path = f"/desk/matters/concerns/{concern.pk}/"
    salla.post(path, {"do": "note", "fact": "secret-note"})
    salla.post(path, {"do": "decision", "fact": "secret-decision", "opinion": "secret-reason"})
    salla.post(path, {"do": "told", "whom": "secret-office", "what": "secret-words"})
    salla.post(path, {"do": "answer", "fact": "She has somebody with her."})
    record = text(salla, path)
    for words in ("secret-note", "secret-decision", "secret-reason", "secret-office", "secret-words"):
        assert words in record
    page = text(maija, f"/today/concern/received/{concern.pk}/")
    assert "She has somebody with her." in page
    assert "secret" not in page
    assert enters(cast.oskar).get(f"/today/concern/received/{concern.pk}/").status_code == 404


def test_a_closed_concern_takes_nothing_more_until_it_goes_on(cast: Cast, salla: Client) -> None:
    concern = opened(cast)
    path = f"/desk/matters/concerns/{concern.pk}/"
    salla.post(path, {"do": "close", "outcome": "supported", "reason": "She said so."})
    with pytest.raises(raising.Over):
        keeping.enter(concern.pk, kind=Entry.Kind.NOTE, fact="late", opinion="", by=cast.salla, now=cast.now)
    with pytest.raises(raising.Over):
        raising.add(concern, fact="late", opinion="", by=cast.maija, now=cast.now)
    salla.post(path, {"do": "reopen", "reason": "There is something new."})
    concern.refresh_from_db()
    assert (concern.closed_at, concern.outcome) == (None, "")
    assert "There is something new." in text(salla, path)


def test_an_unknown_act_is_not_there(cast: Cast, salla: Client) -> None:
    concern = opened(cast)
    answer = salla.post(f"/desk/matters/concerns/{concern.pk}/", {"do": "erase", "reason": "x"})
    assert answer.status_code == 404


def test_only_coordinators_can_be_named_and_never_whom_it_is_about(cast: Cast) -> None:
    concern = opened(cast)
    name = {"reason": "a reason", "by": cast.salla, "now": cast.now}
    with pytest.raises(keeping.NotACoordinator):
        keeping.name(concern.pk, whom=cast.maija, **name)  # type: ignore[arg-type]  # as above
    tuuli = second_coordinator(cast)
    Concern.objects.filter(pk=concern.pk).update(person=tuuli.pk)
    with pytest.raises(raising.AboutHerself):
        keeping.name(concern.pk, whom=tuuli, **name)  # type: ignore[arg-type]  # as above


def test_when_everybody_named_has_gone_another_coordinator_takes_over_with_a_reason(cast: Cast) -> None:
    concern, tuuli = opened(cast), second_coordinator(cast)
    with pytest.raises(keeping.SomebodyHasIt):
        keeping.take_over(concern.pk, reason="I like to know", by=tuuli, now=cast.now)
    take_role(of=cast.salla, role=StaffRole.Role.COORDINATOR, by=None)
    client, path = enters(tuuli), f"/desk/matters/concerns/{concern.pk}/"
    assert FACT not in text(client, path)
    client.post(path, {"do": "take_over", "reason": "Salla works elsewhere now."})
    assert FACT in text(client, path)
    assert "Salla works elsewhere now." in text(client, path)
    with pytest.raises(Http404):
        keeping.read(concern.pk, by=User.objects.get(pk=cast.salla.pk))


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_who_open_it_at_once_one_has_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern, tuuli = worried(cast), second_coordinator(cast)
    opening = threading.Event()

    def slowly(**facts: Any) -> None:
        opening.set()
        until_somebody_waits()
        record(**facts)

    def open_it(user: User) -> bool:
        try:
            if user == tuuli:
                assert opening.wait(timeout=60)
            keeping.open_concern(concern.pk, by=user, now=cast.now)
        except keeping.OpenedAlready:
            return False
        finally:
            connections.close_all()
        return True

    monkeypatch.setattr(keeping, "record", slowly)
    with ThreadPoolExecutor(max_workers=2) as threads:
        assert list(threads.map(open_it, (cast.salla, tuuli))) == [True, False]
    assert [one.user for one in concern.named.all()] == [cast.salla.pk]


def test_erasing_the_chat_or_the_person_leaves_the_record_and_its_own_time_ends_it(cast: Cast) -> None:
    concern = opened(cast)
    erasing.erase(user=cast.aino, by=None, now=cast.now)
    tending.erase_group(cast.alder)
    assert not Membership.objects.filter(pk=concern.member).exists()
    assert keeping.read(concern.pk, by=cast.salla).entries.get().fact == FACT
    much_later = cast.later(days=settings.SAFEGUARDING_DAYS * 2)
    retaining.forget_old(much_later)
    assert Concern.objects.exists(), "an open one is kept"
    keeping.close(
        concern.pk, outcome=Concern.Outcome.SUPPORTED, reason="as above", by=cast.salla, now=cast.now
    )
    entry = concern.entries.earliest("at")
    retaining.forget_old(cast.later(days=settings.SAFEGUARDING_DAYS - 1))
    assert Concern.objects.exists()
    retaining.forget_old(cast.later(days=settings.SAFEGUARDING_DAYS + 1))
    assert not Concern.objects.exists()
    with pytest.raises(KeyDestroyed):
        _ = Entry(pk=entry.pk, concern_id=concern.pk, **_sealed(entry)).fact


def _sealed(entry: Entry) -> dict[str, object]:
    return {"fact": entry.__dict__["fact"]}


def test_an_erased_concern_leaves_no_alarm_for_ever(cast: Cast) -> None:
    worried(cast)
    tell(cast.later(days=1))
    retaining.forget_old(cast.later(days=settings.MAIL_DAYS + 400))
    assert not Alarm.objects.exclude(state="due").exists()


@pytest.fixture
def message(cast: Cast) -> Event:
    """Something that Aino wrote in the room."""
    talking.tell("alder", cast.alder, now=cast.now)
    written = Event.objects.filter(kind="message", body__isnull=False, member=cast.seat(cast.aino))
    return written.filter(room__kind="group").latest("seq")


def with_words(cast: Cast, message: Event) -> Excerpt:
    """Maija would like it to stand with her concern."""
    seen = raising.Seen(fact=FACT, message=message.message_id)
    concern = raising.raise_concern(
        about=cast.seat(cast.aino), level=Level.TALK, seen=seen, by=cast.maija, now=cast.now
    )
    return concern.excerpts.get()


def test_words_of_the_room_are_copied_only_when_a_second_person_agrees(
    cast: Cast, message: Event, salla: Client
) -> None:
    excerpt, words = with_words(cast, message), excerpts.words_of(message)
    assert words
    keeping.open_concern(excerpt.concern_id, by=cast.salla, now=cast.now)
    path = f"/desk/matters/concerns/{excerpt.concern_id}/"
    assert excerpt.words == ""
    assert words not in text(salla, path)
    with pytest.raises(excerpts.HerOwn):
        excerpts.decide(excerpt.pk, keep=True, by=cast.maija, now=cast.now)
    oskar = enters(cast.oskar)
    assert words in text(oskar, f"/today/concern/words/{excerpt.pk}/")
    oskar.post(f"/today/concern/words/{excerpt.pk}/", {"keep": "1"})
    assert words in text(salla, path)
    with pytest.raises(excerpts.DecidedAlready):
        excerpts.decide(excerpt.pk, keep=False, by=cast.salla, now=cast.now)


def test_kept_words_outlast_the_room_and_words_nobody_agreed_to_do_not(cast: Cast, message: Event) -> None:
    excerpt, words = with_words(cast, message), excerpts.words_of(message)
    excerpts.decide(excerpt.pk, keep=True, by=cast.oskar, now=cast.now)
    other = raising.raise_concern(
        about=cast.seat(cast.aino),
        level=Level.WATCH,
        seen=raising.Seen(fact="something else", message=message.message_id),
        by=cast.maija,
        now=cast.now,
    )
    tending.erase_group(cast.alder)
    assert Excerpt.objects.get(pk=excerpt.pk).words == words
    with pytest.raises(excerpts.Gone):
        excerpts.decide(other.excerpts.get().pk, keep=True, by=cast.salla, now=cast.now)


def test_a_message_of_somebody_else_cannot_be_asked_for(cast: Cast, message: Event) -> None:
    others = Event.objects.filter(kind="message", body__isnull=False, room=message.room_id)
    foreign = others.exclude(member=message.member_id).latest("seq")
    seen = raising.Seen(fact=FACT, message=foreign.message_id)
    concern = raising.raise_concern(
        about=cast.seat(cast.aino), level=Level.TALK, seen=seen, by=cast.maija, now=cast.now
    )
    assert not concern.excerpts.exists()


def test_colleagues_do_not_learn_of_a_concern_about_one_of_them(cast: Cast) -> None:
    about = cast.seat(cast.oskar, cast.alder)
    concern = raising.raise_concern(
        about=about, level=Level.TALK, seen=raising.Seen(fact=FACT), by=cast.maija, now=cast.now
    )
    excerpt = Excerpt.objects.create(
        concern=concern, room=uuid4(), message=uuid4(), asked_by=cast.maija.pk, asked_at=cast.now
    )
    for user in (cast.oskar, cast.pirkko):
        client = enters(user)
        assert str(excerpt.pk) not in text(client, "/today/concern/")
        assert client.get(f"/today/concern/words/{excerpt.pk}/").status_code == 404


def test_the_database_itself_refuses_one_person_in_both_parts(cast: Cast) -> None:
    excerpt = Excerpt.objects.create(
        concern=worried(cast), room=uuid4(), message=uuid4(), asked_by=cast.maija.pk, asked_at=cast.now
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Excerpt.objects.filter(pk=excerpt.pk).update(decided_by=cast.maija.pk)


def test_the_words_of_a_concern_lie_sealed_in_the_database(cast: Cast) -> None:
    worried(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT fact, opinion FROM safeguarding_entry")
        fact, opinion = cursor.fetchone()
        cursor.execute("SELECT called, somebody_else FROM safeguarding_concern")
        stored = [bytes(fact), bytes(opinion), *(bytes(column) for column in cursor.fetchone())]
    assert all(stored)
    for words in (b"canary", b"Willow", b"younger"):
        assert all(words not in column for column in stored)
