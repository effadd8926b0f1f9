"""A parent goes over to another group: in one act, never in both and never in neither."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from peersupport.accounts.models import Mail
from peersupport.audit import recording
from peersupport.audit.models import Entry
from peersupport.groups import leaving, membership
from peersupport.groups.models import Membership, SupportGroup
from peersupport.joining import answering, placing, transferring
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.conflicts import naming
from peersupport.joining.models import Application, Identifier, Placement
from tests.cast import Cast
from tests.groups.test_notices import reachable
from tests.joining import applicants
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def greta(cast: Cast) -> Application:
    """Greta has a place in Birch, as Yew."""
    application = applicants.waiting(cast.now, by=cast.salla)
    placement = placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now)
    answering.accept(placement=placement, pseudonym="Yew", password="kettle garden", now=cast.now)
    application.refresh_from_db()
    return application


@pytest.fixture
def larch(cast: Cast) -> SupportGroup:
    """Another group that is coming, at Birch's times."""
    group = SupportGroup.objects.get(pk=cast.birch.pk)
    meetings = list(group.meetings.all())
    group.pk, group.slug, group.name = None, "larchlarch", "Larch"
    group._state.adding = True
    group.save()
    for meeting in meetings:
        meeting.pk, meeting.group = None, group
        meeting._state.adding = True
        meeting.save()
    return group


def where(application: Application) -> list[tuple[str, str]]:
    seats = Membership.objects.filter(user=application.user).order_by("since", "group__name")
    return sorted(seats.values_list("group__name", "state"))


def test_at_the_desk_she_is_led_over_and_told(cast: Cast, greta: Application, larch: SupportGroup) -> None:
    assert greta.user is not None
    reachable(greta.user)
    salla = staff_browser(cast.salla)
    address = f"/desk/applications/{greta.pk}/transfer/"
    assert address in salla.get(f"/desk/applications/{greta.pk}/").content.decode()
    page = unescape(salla.get(address).content.decode())
    assert "Now in Birch" in page
    assert "Move to Larch" in page
    assert "Move to Birch" not in page
    assert "on their clock" in page, "whether the time is one she named"
    # Perhaps a match in the other group: what has been found out is about the one that was shown.
    other = applicants.waiting(cast.now, by=cast.salla)
    kinds = Identifier.Kind
    naming.name(application=other, kind=kinds.SELF, lines=["Zdena Quibblewick"], by=cast.salla)
    naming.name(application=greta, kind=kinds.MUST_NOT_MEET, lines=["Z. Quibblewick"], by=cast.salla)
    placing.offer(application=other, group=larch, by=cast.salla, now=cast.now)
    found = {"group": str(larch.pk), "looked_into": "somebody_else"}
    assert "look into it" in unescape(salla.post(address, found, follow=True).content.decode())
    assert where(greta) == [("Birch", "active")]
    found["seen"] = salla.get(address).content.decode().split('name="seen" value="')[1].split('"')[0]
    Mail.objects.all().delete()
    answer = salla.post(address, found, follow=True)
    assert "Done." in unescape(answer.content.decode())
    assert where(greta) == [("Birch", "left"), ("Larch", "active")]
    seat = Membership.objects.get(user=greta.user, group=larch)
    assert seat.pseudonym == "Yew"
    assert Mail.objects.filter(template="placed", member=seat.pk).count() == 1
    assert Placement.objects.get(application=greta, state="accepted").group == larch
    # It is the same match when the other one comes in.
    hers = other.placements.get()
    answering.accept(placement=hers, pseudonym="Fir", password="kettle garden", now=cast.now)
    left = Entry.objects.filter(what="membership.left").latest("at")
    assert left.facts["reason"] == "transfer"
    assert Entry.objects.filter(what="place.transferred", actor=cast.salla.pk).exists()
    # Once more is nothing: she is there.
    salla.post(address, {"group": str(larch.pk)})
    assert where(greta) == [("Birch", "left"), ("Larch", "active")]
    # And back again, under the name she had.
    transferring.transfer(application=greta, into=cast.birch, by=cast.salla, now=cast.now)
    assert where(greta) == [("Birch", "active"), ("Larch", "left")]


@pytest.mark.check(39)
def test_what_stands_in_the_way_leaves_her_where_she_is(
    cast: Cast, greta: Application, larch: SupportGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def goes(**options: object) -> None:
        transferring.transfer(application=greta, into=larch, by=cast.salla, now=cast.now, **options)  # type: ignore[arg-type]  # as given

    stays = [("Birch", "active")]
    larch.programme.planned = larch.programme.minimum = larch.programme.goes_on_from = 1
    larch.programme.save()
    membership.admit(user=cast.leif, group=larch, by=None, now=cast.now)
    with pytest.raises(placing.NoSeat):
        goes()
    larch.programme.planned = 10
    larch.programme.save()
    naming.name(
        application=greta, kind=Identifier.Kind.MUST_NOT_MEET, lines=[cast.leif.email or ""], by=cast.salla
    )
    with pytest.raises(placing.Conflict):
        goes()
    assert where(greta) == stays
    Identifier.objects.all().delete()
    SupportGroup.objects.filter(pk=larch.pk).update(state="ended", ended_at=cast.now)
    with pytest.raises(placing.GroupClosed):
        goes()
    SupportGroup.objects.filter(pk=larch.pk).update(state="forming", ended_at=None)
    # The record cannot be written: nothing else is.
    whole = recording.record

    def broken(*, what: str, **given: object) -> None:
        if what == "place.transferred":
            raise RuntimeError("no record")
        whole(what=what, **given)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(transferring, "record", broken)
    with pytest.raises(RuntimeError):
        goes()
    monkeypatch.undo()
    assert where(greta) == stays
    # She has just left by herself: nobody leads her anywhere.
    seat = Membership.objects.select_related("user").get(user=greta.user, group=cast.birch)
    leaving.leave(member=seat, words="", by=seat.user, now=timezone.now())
    with pytest.raises(NotPossibleNow):
        goes()
    assert where(greta) == [("Birch", "left")]


@pytest.mark.check(39)
@pytest.mark.django_db(transaction=True)
def test_two_go_over_for_the_last_seat_and_one_of_them_has_it(
    cast: Cast, greta: Application, larch: SupportGroup
) -> None:
    other = applicants.waiting(cast.now, by=cast.salla, called="Hanna")
    placement = placing.offer(application=other, group=cast.birch, by=cast.salla, now=cast.now)
    answering.accept(placement=placement, pseudonym="Fir", password="kettle garden", now=cast.now)
    other.refresh_from_db()
    larch.programme.planned = larch.programme.minimum = larch.programme.goes_on_from = 1
    larch.programme.save()
    both = Barrier(2)

    def goes(application: Application) -> str:
        try:
            both.wait(timeout=10)
            transferring.transfer(application=application, into=larch, by=cast.salla, now=cast.now)
        except placing.NoSeat:
            return "stays"
        else:
            return "goes"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(goes, (greta, other)))
    assert sorted(found) == ["goes", "stays"]
    for said, application in zip(found, (greta, other), strict=True):
        active = [group for group, state in where(application) if state == "active"]
        assert active == (["Larch"] if said == "goes" else ["Birch"])
