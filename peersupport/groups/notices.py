"""Mails about a group's dates, planned as rows: reminders, changes, and what follows a date.

A row says whom it is for and what it is about; its words are written when it is due (`letters`). Planning
again changes nothing: a row is unique by member, date and kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from peersupport.accounts.models import Mail
from peersupport.groups import attended, schedule
from peersupport.groups.models import Meeting, Membership, SupportGroup
from peersupport.work.one_by_one import in_pages

DAY, HOUR = "day-before", "hour-before"
REMINDERS = (DAY, HOUR)
PLACED, MOVED, CANCELLED, MISSED, ENDED = "placed", "moved", "cancelled", "missed", "ended"
#: Several dates at once: only that something has changed, not ten mails.
PLAN = "dates"

#: How long before a date its reminders are planned: they are there before the sweep could be late.
AHEAD = timedelta(days=15)
#: After that a note to whoever missed a date, or about the end, is of no use.
OF_USE = timedelta(days=6)
#: How far back dates are looked at that somebody may have missed.
LOOKED_BACK = timedelta(days=1)
PAGE = 100
GOING_ON = (SupportGroup.State.FORMING, SupportGroup.State.RUNNING)

NOT_NOW = "the date was cancelled"
NEWER = "a newer one follows"
AGAIN = "the date takes place after all"

State = Mail.State


def follow_the_dates(now: datetime) -> None:
    """The sweep: every date that comes soon has its reminders, every date that was missed its note.

    Safe to call again, and by two workers at once.
    """
    soon = Meeting.objects.filter(group__state__in=GOING_ON, starts_at__gt=now, starts_at__lte=now + AHEAD)
    for page in _pages(in_pages(soon)):
        remind(meetings=page, now=now)
    over = Meeting.objects.filter(
        state=Meeting.State.PLANNED,
        ends_at__lte=now - Meeting.RUNS_OVER,
        ends_at__gt=now - Meeting.RUNS_OVER - LOOKED_BACK,
    )
    for page in _pages(in_pages(over)):
        _note_who_missed(page)


@transaction.atomic
def remind(*, meetings: Sequence[Meeting], now: datetime) -> None:
    """Plans the reminders of these dates, moves those whose date has moved, drops those of cancelled ones.

    As many statements for one date as for a hundred, but one for each row that has to be changed.
    """
    mails = _mails_about(meetings).filter(template__in=REMINDERS)
    gone = [meeting.pk for meeting in meetings if meeting.state == Meeting.State.CANCELLED]
    _drop(mails.filter(about__in=gone), why=NOT_NOW, now=now)
    newest = {
        (mail.member, mail.about, mail.template): mail
        for mail in mails.defer("address", "body").order_by("edition")
    }
    new: list[Mail] = []
    for meeting, seat in _seats(meetings):
        for kind in REMINDERS:
            row = newest.get((seat.pk, meeting.pk, kind))
            at = _reminds_at(kind, meeting, seat)
            if row is not None:
                new.extend(_followed(row, meeting, seat, at, now))
            elif kind == HOUR or at > now:
                new.append(_row(kind, seat, meeting.pk, at, until=meeting.starts_at))
    _write(new)


@transaction.atomic
def moved(*, meeting: Meeting, now: datetime) -> None:
    """Tells the group's members of a date's new time. To be called where it was moved: `sequence` is up."""
    _drop(_mails_about([meeting]).filter(template__in=[MOVED, CANCELLED]), why=NEWER, now=now)
    _tell(MOVED, meeting, until=meeting.starts_at, now=now)
    remind(meetings=[meeting], now=now)


@transaction.atomic
def cancelled(*, meeting: Meeting, now: datetime) -> None:
    """Tells the group's members that a date does not take place. To be called where it was cancelled."""
    _drop(_mails_about([meeting]).filter(template=MOVED), why=NEWER, now=now)
    _tell(CANCELLED, meeting, until=meeting.ends_at, now=now)
    remind(meetings=[meeting], now=now)


@transaction.atomic
def plan_changed(*, group: SupportGroup, now: datetime) -> None:
    """Tells the group's members that something in their plan is another: what, stands on their page alone.

    Whoever has such a mail still waiting gets no second one. Reminders follow the dates.
    """
    before: dict[UUID | None, int] = defaultdict(int)
    waiting = set()
    for mail in Mail.objects.filter(about=group.pk, template=PLAN).only("member", "state"):
        before[mail.member] += 1
        waiting |= {mail.member} if mail.state == State.DUE else set()
    seats = [seat for seat in _active([group.pk]) if seat.pk not in waiting]
    _write([_row(PLAN, seat, group.pk, now, edition=before[seat.pk]) for seat in seats])
    remind(meetings=list(_soon(group, now)), now=now)


