"""Proposals are worked out in a process of its own and accepted by a person: once, whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from peersupport.audit.models import Entry
from peersupport.groups.models import Facilitator, Rostered, SupportGroup
from peersupport.joining import applying, erasing, placing, proposing
from peersupport.joining.gathering import gather
from peersupport.joining.models import Application, Placement, PlacementRun
from peersupport.joining.placement.carrying import facts_out, locks_in, unplaced_in
from peersupport.joining.placement.facts import Locks
from peersupport.joining.proposing import NoLongerSo
from peersupport.work.duties import Skipped, duties
from peersupport.work.loop import do_due
from tests.cast import Cast
from tests.joining import proposed

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture
def waiting(cast: Cast) -> list[Application]:
    """Three parents who wait; two make a group."""
    proposed.small_groups(cast)
    return [proposed.waits(cast, name) for name in ("Greta", "Hanna", "Ines")]


@pytest.fixture
def run(cast: Cast, waiting: Sequence[Application]) -> PlacementRun:
    """A new group of the three on Tuesday at six, led by Maija and Oskar."""
    return proposed.run(cast, proposed.group(cast.alder.programme, waiting, [cast.maija, cast.oskar]))


def accept(cast: Cast, run: PlacementRun, number: int = 0, name: str = "Yew") -> proposing.Accepted:
    return proposing.accept(run=run, number=number, name=name, by=cast.salla, now=cast.now)


def refused(cast: Cast, run: PlacementRun, number: int = 0, name: str = "Yew") -> str:
    """Why it is refused; nothing may have happened."""
    before = list(SupportGroup.objects.order_by("pk")), Placement.objects.count(), Rostered.objects.count()
    with pytest.raises(NoLongerSo) as why:
        accept(cast, run, number, name)
    after = list(SupportGroup.objects.order_by("pk")), Placement.objects.count(), Rostered.objects.count()
    assert after == before
    return str(why.value)


def states() -> list[str]:
    return list(Application.objects.order_by("pk").values_list("state", flat=True))


def test_accepting_forms_the_group_rosters_the_two_and_offers_every_seat(
    cast: Cast, run: PlacementRun
) -> None:
    done = accept(cast, run)

    assert (done.offered, done.left_out) == (3, 0)
    group = SupportGroup.objects.get(name="Yew")
    assert (group.starts_on.weekday(), f"{group.meets_at:%H:%M}", group.language) == (1, "18:00", "en")
    assert timedelta() <= group.starts_on - run.starts_on < timedelta(weeks=1)
    assert Rostered.objects.filter(meeting__group=group).count() == 2 * 10
    assert states() == [State.OFFERED] * 3
    run.refresh_from_db()
    assert run.accepted == [0]
    entry = Entry.objects.get(what="placement.accepted")
    assert (entry.actor, entry.facts) == (cast.salla.pk, {"group": str(group.pk), "offered": 3})


def test_free_seats_of_a_group_that_is_there_are_offered_without_forming_anything(
    cast: Cast, waiting: Sequence[Application]
) -> None:
    run = proposed.run(cast, proposed.seats(cast.birch, waiting))
    done = accept(cast, run, name="")

    assert (done.group, done.offered) == (cast.birch, 3)
    assert not SupportGroup.objects.filter(name="").exists()


def test_a_second_time_nothing_is_done_twice(cast: Cast, run: PlacementRun) -> None:
    accept(cast, run)
    assert refused(cast, run, name="Elm") == "accepted"


def test_whoever_moved_on_is_left_out_while_enough_are_left(
    cast: Cast, run: PlacementRun, waiting: Sequence[Application]
) -> None:
    erasing.erase(application=waiting[0], by=None, why="asked", now=cast.now)
    done = accept(cast, run)

    assert (done.offered, done.left_out) == (2, 1)
    assert states() == [State.OFFERED] * 2


def test_with_too_few_left_no_group_is_formed_and_nobody_is_written_to(
    cast: Cast, run: PlacementRun, waiting: Sequence[Application]
) -> None:
    applying.withdraw(application=waiting[0], now=cast.now)
    placing.offer(application=waiting[1], group=cast.birch, by=cast.salla, now=cast.now)

    assert refused(cast, run) == "people"
    waiting[2].refresh_from_db()
    assert waiting[2].state == State.WAITING
    assert not Entry.objects.filter(what="placement.accepted").exists()


def test_a_facilitator_who_was_taken_elsewhere_is_not_led_by_two_groups_at_once(
    cast: Cast, run: PlacementRun, waiting: Sequence[Application]
) -> None:
    others = [proposed.waits(cast, "Jana"), proposed.waits(cast, "Kaisa")]
    elsewhere = proposed.run(
        cast, proposed.group(cast.alder.programme, others, [cast.oskar, cast.ruben], slot="1-19")
    )
    assert cast.birch
    accept(cast, elsewhere, name="Elm")

    assert refused(cast, run) == "facilitators"


@pytest.mark.parametrize("how", ["role", "load", "programme", "away"])
def test_a_facilitator_who_cannot_lead_it_any_more_does_not(cast: Cast, run: PlacementRun, how: str) -> None:
    oskar = Facilitator.objects.get(user=cast.oskar)
    if how == "role":
        cast.oskar.staff_roles.all().delete()
    elif how == "load":
        Facilitator.objects.filter(pk=oskar.pk).update(groups_at_once=1)
    elif how == "programme":
        oskar.programmes.add(cast.birch.programme)
    else:
        oskar.away.create(first=run.starts_on, last=run.starts_on + timedelta(days=6))

    assert refused(cast, run) == "facilitators"


def test_a_name_that_is_somebodys_already_is_not_taken_twice(cast: Cast, run: PlacementRun) -> None:
    for name in ("Alder", " alder ", "MAIJA"):
        assert refused(cast, run, name=name) == "name"


def test_what_would_begin_in_the_past_is_not_formed(cast: Cast, run: PlacementRun) -> None:
    PlacementRun.objects.update(starts_on=cast.now.date() - timedelta(days=30))
    assert refused(cast, run) == "late"


def test_of_a_run_that_is_not_worked_out_or_deleted_nothing_can_be_accepted(
    cast: Cast, run: PlacementRun
) -> None:
    for number in (1, 99, 10**30):
        assert refused(cast, run, number) == "gone"
    PlacementRun.objects.update(result=None)
    assert refused(cast, run) == "gone"
    PlacementRun.objects.update(result={"contradiction": ["size"]})
    assert refused(cast, run) == "gone"
    PlacementRun.objects.all().delete()
    assert refused(cast, run) == "gone"


def test_without_its_audit_row_no_group_is_formed(
    cast: Cast, run: PlacementRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(proposing, "record", broken)
    with pytest.raises(RuntimeError):
        accept(cast, run)
    assert not SupportGroup.objects.filter(name="Yew").exists()
    assert states() == [State.WAITING] * 3


def test_locks_of_what_was_carried_out_are_let_go_and_others_stay(
    cast: Cast, waiting: Sequence[Application]
) -> None:
    other = proposed.waits(cast, "Jana")
    mine = proposed.group(cast.alder.programme, waiting, [cast.maija, cast.oskar])
    at = dict.fromkeys((*mine.parents, *mine.leaders, str(other.pk)), mine.place)
    run = proposed.run(cast, mine, locks=Locks(at=at))
    accept(cast, run)
    run.refresh_from_db()
    assert locks_in(run.locks).at == {str(other.pk): mine.place}


def test_asking_is_recorded_and_old_runs_are_forgotten(cast: Cast, run: PlacementRun) -> None:
    entry = Entry.objects.get(what="placement.asked")
    assert (entry.actor, entry.facts) == (cast.salla.pk, {"locked": 0, "never": 0})
    proposing.forget_old(cast.later(days=29))
    assert PlacementRun.objects.exists()
    proposing.forget_old(cast.later(days=31))
    assert not PlacementRun.objects.exists()


def test_of_many_that_were_asked_for_only_the_newest_is_worked_out(cast: Cast) -> None:
    first = proposing.ask(starts_on=proposed.begins(cast), locks=Locks(), by=cast.salla, now=cast.now)
    proposing.ask(starts_on=first.starts_on, locks=Locks(), by=cast.salla, now=cast.later(seconds=1))
    with pytest.raises(Skipped):
        proposing.work_out(first, cast.now)


def test_what_failed_is_said_to_have_failed_and_tells_nothing(cast: Cast, run: PlacementRun) -> None:
    run.result, run.state = {"failed": True}, "due"
    assert run.has_failed
    with pytest.raises(RuntimeError):
        proposing.work_out(run, cast.now)
    run.result = None
    assert run.is_under_way
    run.state = "failed"
    assert run.has_failed


def test_facts_that_make_no_sense_fail_without_a_word_of_them() -> None:
    with pytest.raises(RuntimeError) as failed:
        proposing.worked_out({"parents": "a secret id"}, seconds=1)
    assert "secret" not in f"{failed.value!r} {failed.value.__cause__!r}"
    assert failed.value.__suppress_context__


def _wait_for_what_goes_on_beside() -> None:
    for thread in threading.enumerate():
        if thread.name == proposing.BESIDE:
            thread.join(timeout=90)
            assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_from_asking_to_the_offer_with_the_solver_in_a_process_of_its_own(settings: Settings) -> None:
    settings.PLACEMENT_SECONDS = 5
    cast = Cast(timezone.now())
    programme = proposed.small_groups(cast)
    parents = [proposed.waits(cast, name) for name in ("Greta", "Hanna")]
    alone = proposed.waits(cast, "Ines", times=["sun-morning"])
    run = proposing.ask(starts_on=proposed.begins(cast), locks=Locks(), by=cast.salla, now=cast.now)

    do_due(duties["placement"], now=cast.now)
    _wait_for_what_goes_on_beside()
    do_due(duties["placement"], now=cast.now)
    run.refresh_from_db()
    assert (run.state, run.has_failed) == ("done", False)
    (proposal,) = proposing.proposals_of(run)
    assert sorted(proposal.parents) == sorted(str(one.pk) for one in parents)
    assert (proposal.place.course, proposal.place.slot[:2], len(proposal.leaders)) == (
        str(programme.pk),
        "1-",
        2,
    )
    assert run.result is not None
    assert [(one.parent, one.lack) for one in unplaced_in(run.result)] == [(str(alone.pk), "facilitators")]
    assert accept(cast, run).offered == 2

    # What cannot be is named. Ines is kept at a time that is not hers.
    locks = Locks(at={str(alone.pk): proposal.place})
    facts = gather(starts_on=run.starts_on, now=cast.now).facts(locks)
    answer = proposing.worked_out(facts_out(facts), seconds=2)
    assert answer["contradiction"] == ["locks"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_one_proposal_at_once_one_does(settings: Settings) -> None:
    cast = Cast(timezone.now())
    programme = proposed.small_groups(cast)
    parents = [proposed.waits(cast, name) for name in ("Greta", "Hanna")]
    by = cast.salla
    run = proposed.run(cast, proposed.group(programme, parents, [cast.maija, cast.oskar]))
    start = Barrier(3)

    def one(name: str) -> str:
        try:
            start.wait(timeout=120)
            proposing.accept(run=run, number=0, name=name, by=by, now=cast.now)
        except NoLongerSo as why:
            return str(why)
        else:
            return "formed"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=3) as threads:
        outcomes = list(threads.map(one, ["Yew", "Elm", "Fir"]))
    assert sorted(outcomes) == ["accepted", "accepted", "formed"]
    assert SupportGroup.objects.filter(name__in=["Yew", "Elm", "Fir"]).count() == 1
    assert Placement.objects.count() == 2
