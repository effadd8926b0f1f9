"""A group is formed, begins, ends; people come and go; the database keeps the rules."""

from __future__ import annotations

import secrets
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from peersupport.accounts.models import User
from peersupport.audit.models import Entry
from peersupport.groups import forming, membership, pseudonyms, running
from peersupport.groups.models import Meeting, Membership, Rostered, SupportGroup, neutral_slug
from peersupport.groups.signals import access_changed
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def newcomer(name: str) -> User:
    return User.objects.create_user(sign_in_name=name)


def hazel(cast: Cast, **changes: object) -> SupportGroup:
    """A group of Birch's programme that nobody leads yet, on autumn Tuesdays."""
    options = {
        "programme": cast.birch.programme,
        "name": "Hazel",
        "starts_on": date(2027, 10, 12),
        "meets_at": time(18),
        "time_zone": "Europe/Helsinki",
        "language": "fi",
        "facilitators": [],
        "by": cast.salla,
        "now": cast.now,
    }
    return forming.form(**{**options, **changes})  # type: ignore[arg-type]  # a test's options


@pytest.mark.check(20)
def test_a_group_gets_a_meeting_for_each_topic_at_the_same_local_time(cast: Cast) -> None:
    group = hazel(cast)
    meetings = list(group.meetings.all())

    assert [meeting.topic for meeting in meetings] == group.programme.topics
    assert [meeting.number for meeting in meetings] == list(range(1, len(meetings) + 1))
    zone = ZoneInfo("Europe/Helsinki")
    assert {meeting.starts_at.astimezone(zone).time() for meeting in meetings} == {time(18)}
    # Clocks go back in the third week.
    assert {meeting.starts_at.hour for meeting in meetings} == {15, 16}
    assert {meeting.ends_at - meeting.starts_at for meeting in meetings} == {timedelta(minutes=90)}


def test_facilitators_are_members_and_rostered_from_when_the_room_opens(cast: Cast) -> None:
    group = hazel(cast, facilitators=[cast.maija.facilitator])

    member = group.memberships.get()
    assert member.role == Membership.Role.FACILITATOR
    assert member.pseudonym == "Maija"
    rostered = Rostered.objects.filter(meeting__group=group).order_by("meeting__number")
    first = group.meetings.get(number=1)
    assert rostered.count() == len(group.programme.topics)
    assert (rostered[0].during.lower, rostered[0].during.upper) == (first.opens_at, first.ends_at)


def test_no_facilitator_can_be_in_two_meetings_at_once(cast: Cast) -> None:
    hazel(cast, facilitators=[cast.maija.facilitator])

    with pytest.raises(IntegrityError, match="no_facilitator_in_two_meetings"), transaction.atomic():
        hazel(cast, name="Elm", meets_at=time(19), facilitators=[cast.maija.facilitator])
    # Nothing of the group that could not be formed is left.
    assert not SupportGroup.objects.filter(name="Elm").exists()
    hazel(cast, name="Elm", meets_at=time(19), facilitators=[cast.oskar.facilitator])
    # A meeting may begin when the one before has ended, as long as the doors do not overlap.
    hazel(cast, name="Fir", meets_at=time(19, 45), facilitators=[cast.maija.facilitator])


def test_no_person_can_be_twice_in_a_group(cast: Cast) -> None:
    with pytest.raises(membership.AlreadyMember):
        membership.admit(user=cast.aino, group=cast.alder, by=cast.salla, now=cast.now)
    with pytest.raises(IntegrityError, match="no_person_twice"), transaction.atomic():
        Membership.objects.create(user=cast.aino, group=cast.alder, pseudonym="Yew")


def test_a_pseudonym_is_given_once_in_a_group_and_not_again_after_somebody_left(cast: Cast) -> None:
    group = cast.birch
    seat = cast.seat(cast.toivo)
    membership.leave(membership=seat, by=cast.toivo, now=cast.now)

    with pytest.raises(membership.PseudonymTaken):
        membership.admit(
            user=newcomer("calm-stone-111"), group=group, by=None, pseudonym=seat.pseudonym, now=cast.now
        )
    free = pseudonyms.free(group, most=500)
    assert seat.pseudonym not in free
    assert group.name not in free
    assert len(free) == len(set(free)) > 50


@pytest.mark.parametrize("name", ["birch", " Birch ", "Parent Hazel", "Abusive"])
def test_nobody_goes_by_the_name_of_the_group_or_by_one_that_gives_something_away(
    cast: Cast, name: str
) -> None:
    someone = newcomer("calm-stone-111")
    with pytest.raises(membership.PseudonymTaken):
        membership.admit(user=someone, group=cast.birch, by=None, pseudonym=name, now=cast.now)
    assert membership.admit(user=someone, group=cast.birch, by=None, pseudonym="Yew", now=cast.now)


