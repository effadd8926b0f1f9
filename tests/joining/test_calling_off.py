"""A group that does not take place, or joins another: its parents wait again or go over; none is lost."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from peersupport.accounts.models import User
from peersupport.audit.models import Entry
from peersupport.groups import cancelling, forming
from peersupport.groups.models import Change, Membership, SupportGroup
from peersupport.groups.rearranging import NotPossible
from peersupport.joining import answering, calling_off, erasing, merging, placing
from peersupport.joining.conflicts import naming
from peersupport.joining.models import Application, Identifier, Placement
from tests.cast import Cast
from tests.joining import applicants

pytestmark = pytest.mark.django_db
SAID = cancelling.Said(reason="Too few, and nobody else waits.")
State = Application.State


def group(cast: Cast, name: str, *, days: int = 10, at: time = time(18), **changes: Any) -> SupportGroup:
    """A group of Birch's programme that begins soon, without anybody in it."""
    programme = cast.birch.programme
    options: dict[str, Any] = {
        "programme": programme,
        "name": name,
        "starts_on": cast.now.date() + timedelta(days=days),
        "meets_at": at,
        "time_zone": "Europe/Helsinki",
        "language": "en",
        "facilitators": [],
        "by": cast.salla,
        "now": cast.now,
    }
    return forming.form(**{**options, **changes})


def day_of(one: SupportGroup) -> str:
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[one.starts_on.weekday()]


def placed(cast: Cast, where: SupportGroup, called: str, **options: Any) -> Application:
    """A parent with a place in the group, by offer and answer."""
    times = options.pop("times", (f"{day_of(where)}-evening",))
    application = applicants.waiting(cast.now, by=cast.salla, called=called, times=times, **options)
    placement = placing.offer(application=application, group=where, by=cast.salla, now=cast.now)
    name = f"{called} Tree"
    answering.accept(placement=placement, pseudonym=name, now=cast.now, password="four calm words here")
    application.refresh_from_db()
    assert application.state == State.PLACED
    return application


def member(application: Application) -> Membership:
    return Membership.objects.get(user=application.user, state=Membership.State.ACTIVE)


def test_the_parents_of_a_group_that_is_called_off_wait_again_with_the_time_they_have_waited(
    cast: Cast,
) -> None:
    hazel = group(cast, "Hazel")
    greta = placed(cast, hazel, "Greta", group=hazel)
    hilma = applicants.waiting(cast.now, by=cast.salla, called="Hilma")
    offered = placing.offer(application=hilma, group=hazel, by=cast.salla, now=cast.now)
    since = greta.sent_at
    later = cast.later(days=1)

    change = calling_off.call_off(group=hazel, said=SAID, by=cast.salla, now=later)
    for one in (greta, hilma):
        one.refresh_from_db()
        assert one.state == State.WAITING
    assert (greta.sent_at, greta.wanted_group) == (since, None)
    offered.refresh_from_db()
    assert offered.state == Placement.State.TAKEN_BACK
    hazel.refresh_from_db()
    assert (hazel.state, hazel.ended_at) == (SupportGroup.State.CANCELLED, later)
    assert {one.state for one in hazel.meetings.all()} == {"cancelled"}
    assert Entry.objects.filter(what="place.lost", actor=cast.salla.pk).count() == 1
    # She still finds her page, which says so; and what she told us is not erased with this group's end.
    assert member(greta).group == hazel
    assert change.said
    elm = group(cast, "Elm", days=12)
    answering.accept(
        placement=placing.offer(application=greta, group=elm, by=cast.salla, now=later),
        pseudonym="Yew",
        user=greta.user,
        now=later,
    )
    assert greta not in erasing.due(cast.later(days=200))


def test_it_is_taken_back_as_long_as_nothing_follows_from_it(cast: Cast) -> None:
    hazel = group(cast, "Hazel", facilitators=[cast.maija.facilitator])
    greta = placed(cast, hazel, "Greta")
    change = calling_off.call_off(group=hazel, said=SAID, by=cast.salla, now=cast.now)
    calling_off.take_back(change=change, by=cast.salla, now=cast.now)
    greta.refresh_from_db()
    hazel.refresh_from_db()
    assert (greta.state, hazel.state, hazel.ended_at) == (State.PLACED, SupportGroup.State.FORMING, None)
    assert greta.placements.get().state == Placement.State.ACCEPTED
    assert {one.state for one in hazel.meetings.all()} == {"planned"}
    assert all(one.rostered.count() == 1 for one in hazel.meetings.all())

    again = calling_off.call_off(group=hazel, said=SAID, by=cast.salla, now=cast.now)
    greta.refresh_from_db()
    elm = group(cast, "Elm", days=12)
    placing.offer(application=greta, group=elm, by=cast.salla, now=cast.now)
    with pytest.raises(NotPossible, match="follows"):
        calling_off.take_back(change=again, by=cast.salla, now=cast.now)
    hazel.refresh_from_db()
    assert hazel.state == SupportGroup.State.CANCELLED


