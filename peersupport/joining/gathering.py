"""What placement weighs, gathered from the database: who waits, who can lead, which times there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch

from peersupport.groups import availability, schedule
from peersupport.groups.models import Facilitator, Meeting, Programme, Rostered, SupportGroup
from peersupport.joining.fitting import time_of_week
from peersupport.joining.models import Application
from peersupport.joining.placement import facts as given
from peersupport.joining.placing import OPEN
from peersupport.joining.seats import with_seats
from peersupport.vault import keys

# Hours at which a group could begin, on any day of the week.
HOURS = range(9, 21)
# So many of those who wait longest are weighed.
MOST_PARENTS, MOST_FACILITATORS, MOST_GROUPS = 1000, 200, 200
TIMES_MEET = timedelta(minutes=1)


@dataclass(frozen=True)
class Gathered:
    """The rows behind the facts, by the ids that the facts use."""

    starts_on: date
    now: datetime
    applications: Sequence[Application]
    facilitators: Sequence[Facilitator]
    groups: Sequence[SupportGroup]
    programmes: Sequence[Programme]

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where new groups meet."""
        return ZoneInfo(settings.TIME_ZONE)

    def facts(self, locks: given.Locks = given.Locks()) -> given.Facts:  # noqa: B008 - nothing in it changes
        """Everything as placement is told it."""
        slots = (
            *new_slots(self.starts_on, self.zone, self.programmes),
            *(_slot_of(one, self.now) for one in self.groups),
        )
        return given.Facts(
            courses=tuple(given.Course(str(one.pk), one.minimum, one.planned) for one in self.programmes),
            slots=slots,
            parents=tuple(self._parents(slots)),
            facilitators=tuple(self._facilitator(one, slots) for one in self.facilitators),
            groups=tuple(_open_group(one) for one in self.groups),
            locks=locks,
        )

    def _parents(self, slots: Sequence[given.Slot]) -> Iterable[given.Parent]:
        zones = {ZoneInfo(one.time_zone) for one in self.applications}
        # Once for each zone, not for each parent.
        needed = {zone: {slot.id: _times(slot, zone) for slot in slots} for zone in zones}
        for one in self.applications:
            told = one.told
            wished = one.wanted_group
            yield given.Parent(
                id=str(one.pk),
                languages=frozenset({one.language}),
                courses=self._courses(told.happened, wished),
                free=frozenset(
                    slot
                    for slot, times in needed[ZoneInfo(one.time_zone)].items()
                    if times <= set(told.times)
                ),
                prefers=frozenset({_slot_id(wished)} if wished is not None else ()),
                weeks=(self.starts_on - (one.sent_at or one.changed_at).date()).days // 7,
            )

    def _courses(self, happened: str, wished: SupportGroup | None) -> frozenset[str]:
        """The programme she asked for; else each that is for what happened, or all where she did not say."""
        if wished is not None:
            return frozenset({str(wished.programme_id)})
        known = {kind for one in self.programmes for kind in one.kinds}
        return frozenset(
            str(one.pk)
            for one in self.programmes
            if happened not in known or not one.kinds or happened in one.kinds
        )

    def _facilitator(self, one: Facilitator, slots: Sequence[given.Slot]) -> given.Facilitator:
        trained = {programme.pk for programme in one.programmes.all()}
        busy = [(row.during.lower, row.during.upper) for row in one.rostered.all()]
        groups = {row.meeting.group_id for row in one.rostered.all()}
        return given.Facilitator(
            id=f"f{one.pk}",
            languages=frozenset(one.languages),
            courses=frozenset(str(each.pk) for each in self.programmes if not trained or each.pk in trained),
            free=frozenset(slot.id for slot in slots if self._can_lead(one, slot, busy)),
            load=max(one.groups_at_once - len(groups), 0),
        )

    def _can_lead(
        self, one: Facilitator, slot: given.Slot, busy: list[tuple[datetime, datetime]]
    ) -> bool:
        last = slot.meetings[-1][1].astimezone(self.zone).date()
        if one.qualified_until is not None and one.qualified_until < last:
            return False
        weekly, away = one.available.all(), one.away.all()
        return all(
            availability.is_free(weekly, start, end)
            and not availability.is_away(away, start, self.zone)
            and not any(begins < end and start - Meeting.ARRIVAL < ends for begins, ends in busy)
            for start, end in slot.meetings
        )


def gather(*, starts_on: date, now: datetime) -> Gathered:
    """Everything as it stands now; the longest wait first. A fixed number of statements."""
    waiting = Application.objects.filter(state=Application.State.WAITING)
    applications = list(
        waiting.select_related("wanted_group__programme").order_by("sent_at", "pk")[:MOST_PARENTS]
    )
    keys.load(one.pk for one in applications)
    ahead = Rostered.objects.filter(meeting__ends_at__gt=now, meeting__state=Meeting.State.PLANNED)
    leaders = Facilitator.objects.filter(user__is_active=True, user__staff_roles__role="facilitator")
    rows = Prefetch("rostered", queryset=ahead.select_related("meeting"))
    leaders = leaders.prefetch_related("available", "away", "programmes", rows).order_by("pk")
    return Gathered(
        starts_on=starts_on,
        now=now,
        applications=applications,
        facilitators=list(leaders[:MOST_FACILITATORS]),
        groups=_open_groups(now),
        programmes=list(Programme.objects.order_by("slug")[:100]),
    )


def new_slots(starts_on: date, zone: ZoneInfo, programmes: Sequence[Programme]) -> list[given.Slot]:
    """Every hour of the week at which a group could begin in the week from that day on."""
    count = max((len(one.topics) for one in programmes), default=0)
    length = timedelta(minutes=max((one.minutes for one in programmes), default=90))
    found = []
    for day in range(7):
        first = starts_on + timedelta(days=day)
        for hour in HOURS:
            starts = schedule.weekly(first=first, at=time(hour), zone=zone, count=count)
            meetings = tuple((start, start + length) for start in starts)
            if meetings:
                found.append(given.Slot(slot_id(first.weekday(), hour), meetings))
    return found


def slot_id(weekday: int, hour: int) -> str:
    """How a time of the week is called: "1-18" is Tuesday, six in the evening."""
    return f"{weekday}-{hour}"


def _times(slot: given.Slot, zone: ZoneInfo) -> frozenset[str]:
    """The times of the week, as the answers write them, that somebody there has to have named."""
    return frozenset(
        time_of_week(moment, zone) for start, end in slot.meetings for moment in (start, end - TIMES_MEET)
    )


def _open_groups(now: datetime) -> list[SupportGroup]:
    planned = Prefetch("meetings", queryset=Meeting.objects.filter(state=Meeting.State.PLANNED))
    groups = with_seats(now).filter(state__in=OPEN, seats__gt=0).prefetch_related(planned)
    found = []
    for group in groups.order_by("starts_on", "pk")[:MOST_GROUPS]:
        closes = schedule.closes_at(list(group.meetings.all()))
        if closes is not None and closes > now:
            found.append(group)
    return found


def _slot_id(group: SupportGroup) -> str:
    return f"g{group.pk}"


def _slot_of(group: SupportGroup, now: datetime) -> given.Slot:
    ahead = schedule.upcoming(group.meetings.all(), now)
    return given.Slot(_slot_id(group), tuple((one.starts_at, one.ends_at) for one in ahead))


def _open_group(group: SupportGroup) -> given.OpenGroup:
    return given.OpenGroup(
        id=str(group.pk),
        course=str(group.programme_id),
        language=group.language,
        slot=_slot_id(group),
        seats=group.seats,
    )
