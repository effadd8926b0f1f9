"""The page of proposals: a coordinator asks, looks, changes and accepts; nobody else sees it."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peersupport.audit.models import Entry
from peersupport.groups.models import SupportGroup
from peersupport.joining import applying, proposing
from peersupport.joining.models import Application, PlacementRun
from peersupport.joining.placement.carrying import locks_in
from peersupport.joining.placement.facts import Locks
from peersupport.joining.placement.proposals import Unplaced
from peersupport.joining.proposal_forms import locks_from
from peersupport.vault import keys
from tests.cast import Cast
from tests.joining import proposed
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db
PAGE = "/desk/proposals/"


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


@pytest.fixture
def waiting(cast: Cast) -> list[Application]:
    """Four who wait."""
    proposed.small_groups(cast)
    return [proposed.waits(cast, name) for name in ("Greta", "Hanna", "Ines", "Jana")]


@pytest.fixture
def run(cast: Cast, waiting: Sequence[Application]) -> PlacementRun:
    """Greta and Hanna in a new group, Ines a seat in Birch, Jana none."""
    programme = cast.alder.programme
    return proposed.run(
        cast,
        proposed.group(programme, waiting[:2], [cast.maija, cast.oskar]),
        proposed.seats(cast.birch, waiting[2:3]),
        proposed.group(programme, [], [], slot="2-18"),
        unplaced=[Unplaced(str(waiting[3].pk), "people", proposed.place(programme), 2)],
    )


def words(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def newest() -> PlacementRun:
    run = proposing.latest()
    assert run is not None
    return run


def test_asked_for_it_is_waited_for_without_a_script_and_then_shown(cast: Cast, salla: Client) -> None:
    before = salla.get(PAGE)
    assert "nothing happens by itself" in words(before)
    assert "Refresh" not in before.headers
    day = proposed.begins(cast).isoformat()
    waits = salla.post(PAGE, {"starts_on": day}, follow=True)

    assert "It is being worked out" in words(waits)
    assert waits.headers["Refresh"] == "4"
    assert "starts_on" not in words(waits)
    run = newest()
    assert (run.asked_by, run.starts_on.isoformat()) == (cast.salla.pk, day)
    assert Entry.objects.filter(what="placement.asked", actor=cast.salla.pk).exists()


def test_proposals_stand_there_with_people_reasons_and_what_would_help(
    cast: Cast, salla: Client, run: PlacementRun
) -> None:
    text = words(salla.get(PAGE))

    assert "3 parents could have a seat" in text
    for said in ("Tuesday 18:00", "Greta", "Hanna", "Maija", "Oskar", "Form it and offer the seats"):
        assert said in text
    assert "7 of 9 who wait are free at every meeting on Tuesday 18:00." in text
    assert "2 parents (2 to 8)" in text
    assert "Birch" in text
    assert "2 more parents who are free on Tuesday 18:00 would make a group in English." in text
    assert "this is proved" in text
    assert "on the clocks of Helsinki" in text
    entry = Entry.objects.get(what="placement.read")
    assert (entry.actor, entry.about) == (cast.salla.pk, f"joining.placementrun:{run.pk}")


def test_a_suggested_name_is_no_groups_and_says_nothing(cast: Cast, salla: Client, run: PlacementRun) -> None:
    shown = salla.get(PAGE).context["proposals"]
    names = [one.suggested_name for one in shown if one.place.is_new]
    assert len(set(names)) == 2
    assert all(names)
    assert {"Alder", "Birch"}.isdisjoint(names)


def test_whoever_withdrew_is_named_no_more_and_whoever_moved_on_is_marked(
    cast: Cast, salla: Client, run: PlacementRun, waiting: Sequence[Application]
) -> None:
    address = f"/desk/applications/{waiting[0].pk}/"
    before = words(salla.get(PAGE))
    assert "Greta" in before
    assert address in before
    applying.withdraw(application=waiting[0], now=cast.now)
    Application.objects.filter(pk=waiting[1].pk).update(state="placed")
    text = words(salla.get(PAGE))

    assert "Greta" not in text
    assert address not in text
    assert "Somebody who has gone" in text
    assert "(does not wait any more)" in text


def test_accepting_on_the_page_says_what_was_done_and_a_second_time_that_it_was(
    cast: Cast, salla: Client, run: PlacementRun
) -> None:
    address = f"{PAGE}{run.pk}/0/"
    text = words(salla.post(address, {"name": "Yew"}, follow=True))
    assert "2 seats in Yew are offered." in text
    assert "accepted" in text
    assert SupportGroup.objects.filter(name="Yew").count() == 1
    again = words(salla.post(address, {"name": "Elm"}, follow=True))
    assert "This was accepted before. Nothing was done twice." in again
    assert not SupportGroup.objects.filter(name="Elm").exists()
    there = words(salla.post(f"{PAGE}{run.pk}/1/", {}, follow=True))
    assert "1 seat in Birch is offered." in there


def test_a_name_that_will_not_do_is_refused_and_nothing_is_formed(
    cast: Cast, salla: Client, run: PlacementRun
) -> None:
    before = SupportGroup.objects.count()
    for name, said in (
        ("", "Give the group a name that says nothing"),
        ("Abused children", "This name says too much"),
        ("ABUSE", "This name says too much"),
        ("x" * 61, "A shorter name, please"),
        ("Yew\x00", "Null characters are not allowed"),
        ("alder", "goes by this name"),
    ):
        assert said in words(salla.post(f"{PAGE}{run.pk}/0/", {"name": name}, follow=True))
    assert SupportGroup.objects.count() == before
    assert set(Application.objects.values_list("state", flat=True)) == {"waiting"}


def test_keeping_moving_excluding_and_closing_are_worked_out_again(
    cast: Cast, salla: Client, run: PlacementRun, waiting: Sequence[Application]
) -> None:
    first, second, third = proposing.proposals_of(run)
    greta, hanna = first.parents
    maija, oskar = first.leaders
    posted = {
        f"p-{greta}": "keep",
        f"p-{hanna}": "2",
        f"p-{maija}": "keep",
        f"p-{oskar}": "never",
        f"p-{second.parents[0]}": "never",
    }
    salla.post(f"{PAGE}{run.pk}/", posted)
    locks = locks_in(newest().locks)
    assert newest().pk != run.pk
    assert newest().starts_on == run.starts_on
    assert locks.at == {greta: first.place, hanna: third.place, maija: first.place}
    assert locks.never == {(oskar, first.place), (second.parents[0], second.place)}

    salla.post(f"{PAGE}{run.pk}/", {**posted, "g-0": "1", "g-1": "1"})
    locks = locks_in(newest().locks)
    assert locks.closed == {first.place}
    assert locks.at == {hanna: third.place}

    salla.post(f"{PAGE}{newest().pk}/", {"free": "1"})
    assert locks_in(newest().locks) == Locks()


def test_what_was_decided_is_said_and_stays_when_it_is_asked_anew(
    cast: Cast, salla: Client, run: PlacementRun
) -> None:
    first = proposing.proposals_of(run)[0]
    locks = Locks(
        at={first.parents[0]: first.place},
        never=frozenset({(first.leaders[1], first.place)}),
        closed=frozenset({first.place}),
    )
    proposed.run(cast, first, locks=locks)
    text = words(salla.get(PAGE))
    there = f"{cast.alder.programme.title}, Tuesday 18:00"
    assert f" is kept at {there}." in text
    assert f"Oskar is not placed at {there}." in text
    assert f"No new group: {there}." in text
    assert "Take it all back" in text
    salla.post(PAGE, {"starts_on": proposed.begins(cast).isoformat()})
    assert locks_in(newest().locks) == locks


def test_a_contradiction_is_named_with_a_way_back(cast: Cast, salla: Client, run: PlacementRun) -> None:
    first = proposing.proposals_of(run)[0]
    made = proposed.run(cast, locks=Locks(at={first.parents[0]: first.place}))
    made.result = {"contradiction": ["facilitators", "locks"]}
    made.save()
    text = words(salla.get(PAGE))
    assert "two qualified facilitators for each group" in text
    assert "Take it all back and work it out again" in text
    assert "could have a seat" not in text


def test_what_failed_says_so_and_can_be_tried_again(cast: Cast, salla: Client, run: PlacementRun) -> None:
    PlacementRun.objects.update(result={"failed": True})
    text = words(salla.get(PAGE))
    assert "It could not be worked out." in text
    assert "Work it out anew" in text


def test_rubbish_in_the_form_decides_nothing(cast: Cast, salla: Client, run: PlacementRun) -> None:
    proposals = proposing.proposals_of(run)
    people = [one for each in proposals for one in (*each.parents, *each.leaders)]
    values = ("", "99", "-1", "9" * 5000, "²", "٣", "None", "keep\x00", "1.5", "\u20600", "[]")
    rubbish: list[dict[str, str]] = [
        {},
        {"p-": "keep", "g-": "1", "p-nobody": "0", "g-99": "1", "g-1": "1"},
        *({f"p-{person}": value for person in people} for value in values),
    ]
    for posted in rubbish:
        assert salla.post(f"{PAGE}{run.pk}/", posted).status_code == 302
        assert locks_in(newest().locks) == Locks()


def test_who_leads_is_not_moved_and_what_was_accepted_is_not_touched(cast: Cast, run: PlacementRun) -> None:
    proposals = proposing.proposals_of(run)
    first = proposals[0]
    moved = locks_from({f"p-{first.leaders[0]}": "2"}, proposals, Locks())
    assert moved == Locks()
    kept = locks_from({f"p-{first.parents[0]}": "keep", "g-0": "1"}, proposals, Locks(), accepted=[0])
    assert kept == Locks()
    to_accepted = locks_from({f"p-{proposals[1].parents[0]}": "0"}, proposals, Locks(), accepted=[0])
    assert to_accepted == Locks()


def test_a_day_that_will_not_do_is_asked_for_again(cast: Cast, salla: Client) -> None:
    for day in ("", "tomorrow", "2020-01-01", "2999-01-01", "0000-00-00", "\x00", "1" * 5000):
        answer = salla.post(PAGE, {"starts_on": day})
        assert answer.status_code == 400
        assert "Please look at this again" in words(answer)
    assert not PlacementRun.objects.exists()


def test_a_run_that_is_not_there_is_a_missing_page(cast: Cast, salla: Client, run: PlacementRun) -> None:
    assert salla.post(f"{PAGE}{uuid4()}/").status_code == 404
    assert salla.post(f"{PAGE}{uuid4()}/0/", {"name": "Yew"}).status_code == 404
    assert "no such proposal" in words(salla.post(f"{PAGE}{run.pk}/99/", {"name": "Yew"}, follow=True))
    assert salla.post(f"{PAGE}{run.pk}/{'9' * 5000}/").status_code in {302, 404}
    assert salla.get(f"{PAGE}{run.pk}/").status_code == 405


def test_parents_facilitators_and_editors_find_no_proposals(
    cast: Cast, salla: Client, run: PlacementRun
) -> None:
    assert "Greta" in words(salla.get(PAGE))
    for client in (browser(cast.aino), staff_browser(cast.maija), staff_browser(cast.tuuli)):
        assert client.get(PAGE).status_code == 404
        for address in (PAGE, f"{PAGE}{run.pk}/", f"{PAGE}{run.pk}/0/"):
            answer = client.post(address, {"name": "Yew", "free": "1"})
            assert answer.status_code == 404
            assert b"Greta" not in answer.content
    assert PlacementRun.objects.count() == 1
    assert not SupportGroup.objects.filter(name="Yew").exists()


# Committed, because keys of a transaction that may roll back are not kept in memory.
@pytest.mark.django_db(transaction=True)
def test_the_page_costs_as_many_statements_for_many_as_for_one(cast: Cast, salla: Client) -> None:
    programme = proposed.small_groups(cast)

    def counted(*parents: Application) -> int:
        led_by = [cast.maija, cast.oskar]
        groups = [
            proposed.group(programme, [one], led_by, slot=f"{n % 7}-18") for n, one in enumerate(parents)
        ]
        there = proposed.seats(cast.birch, parents)
        left = [Unplaced(str(one.pk), "time") for one in parents]
        locks = Locks(at={str(one.pk): groups[0].place for one in parents})
        proposed.run(cast, *groups, there, unplaced=left, locks=locks)
        keys.cache.clear()
        with CaptureQueriesContext(connection) as statements:
            assert salla.get(PAGE).status_code == 200
        return len(statements)

    assert cast.birch
    counted(proposed.waits(cast, "Greta"))
    one = counted(proposed.waits(cast, "Hanna"))
    many = counted(*(proposed.waits(cast, f"N{number}") for number in range(12)))
    assert many == one
