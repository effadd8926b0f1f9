"""What placement weighs, gathered from the database: who waits, who can lead, which times there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch

from peersupport.groups import schedule
from peersupport.groups.models import Facilitator, Meeting, Programme, SupportGroup
from peersupport.joining import leading
from peersupport.joining.conflicts import checking
from peersupport.joining.conflicts.checking import Apart
from peersupport.joining.fitting import time_of_week
from peersupport.joining.models import Application
from peersupport.joining.placement import facts as given
from peersupport.joining.placement.possible import leads
from peersupport.joining.placing import OPEN
from peersupport.joining.seats import with_seats
from peersupport.vault import keys

# Hours at which a group could begin, on any day of the week.
HOURS = range(9, 21)
# So many of those who wait longest are weighed.
MOST_PARENTS, MOST_FACILITATORS, MOST_GROUPS, MOST_PROGRAMMES = 1000, 200, 200, 100
# How closely a meeting is looked at: every part of the day is longer.
STEP, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NO_LOCKS = given.Locks()
NOBODY_APART = Apart(frozenset(), frozenset(), {})


@dataclass(frozen=True)
class Gathered:
    """The rows behind the facts. Groups that are proposed begin in the week from `starts_on` on."""

    starts_on: date
    now: datetime
    applications: Sequence[Application]
    facilitators: Sequence[Facilitator]
    groups: Sequence[SupportGroup]
    programmes: Sequence[Programme]
    apart: Apart

    def facts(self, locks: given.Locks = NO_LOCKS) -> given.Facts:
        """Everything as placement is told it; of the locks those that still mean something.

        Parents go by the id of their application, facilitators by "f" and theirs.
        """
        apart = self.apart
        slots = (*self.new_slots, *(_slot_of(one, self.now) for one in self.groups))
        found = given.Facts(
            courses=tuple(given.Course(str(one.pk), one.minimum, one.planned) for one in self.programmes),
            slots=tuple(map(_with_arrival, slots)),
            parents=tuple(self._parents(slots)),
            facilitators=tuple(self.leaders()),
            groups=tuple(_open_group(one, apart) for one in self.groups),
            apart=_pairs(apart),
            near=_two(apart.near),
            together=_two(apart.together),
        )
        return replace(found, locks=_still_meant(locks, found))

    @cached_property
    def new_slots(self) -> tuple[given.Slot, ...]:
        """Every hour of the week at which a group could begin, with every week in which one would meet.

        The follow-up counts: who leads, or comes, has to be free for it as well.
        """
        length = timedelta(minutes=max((one.minutes for one in self.programmes), default=0))
        weeks = sorted({week for one in self.programmes for week in _weeks_of(one)})
        if not weeks:
            return ()
        return tuple(
            _new_slot(first_day(self.starts_on, weekday), hour, weeks=weeks, length=length)
            for weekday in range(7)
            for hour in HOURS
        )

    def leaders(self) -> Iterable[given.Facilitator]:
        """The facilitators: free at a time where nothing of theirs is in the way of any of its meetings."""
        for one in self.facilitators:
            trained = {programme.pk for programme in one.programmes.all()}
            needed = leading.needed_at(one)
            groups = {row.meeting.group_id for row in one.rostered.all()}
            yield given.Facilitator(
                id=leader_id(one.pk),
                languages=frozenset(one.languages),
                courses=frozenset(
                    str(each.pk) for each in self.programmes if not trained or each.pk in trained
                ),
                free=frozenset(
                    slot.id for slot in self.new_slots if leading.is_free(one, slot.meetings, needed=needed)
                ),
                load=max(one.groups_at_once - len(groups), 0),
            )

    def _parents(self, slots: Sequence[given.Slot]) -> Iterable[given.Parent]:
        zones = {one.time_zone for one in self.applications}
        # Once for each zone, not for each parent.
        needed = {zone: {slot.id: _times(slot, ZoneInfo(zone)) for slot in slots} for zone in zones}
        for one in self.applications:
            told = one.told
            times, since = set(told.times), one.sent_at or one.changed_at
            yield given.Parent(
                id=str(one.pk),
                languages=frozenset({one.language}),
                courses=self._courses(told.happened, one.wanted_group),
                free=frozenset(slot for slot, wants in needed[one.time_zone].items() if wants <= times),
                prefers=frozenset({_slot_id(one.wanted_group)} if one.wanted_group else ()),
                weeks=max((self.starts_on - since.date()).days // 7, 0),
            )

    def _courses(self, happened: str, wished: SupportGroup | None) -> frozenset[str]:
        """The programme she asked for; else each that is for what happened, or all where she did not say."""
        known = {kind for one in self.programmes for kind in one.kinds}
        return frozenset(
            str(one.pk)
            for one in self.programmes
            if (
                one.pk == wished.programme.course_id
                if wished
                else happened not in known or not one.kinds or happened in one.kinds
            )
        )


def gather(*, starts_on: date, now: datetime) -> Gathered:
    """Everything as it stands now; the longest wait first. A fixed number of statements."""
    waiting = Application.objects.filter(state=Application.State.WAITING).select_related(
        "wanted_group__programme"
    )
    applications = list(waiting.order_by("sent_at", "pk")[:MOST_PARENTS])
    keys.load(one.pk for one in applications)
    facilitators, groups = list(leading.working(now)[:MOST_FACILITATORS]), _open_groups(now)
    return Gathered(
        starts_on=starts_on,
        now=now,
        applications=applications,
        facilitators=facilitators,
        groups=groups,
        programmes=_programmes(),
        apart=checking.pairs(applications, facilitators, groups),
    )


def still_lead(leaders: Collection[str], place: given.Place, *, starts_on: date, now: datetime) -> bool:
    """Whether these facilitators can lead there as things stand now. In a transaction: they stay locked."""
    ids = [int(one.removeprefix("f")) for one in leaders]
    # Row locks in the order of ids: two who accept at the same time wait, and not for one another.
    locked = leading.working(now).select_for_update(of=("self",)).filter(pk__in=ids)
    there = Gathered(starts_on, now, (), list(locked), (), _programmes(), NOBODY_APART)
    return sum(one.load > 0 and leads(one, place) for one in there.leaders()) == len(ids)


def first_day(starts_on: date, weekday: int) -> date:
    """That day of the week in the week from `starts_on` on; Monday is 0."""
    return starts_on + timedelta(days=(weekday - starts_on.weekday()) % 7)


def slot_id(weekday: int, hour: int) -> str:
    """How a time of the week is called: "1-18" is Tuesday, six in the evening."""
    return f"{weekday}-{hour}"


def slot_in(slot: str) -> tuple[int, time]:
    """Day of the week and time of what `slot_id` wrote."""
    weekday, hour = slot.split("-")
    return int(weekday), time(int(hour))


def leader_id(pk: int) -> str:
    """How a facilitator is called, so that she is never taken for a parent."""
    return f"f{pk}"


def _weeks_of(programme: Programme) -> set[int]:
    """In which weeks a programme meets, counted from its first, the follow-up included."""
    course = {turn * programme.every_weeks for turn in range(len(programme.topics))}
    return course | ({max(course) + programme.follow_up_weeks} if programme.follow_up_weeks else set())


def _new_slot(first: date, hour: int, *, weeks: Sequence[int], length: timedelta) -> given.Slot:
    zone = ZoneInfo(settings.TIME_ZONE)
    starts = [schedule.moment(first + timedelta(weeks=week), time(hour), zone) for week in weeks]
    return given.Slot(slot_id(first.weekday(), hour), tuple((start, start + length) for start in starts))


def _with_arrival(slot: given.Slot) -> given.Slot:
    """From when facilitators are expected: nobody can be at two of them where these times overlap."""
    return given.Slot(slot.id, tuple((start - Meeting.ARRIVAL, end) for start, end in slot.meetings))


def _times(slot: given.Slot, zone: ZoneInfo) -> frozenset[str]:
    """The times of the week, as the answers write them, that somebody there has to have named."""
    found = set()
    for start, end in slot.meetings:
        found.add(time_of_week(end - MINUTE, zone))
        while start < end:
            found.add(time_of_week(start, zone))
            start += STEP
    return frozenset(found)


def _programmes() -> list[Programme]:
    return list(Programme.objects.filter(kept_of=None).exclude(topics=[]).order_by("slug")[:MOST_PROGRAMMES])


def _open_groups(now: datetime) -> list[SupportGroup]:
    planned = Prefetch("meetings", queryset=Meeting.objects.filter(state=Meeting.State.PLANNED))
    groups = with_seats(now).filter(state__in=OPEN, seats__gt=0).prefetch_related(planned)
    found: list[SupportGroup] = []
    for group in groups.order_by("starts_on", "pk")[:MOST_GROUPS]:
        closes = schedule.closes_at(list(group.meetings.all()))
        if closes is not None and closes > now:
            found.append(group)
    return found


def _pairs(apart: Apart) -> frozenset[given.Pair]:
    led = (given.Pair.of(str(one), leader_id(other)) for one, other in apart.facilitators)
    return frozenset((*_two(apart.applications), *led))


def _two(parents: Iterable[tuple[UUID, UUID]]) -> frozenset[given.Pair]:
    return frozenset(given.Pair.of(str(one), str(other)) for one, other in parents)


def _slot_id(group: SupportGroup) -> str:
    return f"g{group.pk}"


def _slot_of(group: SupportGroup, now: datetime) -> given.Slot:
    ahead = schedule.upcoming(group.meetings.all(), now)
    return given.Slot(_slot_id(group), tuple((one.starts_at, one.ends_at) for one in ahead))


def _open_group(group: SupportGroup, apart: Apart) -> given.OpenGroup:
    return given.OpenGroup(
        id=str(group.pk),
        course=str(group.programme.course_id),
        language=group.language,
        slot=_slot_id(group),
        # Counted by `with_seats`.
        seats=group.seats,  # type: ignore[attr-defined]
        closed_to=frozenset(map(str, apart.groups.get(group.pk, ()))),
        near=frozenset(map(str, apart.near_groups.get(group.pk, ()))),
    )


def _still_meant(locks: given.Locks, facts: given.Facts) -> given.Locks:
    """Without people who have their seat by now, and groups that are full or gone."""
    people = {*facts.parent, *facts.leader}
    slots = {slot.id for slot in facts.slots}

    def is_there(place: given.Place) -> bool:
        known = place.course in facts.course and place.slot in slots
        return known and (place.is_new or place.group in facts.group)

    return given.Locks(
        at={one: place for one, place in locks.at.items() if one in people and is_there(place)},
        never=frozenset((one, place) for one, place in locks.never if one in people and is_there(place)),
        closed=frozenset(place for place in locks.closed if is_there(place)),
    )
