"""Nobody is placed with whom she must not meet; hashes are kept of it, and nobody learns with whom."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.audit import recording
from peersupport.audit.models import Entry
from peersupport.groups import membership
from peersupport.groups.models import Facilitator, Membership, SupportGroup
from peersupport.joining import answering, applying, erasing, placing
from peersupport.joining.conflicts import checking, naming
from peersupport.joining.conflicts.checking import Clash, clashes
from peersupport.joining.conflicts.spellings import TooVague
from peersupport.joining.models import Application, Identifier, Placement
from peersupport.joining.placing import Conflict, LookedInto
from peersupport.vault import keys
from tests.cast import Cast
from tests.joining import applicants

pytestmark = pytest.mark.django_db
Kind = Identifier.Kind
APART, ACCUSED, WITH, SELF = Kind.MUST_NOT_MEET, Kind.ACCUSED, Kind.WITH, Kind.SELF


def waiting(cast: Cast, called: str, *, address: str = "") -> Application:
    return applicants.waiting(cast.now, by=cast.salla, called=called, address=address)


def names(cast: Cast, application: Application, kind: Identifier.Kind, *lines: str) -> None:
    naming.name(application=application, kind=kind, lines=lines, by=cast.salla)


def offer(cast: Cast, application: Application, **options: Any) -> Placement:
    return placing.offer(application=application, group=cast.birch, by=cast.salla, now=cast.now, **options)


def take(cast: Cast, application: Application, pseudonym: str = "Yew") -> Membership:
    return answering.accept(
        placement=offer(cast, application), pseudonym=pseudonym, password="kettle garden", now=cast.now
    )


def accept(cast: Cast, placement: Placement, *, user: User | None = None) -> Membership:
    return answering.accept(
        placement=placement, pseudonym="Yew", user=user, password="kettle garden", now=cast.now
    )


@pytest.fixture
def greta(cast: Cast) -> Application:
    """Somebody who was named never to meet: Jürgen Müller."""
    return waiting(cast, "Greta")


@pytest.fixture
def jurgen(cast: Cast) -> Application:
    """Applies himself, by another spelling."""
    application = waiting(cast, "Jupp", address="juergen@home.example")
    names(cast, application, SELF, "Mueller Juergen", "040 123 4567")
    return application


@pytest.mark.parametrize(
    ("kind", "line"),
    [(ACCUSED, "Jürgen Müller"), (APART, "JUERGEN+x@home.example"), (ACCUSED, "+358 40 1234567")],
)
@pytest.mark.parametrize("first", ["the named", "who names"])
def test_whom_she_names_and_she_never_get_places_in_one_group_whoever_comes_first(
    cast: Cast, greta: Application, jurgen: Application, first: str, line: str, kind: Identifier.Kind
) -> None:
    one, other = (jurgen, greta) if first == "the named" else (greta, jurgen)
    assert clashes(other, cast.birch) is None
    offer(cast, one)
    names(cast, greta, kind, line)

    with pytest.raises(Conflict) as refused:
        offer(cast, other, looked_into=LookedInto.SOMEBODY_ELSE)
    assert refused.value.clash.is_sure
    other.refresh_from_db()
    assert other.state == Application.State.WAITING
    assert not other.placements.exists()
    assert not Entry.objects.filter(what="place.offered", about__endswith=str(other.pk)).exists()


def test_a_member_counts_by_what_she_named_before_and_by_the_address_she_signs_in_with(
    cast: Cast, greta: Application, jurgen: Application
) -> None:
    names(cast, greta, APART, "Jürgen Müller")
    take(cast, greta)
    assert clashes(jurgen, cast.birch) == Clash("sure", ("name",))
    other = waiting(cast, "Other")
    assert clashes(other, cast.birch) is None
    # Toivo came without an application.
    names(cast, other, APART, cast.toivo.email or "")
    assert clashes(other, cast.birch) == Clash("sure", ("email",))


def test_who_has_left_and_whose_offer_has_lapsed_is_no_match(
    cast: Cast, greta: Application, jurgen: Application
) -> None:
    names(cast, greta, APART, "Jürgen Müller")
    offer(cast, jurgen)
    assert clashes(greta, cast.birch)
    answering.lapse(cast.later(days=9))
    assert clashes(greta, cast.birch) is None
    jurgen.refresh_from_db()
    member = take(cast, jurgen)
    assert clashes(greta, cast.birch)
    member.state, member.left_at = Membership.State.LEFT, cast.now
    member.save()
    assert clashes(greta, cast.birch) is None


def test_a_facilitator_is_found_by_her_address_her_name_and_perhaps_by_the_name_in_her_address(
    cast: Cast, greta: Application
) -> None:
    assert clashes(greta, cast.birch) is None
    ruben = Facilitator.objects.get(user=cast.ruben)
    names(cast, greta, APART, cast.ruben.email or "")
    assert clashes(greta, cast.birch) == Clash("sure", ("email",))
    naming.clear(application=greta, kind=APART, by=cast.salla)
    ruben.display_name = "Ruben Åberg"
    ruben.save()
    names(cast, greta, APART, "Aberg Ruben")
    assert clashes(greta, cast.birch) == Clash("sure", ("name",))
    ruben.display_name = "Ruben"
    ruben.save()
    cast.ruben.email = "ruben.aberg@organisation.example"
    cast.ruben.save()
    assert clashes(greta, cast.birch) == Clash("maybe", ("name",))


def test_a_facilitator_who_comes_later_is_seen_at_the_group(cast: Cast, greta: Application) -> None:
    names(cast, greta, APART, cast.maija.email or "")
    take(cast, greta)
    assert checking.within([cast.birch, cast.alder]) == {}
    Membership.objects.create(
        group=cast.birch, user=cast.maija, role=Membership.Role.FACILITATOR, pseudonym="Maija"
    )
    assert checking.within([cast.birch, cast.alder]) == {cast.birch.pk: Clash("sure", ("email",))}


def test_a_match_that_is_not_sure_is_looked_into_first_and_that_is_recorded(
    cast: Cast, greta: Application, jurgen: Application
) -> None:
    names(cast, greta, APART, "J. Muller")
    offer(cast, jurgen)
    with pytest.raises(Conflict) as refused:
        offer(cast, greta)
    assert refused.value.clash == Clash("maybe", ("name",))
    offer(cast, greta, looked_into=LookedInto.SOMEBODY_ELSE, seen=refused.value.clash.seen)
    facts = Entry.objects.filter(what="place.offered").latest("pk").facts
    assert facts == {"group": str(cast.birch.pk), "match": "name", "looked_into": "somebody_else"}


def test_what_was_looked_into_is_the_match_that_was_seen_and_no_other(
    cast: Cast, greta: Application, jurgen: Application
) -> None:
    names(cast, greta, APART, "J. Muller")
    offer(cast, jurgen)
    seen = clashes(greta, cast.birch)
    assert seen is not None
    names(cast, greta, ACCUSED, "J. Muller")
    for what in ("", seen.seen):
        with pytest.raises(Conflict):
            offer(cast, greta, looked_into=LookedInto.BOTH_AGREE, seen=what)
    again = clashes(greta, cast.birch)
    assert again is not None
    # The same sort and just as certain: only the prints tell one from the other.
    assert (again, again.seen) != (seen, seen.seen)
    assert again == seen
    placement = offer(cast, greta, looked_into=LookedInto.SOMEBODY_ELSE, seen=again.seen)
    # He takes his place meanwhile: it is the same match of the same two, and counts for both.
    answering.accept(
        placement=jurgen.placements.get(), pseudonym="Fir", password="kettle garden", now=cast.now
    )
    accept(cast, placement)
    placement.refresh_from_db()
    assert (placement.state, bool(placement.looked_into)) == ("accepted", True)
    Membership.objects.filter(group=cast.birch).update(state=Membership.State.LEFT)
    erasing.forget_identifiers(cast.now)
    placement.refresh_from_db()
    assert placement.looked_into == [], "not kept longer than what it is about"


@pytest.mark.parametrize("later", ["named by her", "named by him", "leads", "perhaps", "her account"])
def test_a_match_that_came_after_the_offer_keeps_her_from_the_place_and_she_keeps_her_turn(
    cast: Cast, greta: Application, jurgen: Application, later: str
) -> None:
    names(cast, greta, SELF, "Greta Quibblewick")
    names(cast, greta, APART, cast.maija.email or "")
    take(cast, jurgen, "Fir")
    placement, members = offer(cast, greta), cast.birch.memberships.count()
    since = greta.sent_at
    match later:
        case "named by her":
            names(cast, greta, APART, "Jürgen Müller")
        case "named by him":
            names(cast, jurgen, ACCUSED, "Quibblewick Greta")
        case "leads":
            membership.admit(
                user=cast.maija, group=cast.birch, by=None, role=Membership.Role.FACILITATOR, now=cast.now
            )
            members += 1
        case "perhaps":
            names(cast, greta, APART, "J. Muller")
        case _:
            names(cast, jurgen, APART, cast.aino.email or "")
    users = User.objects.count()
    with pytest.raises(answering.NotGiven):
        accept(cast, placement, user=cast.aino if later == "her account" else None)

    greta.refresh_from_db()
    placement.refresh_from_db()
    assert (greta.state, greta.user, greta.sent_at) == (Application.State.WAITING, None, since)
    assert (placement.state, cast.birch.memberships.count()) == (Placement.State.HELD, members)
    assert User.objects.count() == users
    facts = Entry.objects.filter(what="place.held", about__endswith=str(greta.pk)).get().facts
    assert facts["match"] in {"name", "email"}
    assert not Entry.objects.filter(what="place.accepted", about__endswith=str(greta.pk)).exists()
    with pytest.raises(answering.OfferGone):
        accept(cast, placement)


def test_without_its_audit_row_a_place_is_neither_held_nor_taken(
    cast: Cast, greta: Application, jurgen: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(cast, jurgen, "Fir")
    placement = offer(cast, greta)
    names(cast, greta, APART, "Jürgen Müller")

    def broken(*, what: str, **said: Any) -> None:
        if what == "place.held":
            raise RuntimeError

    monkeypatch.setattr(answering, "record", broken)
    with pytest.raises(RuntimeError):
        accept(cast, placement)
    placement.refresh_from_db()
    assert placement.state == Placement.State.OFFERED


def test_without_a_match_the_record_says_nothing_of_one(cast: Cast, greta: Application) -> None:
    offer(cast, greta, looked_into=LookedInto.SOMEBODY_ELSE)
    assert Entry.objects.filter(what="place.offered").latest("pk").facts == {"group": str(cast.birch.pk)}


def test_parents_of_one_child_are_together_only_if_both_say_so(cast: Cast) -> None:
    mother, father = waiting(cast, "Mother"), waiting(cast, "Father")
    names(cast, mother, SELF, "Anna Ivanova")
    names(cast, father, SELF, "Ivan Ivanov")
    offer(cast, mother)
    assert clashes(father, cast.birch) is None
    for one in (mother, father):
        names(cast, one, ACCUSED, "Boris Petrov")
    assert clashes(father, cast.birch) == Clash("maybe", ("name",))
    names(cast, mother, WITH, "Ivan Ivanov")
    assert clashes(father, cast.birch) == Clash("sure", ("name",))
    names(cast, father, WITH, "Иванова Анна")
    assert clashes(father, cast.birch) is None
    # Either of them may change her mind.
    names(cast, mother, APART, "Ivanov Ivan")
    assert clashes(father, cast.birch) == Clash("sure", ("name",))
    naming.clear(application=mother, kind=APART, by=cast.salla)
    naming.clear(application=father, kind=WITH, by=cast.salla)
    assert clashes(father, cast.birch) == Clash("sure", ("name",))


def test_somebody_never_to_meet_who_is_accused_by_another_is_the_same_case(
    cast: Cast, greta: Application
) -> None:
    hanna = waiting(cast, "Hanna")
    names(cast, greta, APART, "Boris Petrov")
    names(cast, hanna, APART, "Boris Petrov")
    offer(cast, greta)
    assert clashes(hanna, cast.birch) is None
    names(cast, hanna, ACCUSED, "Петров Борис")
    assert clashes(hanna, cast.birch) == Clash("maybe", ("name",))


def test_naming_adds_and_a_line_twice_is_one(cast: Cast, greta: Application) -> None:
    lines = ["Jürgen Müller", "", "jm@home.example"]
    assert naming.name(application=greta, kind=APART, lines=lines, by=cast.salla) == 2
    assert (
        naming.name(application=greta, kind=APART, lines=["Müller  JÜRGEN", "040 1234567"], by=cast.salla)
        == 1
    )
    assert naming.name(application=greta, kind=ACCUSED, lines=["Jürgen Müller"], by=cast.salla) == 1
    assert naming.counts(greta) == {"apart": 3, "accused": 1}
    assert naming.clear(application=greta, kind=APART, by=cast.salla) == 3
    assert naming.counts(greta) == {"accused": 1}
    said = Entry.objects.filter(what__startswith="conflicts.").order_by("pk").values_list("what", "facts")
    assert [(what, facts["kind"], facts["number"]) for what, facts in said] == [
        ("conflicts.named", "apart", 2),
        ("conflicts.named", "apart", 1),
        ("conflicts.named", "accused", 1),
        ("conflicts.cleared", "apart", 3),
    ]


def test_with_one_line_that_tells_nobody_nothing_is_kept(cast: Cast, greta: Application) -> None:
    with pytest.raises(TooVague):
        names(cast, greta, APART, "Jürgen Müller", "Müller")
    assert not Identifier.objects.exists()
    assert not Entry.objects.filter(what="conflicts.named").exists()


def test_without_its_audit_row_nobody_is_named(
    cast: Cast, greta: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(naming, "record", broken)
    with pytest.raises(RuntimeError):
        names(cast, greta, APART, "Jürgen Müller")
    assert not Identifier.objects.exists()


def test_nobody_is_named_for_an_application_that_is_not_at_the_desk(cast: Cast, greta: Application) -> None:
    applying.withdraw(application=greta, now=cast.now)
    for application in (greta, applicants.draft(cast.now)):
        with pytest.raises(applying.NotPossibleNow):
            names(cast, application, APART, "Jürgen Müller")
    erasing.erase(application=greta, by=None, why="asked", now=cast.now)
    with pytest.raises(applying.NotPossibleNow):
        names(cast, greta, APART, "Jürgen Müller")


def everything_stored() -> str:
    """Every row of every table as text; bytes as hexadecimal digits and as what they spell."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        tables = cursor.fetchall()
        found = []
        for schema, table in tables:
            cursor.execute(f'SELECT t::text FROM "{schema}"."{table}" t')
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found).casefold()