@transaction.atomic
def placed(*, seat: Membership, now: datetime) -> None:
    """Tells somebody who has taken a place when it begins, and plans her reminders."""
    before = Mail.objects.filter(member=seat.pk, about=seat.group_id, template=PLACED).count()
    _write([_row(PLACED, seat, seat.group_id, now, edition=before)])
    remind(meetings=list(_soon(seat.group, now)), now=now)


@transaction.atomic
def ended(*, group: SupportGroup, now: datetime) -> None:
    """Tells the parents of a group that it has ended, unless that is long ago."""
    seats = _active([group.pk]).filter(role=Membership.Role.PARENT)
    _write([_row(ENDED, seat, group.pk, now, until=now + OF_USE) for seat in seats])


def _soon(group: SupportGroup, now: datetime) -> QuerySet[Meeting]:
    return Meeting.objects.filter(group=group, starts_at__gt=now, starts_at__lte=now + AHEAD)


def _reminds_at(kind: str, meeting: Meeting, seat: Membership) -> datetime:
    if kind == HOUR:
        return meeting.starts_at - timedelta(hours=1)
    return schedule.day_before(meeting.starts_at, ZoneInfo(seat.user.time_zone))


def _followed(row: Mail, meeting: Meeting, seat: Membership, at: datetime, now: datetime) -> Iterator[Mail]:
    """What a reminder that is there becomes, now that its date may have changed."""
    again = row.state == State.SKIPPED and row.why == NOT_NOW
    if row.wanted_until == meeting.starts_at and not again:
        return
    if row.state == State.DUE or again:
        unchanged = Mail.objects.filter(pk=row.pk, state=row.state)
        unchanged.update(state=State.DUE, due_at=at, wanted_until=meeting.starts_at, done_at=None, why="")
    elif row.state != State.DOING and (at > now or row.template == HOUR):
        # The old one is out already. What became of it stays to be seen.
        yield _row(row.template, seat, meeting.pk, at, until=meeting.starts_at, edition=row.edition + 1)


def _tell(kind: str, meeting: Meeting, *, until: datetime, now: datetime) -> None:
    _write(
        [
            _row(kind, seat, meeting.pk, now, until=until, edition=meeting.sequence)
            for seat in _active([meeting.group_id])
        ]
    )


def _note_who_missed(meetings: Sequence[Meeting]) -> None:
    """A note for parents who were not there, on the next day at the hour of the date."""
    came = attended.who_came(Q(meeting__in=meetings, member__role=Membership.Role.PARENT))
    rows = []
    for meeting, seat in _seats(meetings):
        # Where none of the parents was, nobody missed anything.
        if seat.is_facilitator or seat.since > meeting.starts_at or not came[meeting.pk]:
            continue
        if seat.pk not in came[meeting.pk]:
            at = meeting.starts_at + timedelta(days=1)
            rows.append(_row(MISSED, seat, meeting.pk, at, until=meeting.starts_at + OF_USE))
    _write(rows)


def _seats(meetings: Sequence[Meeting]) -> Iterator[tuple[Meeting, Membership]]:
    """Everybody whom a date that takes place concerns. One statement."""
    by_group: dict[UUID, list[Membership]] = defaultdict(list)
    for seat in _active({meeting.group_id for meeting in meetings}):
        by_group[seat.group_id].append(seat)
    for meeting in meetings:
        if meeting.state == Meeting.State.PLANNED:
            yield from ((meeting, seat) for seat in by_group[meeting.group_id])


def _active(groups: Iterable[UUID]) -> QuerySet[Membership]:
    seats = Membership.objects.filter(group__in=groups, state=Membership.State.ACTIVE)
    # In one order, or two workers that move the same rows could wait for one another.
    return seats.select_related("user").order_by("pk")


def _mails_about(meetings: Sequence[Meeting]) -> QuerySet[Mail]:
    return Mail.objects.filter(about__in=[meeting.pk for meeting in meetings])


def _drop(mails: QuerySet[Mail], *, why: str, now: datetime) -> None:
    mails.filter(state=State.DUE).update(state=State.SKIPPED, why=why, done_at=now)


def _row(
    kind: str,
    seat: Membership,
    about: UUID,
    at: datetime,
    *,
    until: datetime | None = None,
    edition: int = 0,
) -> Mail:
    return Mail(
        template=kind,
        member=seat.pk,
        about=about,
        edition=edition,
        subject=seat.user_id,
        address="",
        body="",
        due_at=at,
        wanted_until=until,
    )


def _write(rows: list[Mail]) -> None:
    # Another worker may have been quicker: then they are there.
    Mail.objects.bulk_create(rows, ignore_conflicts=True)


def _pages(meetings: Iterator[Meeting]) -> Iterator[list[Meeting]]:
    while page := list(islice(meetings, PAGE)):
        yield page