def test_a_group_is_called_off_once_and_not_while_its_room_is_open(cast: Cast) -> None:
    hazel = group(cast, "Hazel")
    calling_off.call_off(group=hazel, said=SAID, by=cast.salla, now=cast.now)
    with pytest.raises(NotPossible, match="state"):
        calling_off.call_off(group=hazel, said=SAID, by=cast.salla, now=cast.now)
    SupportGroup.objects.filter(pk=cast.alder.pk).update(room_open=True)
    with pytest.raises(NotPossible, match="begun"):
        calling_off.call_off(group=cast.alder, said=SAID, by=cast.salla, now=cast.now)
    assert cast.seat(cast.aino).state == Membership.State.ACTIVE


def test_a_group_that_is_too_small_finds_another_whose_time_its_parents_have_named(cast: Cast) -> None:
    hazel, elm = group(cast, "Hazel"), group(cast, "Elm", days=10, at=time(19))
    evening, both = (f"{day_of(hazel)}-evening",), (f"{day_of(hazel)}-evening", "mon-morning")
    placed(cast, hazel, "Greta", times=evening)
    placed(cast, hazel, "Hilma", times=both)
    group(cast, "Fir", days=11)
    group(cast, "Oak", language="fi")
    assert merging.is_too_small(hazel, 2, now=cast.now)
    assert not merging.is_too_small(hazel, hazel.programme.minimum, now=cast.now)
    assert not merging.is_too_small(group(cast, "Ash", days=40), 0, now=cast.now)
    found = [one for one in merging.merges(hazel, now=cast.now) if one.into.name in {"Elm", "Fir", "Oak"}]
    assert [(one.into.name, one.fit, one.of, one.together) for one in found] == [("Elm", 2, 2, 2)]
    assert found[0].into == elm


def test_merged_parents_go_over_and_the_others_wait_again(cast: Cast) -> None:
    hazel, fir = group(cast, "Hazel"), group(cast, "Fir", days=11)
    goes = placed(cast, hazel, "Greta", times=(f"{day_of(hazel)}-evening", f"{day_of(fir)}-evening"))
    stays = placed(cast, hazel, "Hilma")
    there = placed(cast, fir, "Greta", address="")
    assert member(there).pseudonym == member(goes).pseudonym
    merged = merging.merge(group=hazel, into=fir, said=SAID, by=cast.salla, now=cast.now)
    assert (merged.joined, merged.waiting) == (1, 1)
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (goes.state, stays.state) == (State.PLACED, State.WAITING)
    assert member(goes).group == fir
    # Somebody there goes by her name: she has another.
    assert member(goes).pseudonym != member(there).pseudonym
    assert goes.placements.get().group == fir
    hazel.refresh_from_db()
    assert hazel.state == SupportGroup.State.CANCELLED
    assert fir.changes.get().what == Change.What.JOINED
    with pytest.raises(NotPossible, match="follows"):
        calling_off.take_back(change=hazel.changes.get(), by=cast.salla, now=cast.now)


def test_whoever_must_not_meet_somebody_of_the_other_group_waits_again_instead(cast: Cast) -> None:
    hazel, fir = group(cast, "Hazel"), group(cast, "Fir", days=11)
    both = (f"{day_of(hazel)}-evening", f"{day_of(fir)}-evening")
    goes, never = placed(cast, hazel, "Greta", times=both), placed(cast, hazel, "Hilma", times=both)
    there = placed(cast, fir, "Jupp")
    kinds = Identifier.Kind
    naming.name(application=there, kind=kinds.SELF, lines=["Jürgen Müller"], by=cast.salla)
    naming.name(application=never, kind=kinds.MUST_NOT_MEET, lines=["Mueller, Juergen"], by=cast.salla)
    (found,) = [one for one in merging.merges(hazel, now=cast.now) if one.into == fir]
    assert (found.fit, found.of) == (1, 2)

    merging.merge(group=hazel, into=fir, said=SAID, by=cast.salla, now=cast.now)
    goes.refresh_from_db()
    never.refresh_from_db()
    assert (goes.state, never.state) == (State.PLACED, State.WAITING)
    assert not Membership.objects.filter(group=fir, user=never.user).exists()


def test_groups_that_do_not_go_together_stay_apart(cast: Cast) -> None:
    hazel, fir = group(cast, "Hazel"), group(cast, "Fir", days=11)
    finnish, begun = group(cast, "Oak", language="fi"), cast.alder
    placed(cast, hazel, "Greta")
    for into, why in ((hazel, "differs"), (finnish, "differs"), (fir, "nobody"), (begun, "differs|state")):
        with pytest.raises(NotPossible, match=why):
            merging.merge(group=hazel, into=into, said=SAID, by=cast.salla, now=cast.now)
    hazel.refresh_from_db()
    assert hazel.state == SupportGroup.State.FORMING


def test_a_full_group_takes_nobody_over(cast: Cast) -> None:
    hazel, elm = group(cast, "Hazel"), group(cast, "Elm", at=time(19))
    placed(cast, hazel, "Greta")
    for number in range(elm.programme.maximum):
        user = User.objects.create_user(sign_in_name=f"calm-stone-{number}")
        Membership.objects.create(group=elm, user=user, pseudonym=f"Stone {number}")
    assert elm not in [one.into for one in merging.merges(hazel, now=cast.now)]
    with pytest.raises(NotPossible, match="room"):
        merging.merge(group=hazel, into=elm, said=SAID, by=cast.salla, now=cast.now)