def test_nothing_is_stored_but_hashes(cast: Cast, greta: Application) -> None:
    before = everything_stored()
    # What can be found if it is there: somebody's address to sign in with stands in the open.
    assert cast.toivo.email
    assert cast.toivo.email in everything_stored()
    names(cast, greta, APART, "Zdeněk Quibblewick", "quibblewick@canary.example", "+420 601 987 654")
    names(cast, greta, SELF, "Zuzana Quibblewick")
    stored = everything_stored()
    assert stored != before
    rest = ["quibble", "canary.example", "601987654", "601 987", "zdenek", "zdeněk", "zuzana", "kuibliv"]
    for word in rest:
        assert word not in stored
        assert word.encode().hex() not in stored
    assert Identifier.objects.filter(application=greta).count() > 8
    assert {len(bytes(one)) for one in Identifier.objects.values_list("hash", flat=True)} == {32}


def test_the_hashes_are_under_a_key_of_their_own(cast: Cast, greta: Application) -> None:
    from peersupport.vault.hashing import keyed_hash

    names(cast, greta, APART, "jm@home.example")
    kept = bytes(Identifier.objects.get().hash)
    assert kept == keyed_hash("email jm@home.example", purpose="conflict")
    assert kept != keyed_hash("email jm@home.example", purpose="invitation")


