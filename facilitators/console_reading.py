"""Puts together what a facilitator sees beside the room: who is here, what waits, what the time is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from facilitators.awaited import Awaited, awaited_in
from facilitators.covering import covered
from facilitators.prompts import ROUND_OFF, ForThisStage, for_this_stage
from facilitators.resting import Rest, rest_of
from peersupport.chat.access import Standing
from peersupport.chat.hub.attending import present_in
from peersupport.chat.meeting.course import EVENING
from peersupport.chat.models import (
    CheckIn,
    Ejection,
    Escalation,
    HeldMessage,
    Mute,
    ReadFirst,
    Report,
    Room,
    Signal,
)
from peersupport.chat.moderating import kind_words
from peersupport.chat.moderating.decisions import decider_of, words_of
from peersupport.chat.moderating.reports import person_meant, written_by
from peersupport.chat.moderation import TO_OPEN
from peersupport.chat.pages.around import Around, around_of
from peersupport.chat.pages.reading import Message, all_held, messages_of
from peersupport.groups import schedule
from peersupport.groups.marks import Mark, mark_of
from peersupport.groups.models import Meeting, Membership
from peersupport.vault import keys

#: How long after its end a meeting still is the one the console is about.
AFTERWARDS = timedelta(hours=2)


@dataclass(frozen=True)
class Person:
    """A member under her pseudonym; nothing else of her is known here."""

    id: UUID
    name: str
    mark: Mark
    facilitates: bool
    self: bool
    here: bool
    hand: bool
    muted_until: datetime | None
    suspended: bool
    why_suspended: str
    read_first: bool
    line: UUID | None
    # What was last said this evening of how it is, 0 to 10.
    said: CheckIn | None
    # Whether this facilitator may confirm the suspension: somebody else began it.
    confirmable: bool


@dataclass(frozen=True)
class Waiting:
    """A held message: whose, why, how many whole minutes already."""

    held: HeldMessage
    mark: Mark
    minutes: int
    # Whether its words stand under a cover until she opens them.
    covered: bool


@dataclass(frozen=True)
class Reported:
    """A report, and the message it is about where that can still be read."""

    report: Report
    about: Message | None
    # Whether she decided what is appealed against or wrote what is reported: somebody else has to look.
    mine: bool
    # Whether coordinators have been told.
    told: bool
    # Whom it is about, where it is about a person; what was decided about who asks for a second look.
    whom: Membership | None = None
    decided: str = ""


@dataclass(frozen=True)
class Hard:
    """Words that may mean somebody is not well: in the room, on a line, in a side room, or beside a check-in
    (`said`). `line` is the way to this person alone, `side` to the side room where they stand."""

    signal: Signal
    mark: Mark
    line: UUID | None
    side: UUID | None
    here: bool
    said: CheckIn | None


@dataclass(frozen=True)
class Moment:
    """One line of the run-sheet."""

    at: datetime
    kind: str
    over: bool
    now: bool


@dataclass(frozen=True)
class RunSheet:
    """The meeting the console is about. `minutes_left` is None outside of it."""

    meeting: Meeting
    of: int
    moments: list[Moment]
    minutes_left: int | None
    minutes_until: int | None


@dataclass(frozen=True)
class Beside:
    """Everything that stands beside the room."""

    room: Room
    people: list[Person]
    facilitators_here: int
    needed: int
    held: list[Waiting]
    reports: list[Reported]
    hard: list[Hard]
    sheet: RunSheet | None
    awaited: Awaited | None
    rest: Rest | None
    prompts: ForThisStage | None
    around: Around

    @property
    def facilitators(self) -> list[Person]:
        return [person for person in self.people if person.facilitates]

    @property
    def parents(self) -> list[Person]:
        return [person for person in self.people if not person.facilitates and not person.suspended]

    @property
    def suspended(self) -> list[Person]:
        return [person for person in self.people if person.suspended]

    @property
    def hands(self) -> list[Person]:
        return [person for person in self.people if person.hand]

    @property
    def parents_here(self) -> int:
        return sum(person.here for person in self.parents)


def beside_of(standing: Standing, *, now: datetime) -> Beside:
    """What stands beside the room for this facilitator now."""
    around = around_of(standing, now=now)
    people = _people(standing, around, now)
    sheet = _sheet(standing, now)
    return Beside(
        room=standing.room,
        people=people,
        facilitators_here=sum(person.here for person in people if person.facilitates),
        needed=TO_OPEN,
        held=_held(standing, now),
        reports=_reports(standing),
        hard=_hard(standing, around),
        sheet=sheet,
        awaited=_awaited(standing, sheet, now),
        rest=rest_of(standing.membership.user, [standing.room.group_id], now=now),
        prompts=for_this_stage(standing.room, sheet.meeting if sheet else None, now=now),
        around=around,
    )


def _people(standing: Standing, around: Around, now: datetime) -> list[Person]:
    members = list(
        Membership.objects.filter(group=standing.room.group_id).exclude(state=Membership.State.LEFT)[:60]
    )
    here = dict(present_in(standing.room, now=now).order_by("hand_up").values_list("member_id", "hand_up"))
    muted = dict(
        Mute.objects.filter(member__in=members, lifted_at=None, until__gt=now)
        .order_by("until")
        .values_list("member_id", "until")
    )
    open_ejections = Ejection.objects.filter(member__in=members, confirmed_at=None, undone_at=None)
    ejected = {ejection.member_id: ejection for ejection in open_ejections.order_by("at")}
    first = set(
        ReadFirst.objects.filter(member__in=members, lifted_at=None, until__gt=now).values_list(
            "member_id", flat=True
        )
    )
    said = _said(standing, now)
    people = [
        Person(
            id=member.pk,
            name=member.pseudonym,
            mark=mark_of(member.pk),
            facilitates=member.is_facilitator,
            self=member.pk == standing.membership.pk,
            here=member.pk in here,
            hand=here.get(member.pk, False),
            muted_until=muted.get(member.pk),
            suspended=member.state == Membership.State.SUSPENDED,
            line=around.lines.get(member.pk),
            said=said.get(member.pk),
            why_suspended=_why(ejected.get(member.pk)),
            read_first=member.pk in first,
            confirmable=member.pk in ejected and ejected[member.pk].by != standing.membership.user_id,
        )
        for member in members
    ]
    return sorted(people, key=lambda one: (not one.facilitates, not one.hand, not one.here, one.name))


def _said(standing: Standing, now: datetime) -> dict[UUID, CheckIn]:
    """The newest check-in of each member this evening."""
    tonight = CheckIn.objects.filter(room=standing.room, at__gt=now - EVENING).order_by("-at")[:200]
    newest = {said.member_id: said for said in reversed(tonight)}
    keys.load(set(newest))
    return newest


def _hard(standing: Standing, around: Around) -> list[Hard]:
    """What nobody has answered yet, in all rooms of the group; urgent first, then the oldest."""
    group = Signal.objects.filter(room__group=standing.room.group_id, answered_at=None)
    signals = sorted(
        group.select_related("member", "room").order_by("at")[:50],
        key=lambda one: one.level != Signal.Level.URGENT,
    )
    beside = [one.message_id for one in signals if one.source == Signal.Source.CHECK_IN]
    said = CheckIn.objects.in_bulk(beside) if beside else {}
    return [
        Hard(
            signal=signal,
            mark=mark_of(signal.member_id),
            line=around.lines.get(signal.member_id),
            side=signal.room_id if signal.room.kind == Room.Kind.SIDE else None,
            here=signal.room_id == standing.room.pk,
            said=said.get(signal.message_id),
        )
        for signal in signals
    ]


def _why(ejection: Ejection | None) -> str:
    if ejection is None:
        return ""
    return kind_words.said("eject", template=ejection.template, words=ejection.reason)


def _held(standing: Standing, now: datetime) -> list[Waiting]:
    waiting = all_held(standing)
    keys.load({held.member_id for held in waiting})
    hard = covered(standing.room, [held.message_id for held in waiting])
    return [
        Waiting(
            held=held,
            mark=mark_of(held.member_id),
            minutes=int((now - held.held_at).total_seconds() // 60),
            covered=held.message_id in hard,
        )
        for held in waiting
    ]


def _reports(standing: Standing) -> list[Reported]:
    open_reports = list(
        Report.objects.filter(room=standing.room, answered_at=None, coordinators_alone=False)
        .select_related("member", "room")
        .order_by("reported_at")[:50]
    )
    if not open_reports:
        return []
    written = {message.id: message for message in messages_of(standing)}
    hers = written_by(standing.membership, [report.target for report in open_reports], room=standing.room)
    told = set(
        Escalation.objects.filter(about__in=[report.pk for report in open_reports], state="done").values_list(
            "about", flat=True
        )
    )
    return [
        Reported(
            report=report,
            about=written.get(report.target),
            mine=report.target in hers
            if report.kind == Report.Kind.MESSAGE
            else decider_of(report) == standing.membership.user_id,
            told=report.pk in told,
            whom=person_meant(report),
            decided=words_of(report),
        )
        for report in open_reports
    ]


def _sheet(standing: Standing, now: datetime) -> RunSheet | None:
    group = standing.room.group
    current = (
        group.meetings.filter(ends_at__gt=now - AFTERWARDS, state=Meeting.State.PLANNED)
        .order_by("starts_at")
        .first()
    )
    if current is None:
        return None
    under_way = schedule.is_open(current, now, arrival=timedelta())
    return RunSheet(
        meeting=current,
        of=len(group.programme.topics),
        moments=_moments(current, now),
        minutes_left=_minutes(current.ends_at - now) if under_way else None,
        minutes_until=_minutes(current.starts_at - now) if now < current.starts_at else None,
    )


def _moments(meeting: Meeting, now: datetime) -> list[Moment]:
    times = (
        ("arrive", meeting.opens_at),
        ("begin", meeting.starts_at),
        ("round_off", meeting.ends_at - ROUND_OFF),
        ("end", meeting.ends_at),
    )
    begun = [kind for kind, at in times if at <= now]
    return [
        Moment(at=at, kind=kind, over=at <= now and kind != begun[-1], now=bool(begun) and kind == begun[-1])
        for kind, at in times
    ]


def _awaited(standing: Standing, sheet: RunSheet | None, now: datetime) -> Awaited | None:
    if sheet is None:
        return None
    return awaited_in([(standing.room, sheet.meeting)], now=now).get(standing.room.pk)


def _minutes(left: timedelta) -> int:
    return max(0, -int(-left.total_seconds() // 60))
