"""What placement is told: who waits and when they can, who can lead and when, what is free."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from peersupport.groups.models import Availability, Away, Facilitator, Programme, Rostered
from peersupport.joining import placing
from peersupport.joining.conflicts import naming
from peersupport.joining.gathering import first_day, gather, slot_id, slot_in, still_lead
from peersupport.joining.models import Application, Identifier
from peersupport.joining.placement import facts as given
from peersupport.vault import keys
from tests.cast import Cast
from tests.joining import proposed

pytestmark = pytest.mark.django_db
HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """With Alder, its programme and its facilitators."""
    assert cast.alder
    return cast


def facts(cast: Cast, begins: date | None = None, locks: given.Locks | None = None) -> given.Facts:
    found = gather(starts_on=begins or proposed.begins(cast), now=cast.now)
    return found.facts(locks or given.Locks())


def leader(cast: Cast, name: str, begins: date | None = None) -> given.Facilitator:
    return facts(cast, begins).leader[f"f{Facilitator.objects.get(user=cast.person(name)).pk}"]


def parent(cast: Cast, application: Application, begins: date | None = None) -> given.Parent:
    return facts(cast, begins).parent[str(application.pk)]


def test_who_waits_is_weighed_and_nobody_else(cast: Cast) -> None:
    for state in Application.State.values:
        other = proposed.waits(cast, state)
        Application.objects.filter(pk=other.pk).update(state=state)
    greta = Application.objects.get(state="waiting")
    Application.objects.update(sent_at=cast.later(days=-30))

    found = facts(cast)
    assert list(found.parent) == [str(greta.pk)]
    assert found.parents[0].weeks == (proposed.begins(cast) - cast.later(days=-30).date()).days // 7
    assert found.parents[0].languages == {"en"}


def test_a_parent_is_offered_the_programme_for_what_happened_or_the_one_she_asked_for(cast: Cast) -> None:
    online, close = str(cast.alder.programme_id), str(cast.birch.programme_id)
    assert parent(cast, proposed.waits(cast)).courses == {online}
    one = proposed.waits(cast)
    one.wanted_group = cast.birch
    one.save()
    wished = parent(cast, one)
    assert wished.courses == {close}
    assert wished.prefers == {f"g{cast.birch.pk}"}
    unsure = proposed.waits(cast, happened="unsure")
    assert parent(cast, unsure).courses == {online, close}


def test_a_parent_is_free_where_every_hour_of_every_meeting_is_one_she_named(cast: Cast) -> None:
    evening = proposed.waits(cast)
    both = proposed.waits(cast, times=["tue-afternoon", "tue-evening"])
    new = {slot.id for slot in facts(cast).slots if not slot.id.startswith("g")}

    # From four to half past five is afternoon and evening.
    assert parent(cast, evening).free & new == {f"1-{hour}" for hour in range(17, 21)}
    assert parent(cast, both).free & new == {f"1-{hour}" for hour in range(12, 21)}


# America changes on 9 March and 2 November 2031, Europe on 30 March and 26 October.
SPRING, CALM, AUTUMN = date(2031, 3, 3), date(2031, 5, 5), date(2031, 10, 13)


@pytest.mark.parametrize("begins", [SPRING, AUTUMN])
def test_where_she_lives_elsewhere_the_clocks_of_her_place_count_at_each_meeting(
    cast: Cast, begins: date
) -> None:
    there = proposed.waits(cast, times=["tue-morning"])
    there.time_zone = "America/New_York"
    there.save()

    # Five in the evening here is ten in the morning there, and eleven for the weeks between the changes: then
    # it ends after noon.
    assert "1-17" in parent(cast, there, CALM).free
    assert "1-17" not in parent(cast, there, begins).free
    assert "1-16" in parent(cast, there, begins).free


def test_a_facilitator_is_free_where_her_times_hold_every_meeting(cast: Cast) -> None:
    maija = Facilitator.objects.get(user=cast.maija)
    maija.available.all().delete()
    assert leader(cast, "maija").free == set()
    Availability.objects.create(
        facilitator=maija, weekday=1, from_time=time(17), until_time=time(20), time_zone="Europe/Helsinki"
    )
    assert leader(cast, "maija").free == {"1-17", "1-18"}


def test_across_the_change_of_clocks_a_facilitator_elsewhere_is_free_on_her_own(cast: Cast) -> None:
    maija = Facilitator.objects.get(user=cast.maija)
    maija.available.all().delete()
    Availability.objects.create(
        facilitator=maija, weekday=1, from_time=time(11), until_time=time(13), time_zone="America/New_York"
    )
    # All weeks alike: 18:00 and 19:00 here are 11:00 and 12:00 there; between the changes, 12:00 and 13:00.
    assert leader(cast, "maija", CALM).free == {"1-18"}
    assert leader(cast, "maija", SPRING).free == set()
    maija.available.update(until_time=time(14))
    assert leader(cast, "maija", SPRING).free == {"1-18"}


@pytest.mark.parametrize("week", [0, 4, 9])
def test_one_day_away_in_any_week_is_a_time_she_cannot_lead(cast: Cast, week: int) -> None:
    maija, tuesday = Facilitator.objects.get(user=cast.maija), first_day(proposed.begins(cast), 1)
    assert "1-18" in leader(cast, "maija").free
    day = tuesday + timedelta(weeks=week)
    Away.objects.create(facilitator=maija, first=day, last=day)
    assert "1-18" not in leader(cast, "maija").free
    assert "2-18" in leader(cast, "maija").free


def test_whoever_is_no_longer_qualified_at_the_last_meeting_cannot_lead(cast: Cast) -> None:
    last = first_day(proposed.begins(cast), 1) + timedelta(weeks=9)
    Facilitator.objects.filter(user=cast.maija).update(qualified_until=last)
    assert "1-18" in leader(cast, "maija").free
    Facilitator.objects.filter(user=cast.maija).update(qualified_until=last - timedelta(days=1))
    assert "1-18" not in leader(cast, "maija").free


def test_who_is_rostered_is_not_free_from_the_arrival_on_and_has_less_to_take_on(cast: Cast) -> None:
    maija, begins = Facilitator.objects.get(user=cast.maija), proposed.begins(cast)
    meeting = cast.birch.meetings.earliest("starts_at")
    before = leader(cast, "maija")
    day = first_day(begins, 1) + timedelta(weeks=2)
    start = datetime.combine(day, time(19, 40), tzinfo=HELSINKI)
    during = DateTimeTZRange(start - timedelta(minutes=15), start + timedelta(minutes=90))
    Rostered.objects.create(meeting=meeting, facilitator=maija, during=during)

    after = leader(cast, "maija")
    # 18:00 to 19:30 ends five minutes after she is expected there.
    assert before.free - after.free == {"1-18", "1-19"}
    assert after.load == before.load - 1


def test_whose_role_was_taken_or_whose_account_is_closed_leads_nothing(cast: Cast) -> None:
    assert len(facts(cast).facilitators) == 3
    cast.maija.staff_roles.all().delete()
    cast.oskar.is_active = False
    cast.oskar.save()
    assert len(facts(cast).facilitators) == 1


def test_a_programme_she_is_not_trained_for_is_not_hers(cast: Cast) -> None:
    assert cast.birch
    assert len(leader(cast, "maija").courses) == 2
    Facilitator.objects.get(user=cast.maija).programmes.add(cast.birch.programme)
    assert leader(cast, "maija").courses == {str(cast.birch.programme_id)}


def test_groups_with_a_free_seat_that_take_somebody_in_are_offered(cast: Cast) -> None:
    # Alder is past its third meeting.
    assert facts(cast).groups == ()
    assert cast.birch
    assert [(one.id, one.seats) for one in facts(cast).groups] == [(str(cast.birch.pk), 5)]


def test_two_who_wish_it_are_together_and_two_from_one_village_rather_not(cast: Cast) -> None:
    greta, hanna, irja = (proposed.waits(cast, called) for called in ("Greta", "Hanna", "Irja"))
    name = {greta: "Greta Holm", hanna: "Hanna Holm"}
    for one, other in ((greta, hanna), (hanna, greta)):
        naming.name(application=one, kind=Identifier.Kind.SELF, lines=[name[one]], by=cast.salla)
        assert not facts(cast).together, "as long as only one of them has said so"
        naming.name(application=one, kind=Identifier.Kind.WITH, lines=[name[other]], by=cast.salla)
    for one, village in ((greta, "Kylä"), (irja, " KYLÄ "), (hanna, "Kyläsaari")):
        naming.name(application=one, kind=Identifier.Kind.PLACE, lines=[village], by=cast.salla)

    assert facts(cast).together == {given.Pair.of(str(greta.pk), str(hanna.pk))}
    assert facts(cast).near == {given.Pair.of(str(greta.pk), str(irja.pk))}
    assert not facts(cast).apart
    placing.offer(application=irja, group=cast.birch, by=cast.salla, now=cast.now)
    (birch,) = (one for one in facts(cast).groups if one.id == str(cast.birch.pk))
    assert birch.near == {str(greta.pk)}
    # What one of them says in earnest weighs more than what both once wished.
    naming.name(application=hanna, kind=Identifier.Kind.MUST_NOT_MEET, lines=["Greta Holm"], by=cast.salla)
    assert (facts(cast).together, len(facts(cast).apart)) == (frozenset(), 1)


def test_whom_the_conflict_check_keeps_apart_are_apart_and_groups_are_closed_to_them(cast: Cast) -> None:
    greta, hanna = proposed.waits(cast), proposed.waits(cast, "Hanna")
    member = proposed.waits(cast, "Hilma")
    Application.objects.filter(pk=member.pk).update(state="placed", user=cast.toivo)
    own = {hanna: "Hanna Virtanen", member: "Hilma Korhonen"}
    for known, name in own.items():
        naming.name(application=known, kind=Identifier.Kind.SELF, lines=[name], by=cast.salla)
    assert (facts(cast).apart, facts(cast).groups[0].closed_to) == (frozenset(), frozenset())

    never = Identifier.Kind.MUST_NOT_MEET
    naming.name(application=greta, kind=never, lines=["Virtanen, Hanna", "Hilma Korhonen"], by=cast.salla)
    assert facts(cast).apart == {given.Pair.of(str(greta.pk), str(hanna.pk))}
    assert facts(cast).groups[0].closed_to == {str(greta.pk)}


def test_locks_of_people_and_places_that_are_gone_mean_nothing_any_more(cast: Cast) -> None:
    greta = proposed.waits(cast)
    here, gone = proposed.place(cast.alder.programme), given.Place("no-such-course", "en", "1-18")
    full = given.Place(str(cast.alder.programme_id), "en", f"g{cast.alder.pk}", str(cast.alder.pk))
    hers = str(greta.pk)
    locks = given.Locks(
        at={hers: here, "somebody": here},
        never=frozenset({(hers, gone), (hers, here), ("somebody", here), (hers, full)}),
        closed=frozenset({here, gone}),
    )
    found = facts(cast, locks=locks).locks
    assert found == given.Locks(at={hers: here}, never=frozenset({(hers, here)}), closed=frozenset({here}))


def test_meetings_that_follow_closely_are_two_that_one_person_cannot_lead(cast: Cast) -> None:
    Programme.objects.update(minutes=60)
    found = facts(cast)
    # She is expected a quarter of an hour before: at seven she would be in the room of six.
    assert any({"1-18", "1-19"} <= clash for clash in found.clashing)
    assert not any({"1-18", "1-20"} <= clash for clash in found.clashing)


def test_still_leads_asks_again(cast: Cast) -> None:
    place, begins = proposed.place(cast.alder.programme), proposed.begins(cast)
    ids = [leader(cast, "maija").id, leader(cast, "oskar").id]
    assert still_lead(ids, place, starts_on=begins, now=cast.now)
    Facilitator.objects.filter(user=cast.oskar).update(groups_at_once=1)
    assert not still_lead(ids, place, starts_on=begins, now=cast.now)
    assert not still_lead([ids[0], "f999999"], place, starts_on=begins, now=cast.now)
    assert not still_lead(ids[:1], place._replace(language="fr"), starts_on=begins, now=cast.now)


# Committed, because keys of a transaction that may roll back are not kept in memory.
@pytest.mark.django_db(transaction=True)
def test_gathering_costs_as_many_statements_for_forty_as_for_one(cast: Cast) -> None:
    def counted() -> tuple[int, int]:
        keys.cache.clear()
        with CaptureQueriesContext(connection) as statements:
            found = facts(cast)
        return len(statements), len(found.parents)

    proposed.waits(cast)
    one = counted()
    for number in range(39):
        proposed.waits(cast, f"N{number}")
    many = counted()
    assert (one[1], many[1]) == (1, 40)
    assert many[0] == one[0]


@pytest.mark.parametrize("weekday", range(7))
def test_the_first_day_is_in_the_week_from_that_day_on(weekday: int) -> None:
    for start in (date(2027, 3, 1), date(2027, 3, 4), date(2027, 3, 7)):
        found = first_day(start, weekday)
        assert found.weekday() == weekday
        assert timedelta() <= found - start < timedelta(weeks=1)
    assert slot_in(slot_id(weekday, 18)) == (weekday, time(18))