def test_they_go_with_the_application(cast: Cast, greta: Application) -> None:
    names(cast, greta, APART, "Jürgen Müller")
    assert Identifier.objects.exists()
    erasing.erase(application=greta, by=None, why="asked", now=cast.now)
    assert not Identifier.objects.exists()


@pytest.mark.parametrize("over", ["ended", "cancelled", "left"])
def test_with_a_place_they_go_when_she_belongs_to_no_group_that_goes_on(
    cast: Cast, greta: Application, over: str
) -> None:
    hanna = waiting(cast, "Hanna")
    for one in (greta, hanna):
        names(cast, one, APART, "Jürgen Müller")
    member = take(cast, greta)
    erasing.forget_identifiers(cast.now)
    assert naming.counts(greta) == naming.counts(hanna) == {"apart": 1}
    if over == "left":
        member.state, member.left_at = Membership.State.LEFT, cast.now
        member.save()
    else:
        SupportGroup.objects.filter(pk=cast.birch.pk).update(state=over, ended_at=cast.now)
    for _twice in range(2):
        erasing.forget_identifiers(cast.now)
    assert naming.counts(greta) == {}
    assert naming.counts(hanna) == {"apart": 1}


def test_the_plan_is_told_who_must_not_meet(cast: Cast, greta: Application, jurgen: Application) -> None:
    hanna, other = waiting(cast, "Hanna"), waiting(cast, "Other")
    names(cast, greta, APART, "Jürgen Müller", cast.ruben.email or "")
    names(cast, hanna, APART, cast.maija.email or "")
    names(cast, hanna, ACCUSED, cast.toivo.email or "")
    leading = list(Facilitator.objects.filter(user__in=[cast.maija, cast.ruben]))
    of = {one.user_id: one.pk for one in leading}
    told = checking.pairs([greta, jurgen, hanna, other], leading, [cast.birch, cast.alder])

    first, second = sorted((greta.pk, jurgen.pk))
    assert told.applications == {(first, second)}
    assert told.facilitators == {(greta.pk, of[cast.ruben.pk]), (hanna.pk, of[cast.maija.pk])}
    # Ruben leads Birch, where Toivo is a parent; Maija leads Alder.
    assert told.groups == {cast.birch.pk: {greta.pk, hanna.pk}, cast.alder.pk: {hanna.pk}}
    assert checking.pairs([], [], []) == checking.Apart(frozenset(), frozenset(), {})


