"""Who a member is takes two keys, or one and an alarm; it ends by itself, and she is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction
from django.http import Http404
from django.test import Client
from django.utils import timezone

from peersupport.accounts import erasing, known
from peersupport.accounts.models import Mail, User
from peersupport.audit.models import Entry as Audit
from peersupport.audit.recording import record
from peersupport.chat.meeting import whereabouts
from peersupport.groups.models import Membership
from peersupport.safeguarding import looking, raising, telling
from peersupport.safeguarding.models import Look
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.facilitators.conftest import enters
from tests.safeguarding.conftest import (
    CALLED,
    PHONE,
    may_be_written_to,
    second_coordinator,
    text,
    told_us,
    until_somebody_waits,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(40)]

REASON = "She said that she will not be here tomorrow."


@pytest.fixture(autouse=True)
def _told(cast: Cast) -> None:
    told_us(cast, cast.now)


def ask(cast: Cast, *, by: User | None = None, in_danger: bool = False) -> Look:
    """Maija asks who Willow is."""
    return looking.ask(
        about=cast.seat(cast.aino), reason=REASON, in_danger=in_danger, by=by or cast.maija, now=cast.now
    )


def signed_in(user: User) -> Client:
    client = SecureClient()
    client.force_login(user)
    return client


def test_until_a_coordinator_agrees_nothing_is_shown_and_then_only_what_is_needed(
    cast: Cast, maija: Client, salla: Client
) -> None:
    member = cast.seat(cast.aino)
    whereabouts.note(
        by=member,
        place="canary-place",
        call="",
        meeting=cast.meeting(cast.alder, 4),
        keep=False,
        now=cast.now,
    )
    answer = maija.post(f"/today/who/{member.pk}/", {"reason": REASON})
    look = Look.objects.get()
    path = answer.headers["Location"]
    assert path == f"/today/who/shown/{look.pk}/"
    for hidden in (CALLED, PHONE, "canary-place"):
        assert hidden not in text(maija, path)
    assert REASON in text(salla, f"/desk/matters/who/{look.pk}/")
    salla.post(f"/desk/matters/who/{look.pk}/", {"do": "confirm"})
    page = text(maija, path)
    for shown in (CALLED, PHONE, "10–12", "Leave a message on the answering machine", "canary-place", "112"):
        assert shown in page
    assert "canary-intake" not in page
    assert maija.get(path).headers["Cache-Control"] == "no-store"


def test_it_ends_by_itself(cast: Cast) -> None:
    look = ask(cast)
    looking.confirm(look.pk, by=cast.salla, now=cast.now)
    last = cast.later(minutes=settings.IDENTITY_MINUTES) - timedelta(seconds=1)
    assert looking.see(look.pk, by=cast.maija, now=last)[1] is not None
    assert looking.see(look.pk, by=cast.maija, now=last + timedelta(seconds=1))[1] is None
    with pytest.raises(looking.NotWaiting):
        looking.confirm(look.pk, by=cast.salla, now=last)


def test_the_second_key_is_never_hers_nor_of_whom_it_is_about_nor_of_a_facilitator(cast: Cast) -> None:
    look = ask(cast, by=cast.salla)
    with pytest.raises(looking.SamePerson):
        looking.confirm(look.pk, by=cast.salla, now=cast.now)
    with pytest.raises(Http404):
        looking.confirm(look.pk, by=cast.maija, now=cast.now)
    tuuli = second_coordinator(cast)
    Look.objects.filter(pk=look.pk).update(person=tuuli.pk)
    with pytest.raises(raising.AboutHerself):
        looking.confirm(look.pk, by=tuuli, now=cast.now)
    assert enters(tuuli).get(f"/desk/matters/who/{look.pk}/").status_code == 404
    assert looking.see(look.pk, by=cast.salla, now=cast.now)[1] is None


def test_the_database_itself_refuses_one_key_and_a_look_at_oneself(cast: Cast) -> None:
    look = ask(cast)
    for wrong in (
        {"decided_by": cast.maija.pk},
        {"person": cast.maija.pk},
        {"until": cast.later(minutes=5)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Look.objects.filter(pk=look.pk).update(**wrong)


def test_nobody_asks_about_herself_or_about_somebody_of_another_group(cast: Cast) -> None:
    with pytest.raises(raising.AboutHerself):
        ask(cast, by=cast.aino)
    for stranger in (cast.ruben, cast.berit, cast.toivo):
        with pytest.raises(Http404):
            ask(cast, by=stranger)
    assert not Look.objects.exists()


def test_in_danger_one_key_opens_at_once_and_every_coordinator_is_told_at_once(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    tuuli = second_coordinator(cast)
    for user, address in ((cast.salla, "salla@desk.example"), (tuuli, "tuuli@desk.example")):
        may_be_written_to(user, address)
    look = ask(cast, in_danger=True)
    shown = looking.see(look.pk, by=cast.maija, now=cast.now)[1]
    assert shown is not None
    assert shown.known.called == CALLED
    assert "one key was used in danger" in caplog.text
    do_due(duties["safeguarding"], now=cast.now)
    assert {mail.address for mail in Mail.objects.all()} == {"salla@desk.example", "tuuli@desk.example"}
    assert all(CALLED not in mail.body and REASON not in mail.body for mail in Mail.objects.all())
    assert Audit.objects.filter(what="identity.opened_in_danger", actor=cast.maija.pk).exists()
    assert "nobody has looked into it" in text(enters(tuuli), "/desk/matters/concerns/")
    looking.confirm(look.pk, by=tuuli, now=cast.now)
    assert "nobody has looked into it" not in text(enters(tuuli), "/desk/matters/concerns/")
    look.refresh_from_db()
    assert look.until == cast.later(minutes=settings.IDENTITY_MINUTES), "looking into it does not prolong it"


def test_a_coordinator_ends_a_look_in_danger_that_was_not_right(cast: Cast) -> None:
    look = ask(cast, in_danger=True)
    looking.refuse(look.pk, by=cast.salla, now=cast.later(minutes=1))
    assert looking.see(look.pk, by=cast.maija, now=cast.later(minutes=1))[1] is None
    with pytest.raises(looking.NotWaiting):
        looking.refuse(look.pk, by=second_coordinator(cast), now=cast.later(minutes=1))


def test_who_waits_can_still_say_that_it_is_danger(cast: Cast) -> None:
    waiting, danger = ask(cast), ask(cast, in_danger=True)
    assert waiting.pk == danger.pk
    assert looking.see(danger.pk, by=cast.maija, now=cast.now)[1] is not None


def test_asked_twice_it_is_one_and_refused_it_is_nothing(cast: Cast) -> None:
    assert ask(cast) == ask(cast)
    look = ask(cast)
    looking.refuse(look.pk, by=cast.salla, now=cast.now)
    for again in (looking.confirm, looking.refuse):
        with pytest.raises(looking.NotWaiting):
            again(look.pk, by=second_coordinator(cast), now=cast.now)
    assert looking.see(look.pk, by=cast.maija, now=cast.now)[1] is None
    assert ask(cast).pk != look.pk


def test_an_asking_that_nobody_answers_lapses(cast: Cast) -> None:
    look = ask(cast)
    with pytest.raises(looking.NotWaiting):
        looking.confirm(look.pk, by=cast.salla, now=cast.now + looking.ASKING_STANDS)


def test_of_two_second_keys_at_once_one_counts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    look, tuuli = ask(cast), second_coordinator(cast)
    looked = Event()

    def slowly(**facts: Any) -> None:
        """The first key has turned, and is not committed before the second one waits for it."""
        looked.set()
        until_somebody_waits()
        record(**facts)

    def turn(user: User) -> bool:
        try:
            if user == tuuli:
                assert looked.wait(timeout=60)
            looking.confirm(look.pk, by=user, now=cast.now)
        except looking.NotWaiting:
            return False
        finally:
            connections.close_all()
        return True

    monkeypatch.setattr(looking, "record", slowly)
    with ThreadPoolExecutor(max_workers=2) as threads:
        turned = list(threads.map(turn, (cast.salla, tuuli)))
    look.refresh_from_db()
    assert turned == [True, False]
    assert look.decided_by == cast.salla.pk


def test_that_it_is_shown_is_committed_before_it_is_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    look = ask(cast, in_danger=True)
    seen: list[tuple[bool, bool]] = []

    def tell(user: User) -> known.Known:
        noted = Audit.objects.filter(what="identity.shown", actor=cast.maija.pk).exists()
        seen.append((noted, connection.in_atomic_block))
        return known.Known(called=CALLED)

    monkeypatch.setattr(known, "tellers", {"joining": tell})
    looking.see(look.pk, by=cast.maija, now=cast.now)
    assert seen == [(True, False)]


def test_where_it_cannot_be_recorded_nothing_is_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    look, asked = ask(cast, in_danger=True), []

    def full(**_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(looking, "record", full)
    monkeypatch.setattr(looking, "known_of", lambda user: asked.append(user))
    with pytest.raises(RuntimeError):
        looking.see(look.pk, by=cast.maija, now=cast.now)
    assert not asked


def test_only_who_asked_sees_it_and_only_while_she_leads_the_group(cast: Cast, maija: Client) -> None:
    look = ask(cast, in_danger=True)
    path = f"/today/who/shown/{look.pk}/"
    assert CALLED in text(maija, path)
    for other in (cast.oskar, cast.ruben):
        assert enters(other).get(path).status_code == 404
    assert enters(cast.salla).get(f"/desk/matters/who/shown/{look.pk}/").status_code == 404
    assert maija.get(f"/today/who/shown/{uuid4()}/").status_code == 404
    Membership.objects.filter(user=cast.maija, group=cast.alder).update(state="left")
    assert maija.get(path).status_code == 404


def test_who_has_left_the_group_is_the_coordinators_alone(cast: Cast) -> None:
    look = ask(cast, in_danger=True)
    Membership.objects.filter(user=cast.aino).update(state="left", left_at=cast.now)
    with pytest.raises(Http404):
        looking.see(look.pk, by=cast.maija, now=cast.now)
    with pytest.raises(Http404):
        ask(cast)
    assert ask(cast, by=cast.salla).pk


def test_of_an_erased_person_nothing_is_left_to_show(cast: Cast) -> None:
    look, hers = ask(cast, by=cast.salla, in_danger=True), ask(cast, in_danger=True)
    assert looking.see(look.pk, by=cast.salla, now=cast.now)[1] is not None
    erasing.erase(user=cast.aino, by=None, now=cast.now)
    assert looking.see(look.pk, by=cast.salla, now=cast.now)[1] is None
    with pytest.raises(Http404):
        looking.see(hers.pk, by=cast.maija, now=cast.now)
    with pytest.raises(looking.Erased):
        ask(cast, by=cast.salla)


def test_she_reads_that_it_was_in_words_that_tell_nobody_else_anything(cast: Cast, salla: Client) -> None:
    aino, now = signed_in(cast.aino), timezone.now()
    look = ask(cast, in_danger=True)
    assert "looked up how to reach you" not in text(aino, f"/my/{cast.alder.slug}/")
    looking.see(look.pk, by=cast.maija, now=cast.now)
    Look.objects.filter(pk=look.pk).update(tell_from=now - timedelta(minutes=1))
    page = text(aino, f"/my/{cast.alder.slug}/")
    assert "looked up how to reach you" in page
    assert REASON not in page
    assert "looked up how to reach you" not in text(signed_in(cast.berit), f"/my/{cast.alder.slug}/")
    with pytest.raises(Http404):
        telling.read(look.pk, by=cast.berit, now=now)
    aino.post(f"/my/told/{look.pk}/")
    assert "looked up how to reach you" not in text(aino, f"/my/{cast.alder.slug}/")
    assert "The person has read it." in text(salla, f"/desk/matters/who/{look.pk}/")


def test_what_was_asked_and_never_seen_is_not_told(cast: Cast) -> None:
    look = ask(cast)
    looking.confirm(look.pk, by=cast.salla, now=cast.now)
    assert not telling.for_person(cast.aino, now=cast.later(days=2))


def test_telling_is_put_off_by_a_coordinator_with_a_reason_and_a_day(cast: Cast, salla: Client) -> None:
    look = ask(cast, in_danger=True)
    looking.see(look.pk, by=cast.maija, now=cast.now)
    path, day = f"/desk/matters/who/{look.pk}/", (timezone.localdate() + timedelta(days=7)).isoformat()
    assert salla.post(path, {"do": "later", "until": day}).status_code == 200
    far = (timezone.localdate() + timedelta(days=200)).isoformat()
    assert salla.post(path, {"do": "later", "until": far, "reason": "a reason"}).status_code == 200
    salla.post(path, {"do": "later", "until": day, "reason": "The person who abused reads her mail."})
    assert not telling.for_person(cast.aino, now=cast.later(days=5))
    assert telling.for_person(cast.aino, now=cast.later(days=8))
    with pytest.raises(Http404):
        looking.put_off(look.pk, until=cast.later(days=3), reason="me", by=cast.maija)


@pytest.mark.check(37)
def test_no_other_page_of_a_facilitator_says_who_a_member_is(cast: Cast, maija: Client) -> None:
    look, member = ask(cast, in_danger=True), cast.seat(cast.aino)
    assert CALLED in text(maija, f"/today/who/shown/{look.pk}/"), "there must be something to leak"
    for path in ("/today/", "/today/concern/", "/today/levels/", f"/today/who/{member.pk}/"):
        page = text(maija, path)
        assert CALLED not in page
        assert PHONE not in page
    assert CALLED not in text(maija, f"/today/concern/{member.pk}/")