def test_names_and_addresses_that_are_offered_give_nothing_away(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    listed = tmp_path / "names.txt"
    listed.write_text("Parentwort\nPeerless\nPear\n")
    monkeypatch.setattr(pseudonyms, "NAMES", listed)
    assert pseudonyms.names.__wrapped__() == ("Pear",)

    drawn = iter("csa2345678abcsex2345chat234567yewyewyew2")
    monkeypatch.setattr(secrets, "choice", lambda _letters: next(drawn))
    assert neutral_slug() == "yewyewyew2"


def test_names_are_numbered_should_the_list_run_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pseudonyms, "names", lambda: ("Linden", "Swift", "Aspen"))

    assert pseudonyms.free(cast.birch, most=3) == ["Linden 2"]


def test_who_left_comes_back_under_her_name(cast: Cast) -> None:
    seat = cast.seat(cast.toivo)
    membership.leave(membership=seat, by=cast.toivo, now=cast.now)
    again = membership.admit(user=cast.toivo, group=cast.birch, by=cast.salla, now=cast.later(days=1))

    assert again.pk == seat.pk
    assert again.pseudonym == seat.pseudonym
    assert again.left_at is None


def test_a_group_takes_no_more_parents_than_its_programme_allows(cast: Cast) -> None:
    group = cast.birch
    room = group.programme.maximum - membership.parents(group).count()
    for number in range(room):
        membership.admit(user=newcomer(f"calm-stone-{number}"), group=group, by=cast.salla, now=cast.now)

    with pytest.raises(membership.GroupFull):
        membership.admit(user=newcomer("calm-stone-late"), group=group, by=cast.salla, now=cast.now)


@pytest.mark.check(33)
def test_coming_and_leaving_is_told_on_commit_and_raises_her_access_version(
    cast: Cast, django_capture_on_commit_callbacks: object
) -> None:
    heard: list[Membership] = []

    def listen(sender: object, membership: Membership, **_: object) -> None:
        heard.append(membership)

    seat, before = cast.seat(cast.toivo), User.objects.get(pk=cast.toivo.pk).access_version
    access_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
            membership.leave(membership=seat, by=cast.toivo, now=cast.now)
            assert heard == []
    finally:
        access_changed.disconnect(listen)
    assert heard == [seat]
    assert User.objects.get(pk=cast.toivo.pk).access_version > before


def test_without_its_audit_row_nobody_is_admitted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    group, someone = cast.birch, newcomer("calm-stone-222")

    def broken(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(membership, "record", broken)
    with pytest.raises(RuntimeError):
        membership.admit(user=someone, group=group, by=cast.salla, now=cast.now)
    assert not Membership.objects.filter(user=someone).exists()


def test_a_group_begins_with_its_first_meeting_and_ends_with_its_last(cast: Cast) -> None:
    group = hazel(cast)
    first, last = group.meetings.get(number=1), group.meetings.latest("starts_at")
    steps = [
        (first.starts_at - timedelta(seconds=1), "forming"),
        (first.starts_at, "running"),
        (last.ends_at - timedelta(seconds=1), "running"),
        (last.ends_at, "ended"),
        (last.ends_at + timedelta(days=3), "ended"),
    ]
    for moment, state in steps:
        running.follow_the_calendar(moment)
        group.refresh_from_db()
        assert group.state == state
    assert group.ended_at == last.ends_at
    acts = Entry.objects.filter(about__endswith=str(group.pk)).values_list("what", flat=True).order_by("pk")
    assert list(acts) == ["group.formed", "group.began", "group.ended"]


def test_a_group_is_not_cancelled_without_the_time_from_which_retention_counts(cast: Cast) -> None:
    group = hazel(cast)
    group.state = SupportGroup.State.CANCELLED
    with pytest.raises(IntegrityError, match="ended_group_has_its_time"), transaction.atomic():
        group.save()
    group.ended_at = cast.now
    group.save()


def test_a_cancelled_last_meeting_ends_the_group_with_the_one_before(cast: Cast) -> None:
    group = hazel(cast)
    last = group.meetings.latest("starts_at")
    last.state = Meeting.State.CANCELLED
    last.save()
    before = group.meetings.get(number=last.number - 1)
    for _twice in range(2):
        running.follow_the_calendar(before.ends_at)

    group.refresh_from_db()
    assert group.ended_at == before.ends_at