# Committed, because keys of a transaction that may roll back are not kept in memory.
@pytest.mark.django_db(transaction=True)
def test_many_cost_as_many_statements_as_one() -> None:
    cast = Cast(timezone.now())
    groups = [cast.birch, cast.alder]
    leading = list(Facilitator.objects.all())

    def cost(
        applications: list[Application], groups: list[SupportGroup], leading: list[Facilitator]
    ) -> list[int]:
        costs = []
        for ask in (
            lambda: checking.pairs(applications, leading, groups),
            lambda: checking.closed_to(applications[0], groups),
            lambda: checking.within(groups),
        ):
            keys.cache.clear()
            with CaptureQueriesContext(connection) as asked:
                ask()
            costs.append(len(asked))
        return costs

    def one(number: int) -> Application:
        application = waiting(cast, f"Nora Number{number}", address=f"n{number}@home.example")
        names(cast, application, APART, f"Jürgen Müller {number}", f"jm{number}@home.example")
        return application

    first = one(0)
    take(cast, one(1))
    alone = cost([first], groups[:1], leading[:1])
    many = [first, *(one(number) for number in range(2, 6))]
    for number in range(6, 8):
        take(cast, one(number), f"Yew {number}")
    assert cost(many, groups, leading) == alone
    assert max(alone) <= 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("doing", ["offered", "taken"])
