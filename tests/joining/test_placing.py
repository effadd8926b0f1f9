"""Talks are recorded, places offered, taken back, taken and left; a seat is never given twice."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import connection, connections
from django.utils import timezone

from peersupport.accounts.models import Mail, SafeContact, User
from peersupport.audit.models import Entry
from peersupport.groups.models import Membership, SupportGroup
from peersupport.joining import access, answering, applying, erasing, interviewing, placing, seats
from peersupport.joining.models import Application, Interview, Placement
from tests.cast import Cast
from tests.joining import applicants

pytestmark = pytest.mark.django_db
State = Application.State


def acts() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("what", flat=True))


@pytest.fixture
def greta(cast: Cast) -> Application:
    """Waiting for a place; reads at her return code only."""
    return applicants.waiting(cast.now, by=cast.salla)


@pytest.fixture
def hanna(cast: Cast) -> Application:
    """Waiting for a place; has a safe address."""
    return applicants.waiting(cast.now, by=cast.salla, called="Hanna", address="hanna@safe.example")


@pytest.mark.parametrize(
    ("outcome", "state"), [("accept", "waiting"), ("not_now", "not_now"), ("refer", "referred")]
)
def test_the_outcome_of_the_talk_moves_the_application_on(cast: Cast, outcome: str, state: str) -> None:
    application = applicants.talked(applicants.sent(cast.now), by=cast.salla, now=cast.now, outcome=outcome)

    assert application.state == state
    interview = application.interviews.get()
    assert (interview.notes, interview.code_word) == ("Notes of the talk.", "blue kettle")
    assert interview.held_by == cast.salla.pk
    assert acts()[-1] == "interview.recorded"


@pytest.mark.parametrize("outcome", ["not_now", "refer"])
def test_nobody_gets_a_bare_no(cast: Cast, outcome: str) -> None:
    with pytest.raises(ValueError, match="words for her"):
        applicants.talked(applicants.sent(cast.now), by=cast.salla, now=cast.now, outcome=outcome, words="  ")


def test_after_not_now_a_second_talk_can_be_recorded_and_the_first_stays(cast: Cast) -> None:
    application = applicants.sent(cast.now)
    applicants.talked(application, by=cast.salla, now=cast.now, outcome="not_now")
    later = cast.later(days=61)
    applicants.talked(application, by=cast.salla, now=later)

    assert application.state == State.WAITING
    assert [one.outcome for one in application.interviews.all()] == ["accept", "not_now"]


def test_a_place_keeps_a_seat_and_says_until_when(cast: Cast, greta: Application) -> None:
    before = seats.left(cast.birch, cast.now)
    placement = placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now)

    assert seats.left(cast.birch, cast.now) == before - 1
    assert placement.answer_by == cast.now + timedelta(days=7)
    greta.refresh_from_db()
    assert greta.state == State.OFFERED
    assert acts()[-1] == "place.offered"


def test_only_who_waits_is_offered_a_place(cast: Cast) -> None:
    for application in (applicants.draft(cast.now), applicants.sent(cast.now)):
        with pytest.raises(applying.NotPossibleNow):
            placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    assert not Placement.objects.exists()


def test_a_group_past_its_second_meeting_takes_nobody_in(cast: Cast, greta: Application) -> None:
    for group in (cast.alder, cast.cedar):
        with pytest.raises(placing.GroupClosed):
            placing.offer(application=greta, group=group, by=cast.salla, now=cast.now)


def test_an_offer_ends_before_the_group_closes(cast: Cast, greta: Application) -> None:
    third = cast.meeting(cast.birch, 3).starts_at
    now = third - timedelta(days=2)
    placement = placing.offer(application=greta, group=cast.birch, by=cast.salla, now=now)

    assert placement.answer_by == third


def test_an_offer_that_is_not_answered_lapses_and_she_waits_again(cast: Cast, greta: Application) -> None:
    placement = placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now)
    before = seats.left(cast.birch, cast.now)
    answering.lapse(cast.later(days=6))
    placement.refresh_from_db()
    assert placement.state == Placement.State.OFFERED

    for _twice in range(2):
        answering.lapse(cast.later(days=7))
    placement.refresh_from_db()
    greta.refresh_from_db()
    assert (placement.state, greta.state) == (Placement.State.EXPIRED, State.WAITING)
    assert seats.left(cast.birch, cast.later(days=7)) == before + 1
    assert acts().count("place.lapsed") == 1
    with pytest.raises(answering.OfferGone):
        answering.accept(placement=placement, pseudonym="Yew", password="x", now=cast.now)


def test_an_offer_taken_back_frees_the_seat_and_is_not_taken_back_twice(
    cast: Cast, greta: Application
) -> None:
    placement = placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now)
    placing.take_back(placement=placement, by=cast.salla, now=cast.now)

    greta.refresh_from_db()
    assert greta.state == State.WAITING
    with pytest.raises(applying.NotPossibleNow):
        placing.take_back(placement=placement, by=cast.salla, now=cast.now)


def test_withdrawing_frees_the_seat(cast: Cast, greta: Application) -> None:
    before = seats.left(cast.birch, cast.now)
    placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now)
    applying.withdraw(application=greta, now=cast.now)

    assert seats.left(cast.birch, cast.now) == before
    back = applying.come_back(application=greta, now=cast.now)
    assert back.state == State.WAITING


@pytest.mark.check(48)
def test_nothing_is_sent_to_who_asked_for_nothing(cast: Cast, greta: Application) -> None:
    interviewing.write_to(application=greta, by=cast.salla, words="Shall we talk?", now=cast.now)
    placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now)

    assert not Mail.objects.exists()


@pytest.mark.check(48)
def test_where_mail_is_safe_it_says_there_is_news_and_later_where_to_look(
    cast: Cast, hanna: Application
) -> None:
    placement = placing.offer(application=hanna, group=cast.birch, by=cast.salla, now=cast.now)
    mails = list(Mail.objects.order_by("due_at", "template"))

    assert sorted(mail.template for mail in mails) == ["invitation", "news"]
    link = next(mail.body for mail in mails if mail.template == "invitation")
    token = link.split("/join/invitation/")[1].split("/")[0]
    assert access.token_hash(token) == bytes(Placement.objects.get(pk=placement.pk).token_hash)
    told = [hanna.told.called, cast.birch.name, cast.birch.programme.title, "court", str(hanna.pk)]
    assert [word for mail in mails for word in told if word in mail.body + mail.title] == []


def test_she_accepts_with_the_address_she_marked_as_safe(cast: Cast, hanna: Application) -> None:
    placement = placing.offer(application=hanna, group=cast.birch, by=cast.salla, now=cast.now)
    member = answering.accept(
        placement=placement, pseudonym="Yew", password="kettle garden", with_email=True, now=cast.now
    )

    assert member.user.email == "hanna@safe.example"
    assert member.user.sign_in_name is None
    assert member.user.check_password("kettle garden")
    assert (member.group, member.pseudonym, member.role) == (cast.birch, "Yew", "parent")
    contact = SafeContact.objects.get(user=member.user)
    assert (contact.subject, contact.address) == (member.user.pk, "hanna@safe.example")
    hanna.refresh_from_db()
    assert (hanna.state, hanna.user) == (State.PLACED, member.user)
    assert acts()[-1] == "place.accepted"


def test_she_accepts_without_any_address(cast: Cast, greta: Application) -> None:
    placement = placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now)
    member = answering.accept(
        placement=placement, pseudonym="Yew", password="kettle garden", with_email=True, now=cast.now
    )

    assert member.user.email is None
    assert member.user.sign_in_name


def test_if_the_name_was_taken_meanwhile_nothing_happened(cast: Cast, greta: Application) -> None:
    from peersupport.groups.membership import PseudonymTaken

    placement = placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now)
    users = User.objects.count()
    with pytest.raises(PseudonymTaken):
        answering.accept(placement=placement, pseudonym="Linden", password="kettle garden", now=cast.now)

    placement.refresh_from_db()
    assert placement.state == Placement.State.OFFERED
    assert User.objects.count() == users


def test_saying_no_frees_the_seat_and_keeps_her_on_the_list(cast: Cast, greta: Application) -> None:
    before = seats.left(cast.birch, cast.now)
    placement = placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now)
    answering.decline(placement=placement, now=cast.now)

    greta.refresh_from_db()
    assert greta.state == State.WAITING
    assert seats.left(cast.birch, cast.now) == before
    assert placing.offer(application=greta, group=cast.birch, by=cast.salla, now=cast.now).pk != placement.pk


def test_without_its_audit_row_no_place_is_offered(
    cast: Cast, greta: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError

    group = cast.birch
    monkeypatch.setattr(placing, "record", broken)
    with pytest.raises(RuntimeError):
        placing.offer(application=greta, group=group, by=cast.salla, now=cast.now)
    greta.refresh_from_db()
    assert greta.state == State.WAITING
    assert not Placement.objects.exists()


def with_one_seat_left(cast: Cast) -> SupportGroup:
    group = cast.birch
    group.programme.goes_on_from = group.programme.minimum = 1
    group.programme.planned = Membership.objects.filter(group=group, role="parent").count() + 1
    group.programme.save()
    return group


@pytest.mark.check(39)
@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_book_the_last_seat_at_once_one_wins() -> None:
    cast = Cast(timezone.now())
    group, by, now = with_one_seat_left(cast), cast.salla, cast.now
    queue = [applicants.waiting(now, by=by, called=f"N{number}") for number in range(20)]
    start = Barrier(20)

    def book(application: Application) -> str:
        try:
            start.wait(timeout=120)
            placing.offer(application=application, group=group, by=by, now=now)
        except placing.NoSeat:
            return "no seat"
        else:
            return "placed"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=20) as threads:
        outcomes = list(threads.map(book, queue))

    assert sorted(outcomes) == ["no seat"] * 19 + ["placed"]
    assert Placement.objects.filter(group=group, state="offered").count() == 1
    assert seats.left(group, now) == 0
    assert Application.objects.filter(state=State.OFFERED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_invitation_accepted_twice_at_once_makes_one_member() -> None:
    cast = Cast(timezone.now())
    application = applicants.waiting(cast.now, by=cast.salla)
    placement = placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    users, start = User.objects.count(), Barrier(4)

    def accept(number: int) -> str:
        try:
            start.wait(timeout=120)
            answering.accept(
                placement=placement, pseudonym=f"Yew {number}", password="kettle garden", now=cast.now
            )
        except answering.OfferGone:
            return "gone"
        else:
            return "in"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as threads:
        outcomes = list(threads.map(accept, range(4)))
    assert sorted(outcomes) == ["gone"] * 3 + ["in"]
    assert User.objects.count() == users + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("goes", ["withdraws", "erases"])
def test_who_goes_on_one_device_while_she_accepts_on_another_gets_one_of_the_two_and_no_error(
    goes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast(timezone.now())
    application = applicants.waiting(cast.now, by=cast.salla)
    placement = placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    looked, original = Event(), answering._open

    def slowly(placement: Placement, now: datetime) -> Placement:
        found = original(placement, now)
        looked.set()
        deadline = time.monotonic() + 60
        while not _somebody_waits() and time.monotonic() < deadline:
            time.sleep(0.01)
        return found

    def accept() -> None:
        try:
            answering.accept(placement=placement, pseudonym="Yew", password="kettle garden", now=cast.now)
        finally:
            connections.close_all()

    def go() -> None:
        try:
            assert looked.wait(timeout=60)
            if goes == "erases":
                erasing.erase(application=application, by=None, why="asked", now=cast.now)
            else:
                with suppress(applying.NotPossibleNow):
                    applying.withdraw(application=application, now=cast.now)
        finally:
            connections.close_all()

    monkeypatch.setattr(answering, "_open", slowly)
    with ThreadPoolExecutor(max_workers=2) as threads:
        for done in [threads.submit(accept), threads.submit(go)]:
            done.result()
    assert Membership.objects.filter(pseudonym="Yew", state="active").exists()
    assert list(Application.objects.values_list("state", flat=True)) == (
        [State.PLACED] * (goes == "withdraws")
    )


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_the_record_of_a_talk_needs_its_outcome_in_the_list() -> None:
    assert set(interviewing.AFTER) == set(Interview.Outcome)
