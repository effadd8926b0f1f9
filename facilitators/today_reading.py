"""Puts together what a facilitator sees of her day, with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from facilitators.awaited import Awaited, awaited_in
from facilitators.resting import Rest, rest_of
from peersupport.accounts.models import User
from peersupport.chat.access import room_of
from peersupport.chat.elsewhere.lines import Waiting, waiting_around
from peersupport.chat.hub.attending import here_now
from peersupport.chat.models import HeldMessage, Report, Room
from peersupport.chat.pages.wording import together
from peersupport.groups import leaving, schedule, tasks
from peersupport.groups.access import led_by
from peersupport.groups.coming import Words, words_about
from peersupport.groups.models import Facilitator, Goodbye, Meeting, Membership, Rostered, Task
from peersupport.groups.standing_in import Calls, calls_of

AHEAD = 6
BEHIND = 12


@dataclass(frozen=True)
class Expected:
    """A facilitator rostered at a meeting, and whether she is connected to its room now."""

    name: str
    self: bool
    here: bool


@dataclass(frozen=True)
class Card:
    """A meeting to come as a facilitator meets it. `days`: nights until then on her calendar."""

    meeting: Meeting
    room: Room
    of: int
    team: list[Expected]
    days: int
    open_to_enter: bool
    held: int
    reports: int
    awaited: Awaited | None
    coming: Words

    @property
    def mine(self) -> bool:
        """Whether she herself is rostered."""
        return any(expected.self for expected in self.team)

    @property
    def team_names(self) -> str:
        """Who leads, as one part of a sentence: "you and Oskar"."""
        return together([_("you") if expected.self else expected.name for expected in self.team])


@dataclass(frozen=True)
class Today:
    """Everything `facilitators/today.html` shows. Zones are IANA names."""

    zone: str
    today: list[Card]
    next: list[Card]
    to_answer: list[Card]
    to_read: list[Card]
    to_debrief: list[Meeting]
    tasks: list[Task]
    goodbyes: list[Goodbye]
    calls: Calls | None
    on_lines: list[Waiting]
    rest: Rest | None


def today_of(user: User, *, now: datetime) -> Today:
    """Her meetings of today and the next ones, what waits for an answer, what was not talked over yet."""
    zone = ZoneInfo(user.time_zone)
    rooms = _rooms(user)
    cards = _cards(user, rooms, zone, now)
    of_today = [card for card in cards if card.days <= 0]
    return Today(
        zone=zone.key,
        today=of_today,
        next=[card for card in cards if card.days > 0][:AHEAD],
        to_answer=_first_of_each_room(card for card in cards if card.reports),
        to_read=_first_of_each_room(card for card in cards if card.held),
        to_debrief=_to_debrief(rooms, now),
        tasks=list(tasks.open_for(user, now=now)[:BEHIND]),
        goodbyes=leaving.waiting_for(user),
        calls=_calls(user, now),
        on_lines=waiting_around(room.pk for room in rooms.values()),
        # Of a group that met today, where one did: who leads another could not take over there.
        rest=rest_of(user, {card.meeting.group_id for card in of_today} or rooms.keys(), now=now),
    )


def _calls(user: User, now: datetime) -> Calls | None:
    facilitator = Facilitator.objects.filter(user=user).first()
    return calls_of(facilitator, now=now) if facilitator is not None else None


def _rooms(user: User) -> dict[UUID, Room]:
    """The rooms of the groups she leads, by group."""
    memberships = list(led_by(user).order_by("pk")[:50])
    groups = [membership.group_id for membership in memberships]
    found = Room.objects.filter(group__in=groups, kind=Room.Kind.GROUP)
    rooms = {room.group_id: room for room in found}
    for membership in memberships:
        if membership.group_id not in rooms:
            rooms[membership.group_id] = room_of(membership)
    return rooms


def _cards(user: User, rooms: Mapping[UUID, Room], zone: ZoneInfo, now: datetime) -> list[Card]:
    meetings = _ahead(rooms, now)
    here = facilitators_here(rooms, now=now)
    held = _by_room(HeldMessage.objects.filter(room__in=rooms.values(), decision="waiting"))
    awaited = awaited_in(((rooms[meeting.group_id], meeting) for meeting in meetings), now=now)
    coming = words_about(meetings)
    reports = _by_room(
        Report.objects.filter(room__in=rooms.values(), answered_at=None, coordinators_alone=False)
    )
    return [
        Card(
            meeting=meeting,
            room=(room := rooms[meeting.group_id]),
            of=len(meeting.group.programme.topics),
            team=_team(meeting, user, here[meeting.group_id]),
            days=(schedule.local(meeting, zone)[0].date() - now.astimezone(zone).date()).days,
            open_to_enter=schedule.is_open(meeting, now, arrival=Meeting.ARRIVAL),
            held=held[room.pk],
            reports=reports[room.pk],
            # Of a room's meetings at most one is on.
            awaited=awaited.get(room.pk) if meeting.starts_at <= now else None,
            coming=coming[meeting.pk],
        )
        for meeting in meetings
    ]


def _ahead(rooms: Mapping[UUID, Room], now: datetime) -> list[Meeting]:
    rostered = Rostered.objects.select_related("facilitator").order_by("facilitator__display_name")
    return list(
        Meeting.objects.filter(group__in=rooms.keys(), ends_at__gt=now, state=Meeting.State.PLANNED)
        .select_related("group__programme")
        .prefetch_related(Prefetch("rostered", queryset=rostered))
        .order_by("starts_at")[:40]
    )


def _team(meeting: Meeting, user: User, here: set[UUID]) -> list[Expected]:
    return [
        Expected(
            name=rostered.facilitator.display_name,
            self=rostered.facilitator.user_id == user.pk,
            here=rostered.facilitator.user_id in here,
        )
        for rostered in meeting.rostered.all()
    ]


def facilitators_here(groups: Iterable[UUID], *, now: datetime) -> dict[UUID, set[UUID]]:
    """The users of the facilitators who are with each group now, through any process."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    # As attending.present_in has it, for many rooms at once: one in a side room counts.
    present = here_now(now=now).filter(
        Q(room__kind=Room.Kind.GROUP) | Q(room__kind=Room.Kind.SIDE, room__state=Room.State.OPEN),
        room__group__in=list(groups),
        member__role=Membership.Role.FACILITATOR,
    )
    for group_id, user_id in present.values_list("room__group_id", "member__user_id"):
        found[group_id].add(user_id)
    return found


def _by_room(rows: QuerySet[HeldMessage] | QuerySet[Report]) -> dict[UUID, int]:
    return defaultdict(int, rows.order_by().values_list("room").annotate(Count("pk")))


def _first_of_each_room(cards: Iterable[Card]) -> list[Card]:
    first: dict[UUID, Card] = {}
    for card in cards:
        first.setdefault(card.room.pk, card)
    return list(first.values())


def _to_debrief(rooms: Mapping[UUID, Room], now: datetime) -> list[Meeting]:
    return list(
        Meeting.objects.filter(
            ends_at__lte=now, group__in=rooms.keys(), state=Meeting.State.PLANNED, debriefed_at=None
        )
        .select_related("group")
        .order_by("-ends_at")[:BEHIND]
    )