def test_whom_somebody_names_while_a_place_is_offered_or_taken_counts(
    doing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast(timezone.now())
    greta, jurgen = waiting(cast, "Greta"), waiting(cast, "Jupp")
    names(cast, jurgen, SELF, "Jürgen Müller")
    offer(cast, greta)
    place = offer(cast, jurgen) if doing == "taken" else None
    named, original = Event(), recording.record

    def slowly(**said: Any) -> None:
        original(**said)
        named.set()
        deadline = time.monotonic() + 60
        while not _somebody_waits() and time.monotonic() < deadline:
            time.sleep(0.01)

    def add() -> None:
        try:
            names(cast, greta, APART, "Jürgen Müller")
        finally:
            connections.close_all()

    def book() -> str:
        try:
            assert named.wait(timeout=60)
            if place is not None:
                accept(cast, place)
            else:
                offer(cast, jurgen)
        except (Conflict, answering.NotGiven):
            return "refused"
        else:
            return "placed"
        finally:
            connections.close_all()

    monkeypatch.setattr("peersupport.joining.conflicts.naming.record", slowly)
    with ThreadPoolExecutor(max_workers=2) as threads:
        adding, booking = threads.submit(add), threads.submit(book)
        adding.result()
        assert booking.result() == "refused"


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
