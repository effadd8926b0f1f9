"""Whether a parent comes to a date: said in one tap, by the link of a mail or on her page.

The link names one place in a group, one date and the time it had when the mail was written; it signs nobody
in, shows nothing of her or the group, and is void when the date is over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse

from peersupport.accounts.mail import site_link
from peersupport.audit.recording import record
from peersupport.groups.access import memberships_of
from peersupport.groups.models import Coming, Meeting, Membership, SupportGroup
from peersupport.groups.notices import GOING_ON

_SALT = "groups.coming"

Says = Coming.Says


class Standing(StrEnum):
    """How it stands with a date that a link is about."""

    OPEN = "open"
    OVER = "over"
    MOVED = "moved"
    CANCELLED = "cancelled"
    GONE = "gone"


class NotNow(Exception):
    """Nothing can be said about this date any more; its first argument says why, as a `Standing`."""


@dataclass(frozen=True)
class Linked:
    """What a link is about: the date, whose place, and how it stands. Without a place there is no date."""

    standing: Standing
    meeting: Meeting | None = None
    member: Membership | None = None


@dataclass
class Words:
    """What the parents of a group said about one date, by name; `open`: how many have said nothing."""

    coming: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    cannot: list[str] = field(default_factory=list)
    open: int = 0

    @property
    def any(self) -> bool:
        """Whether anybody has said anything."""
        return bool(self.coming or self.late or self.cannot)


def link(*, member: Membership, meeting: Meeting) -> str:
    """The address at which one parent says whether she comes to one date, at the time it has now."""
    at = int(meeting.starts_at.timestamp())
    token = _signer().sign(f"{member.pk.hex}-{meeting.pk.hex}-{at:x}")
    return site_link(reverse("groups:coming_by_link", args=[token]))


def behind(token: str, *, now: datetime) -> Linked | None:
    """What a link is about, or None where it is not ours."""
    try:
        member_hex, meeting_hex, at = _signer().unsign(token).split("-")
    except signing.BadSignature:
        return None
    member = _parent(UUID(member_hex))
    meeting = Meeting.objects.select_related("group").filter(pk=UUID(meeting_hex)).first()
    if member is None or meeting is None or meeting.group_id != member.group_id:
        return Linked(Standing.GONE)
    promised = datetime.fromtimestamp(int(at, 16), UTC)
    return Linked(standing_of(meeting, promised=promised, now=now), meeting, member)


def standing_of(meeting: Meeting, *, promised: datetime, now: datetime) -> Standing:
    """How it stands with a date of which it was said that it begins at `promised`, to the second."""
    if meeting.state == Meeting.State.CANCELLED or meeting.group.state == SupportGroup.State.CANCELLED:
        return Standing.CANCELLED
    if int(meeting.starts_at.timestamp()) != int(promised.timestamp()):
        return Standing.MOVED
    if meeting.ends_at <= now or meeting.group.state not in GOING_ON:
        return Standing.OVER
    return Standing.OPEN


@transaction.atomic
def say(*, meeting: Meeting, member: Membership, says: Coming.Says, signed_in: bool, now: datetime) -> Coming:
    """Keeps what she says about this date as the caller has seen it; the last word counts. NotNow.

    Safe to call again. `signed_in`: not by the link in a mail, which whoever reads her mail could use.
    """
    # Row lock: whoever moves or cancels the date is done before, or comes after and finds this answer.
    fresh = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related("group")
    found = fresh.filter(pk=meeting.pk, group=member.group_id).first()
    if found is None or _parent(member.pk) is None:
        raise NotNow(Standing.GONE)
    standing = standing_of(found, promised=meeting.starts_at, now=now)
    if standing != Standing.OPEN:
        raise NotNow(standing)
    before = Coming.objects.filter(meeting=found, member=member).first()
    if before is not None and (before.says, before.starts_at) == (says, found.starts_at):
        return before
    said, _made = Coming.objects.update_or_create(
        meeting=found, member=member, defaults={"says": says, "starts_at": found.starts_at, "at": now}
    )
    # That something was said, and not what: the record is kept for longer than the group.
    record(what="date.answered", by=member.user_id if signed_in else None, about=found)
    return said


def said(meeting: Meeting, member: Membership) -> Coming | None:
    """What she has said about this date at the time it has now."""
    return Coming.objects.filter(meeting=meeting, member=member, starts_at=meeting.starts_at).first()


def words_about(meetings: Iterable[Meeting]) -> dict[UUID, Words]:
    """What was said about each of these dates. Two statements, however many."""
    by_id = {one.pk: one for one in meetings}
    parents: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    seats = Membership.objects.filter(
        group__in={one.group_id for one in by_id.values()},
        role=Membership.Role.PARENT,
        state=Membership.State.ACTIVE,
    )
    for group, pk, name in seats.order_by("pseudonym").values_list("group_id", "pk", "pseudonym"):
        parents[group][pk] = name
    answers: dict[tuple[UUID, UUID], str] = {}
    for one in Coming.objects.filter(meeting__in=by_id):
        if one.starts_at == by_id[one.meeting_id].starts_at:
            answers[one.meeting_id, one.member_id] = one.says
    return {pk: _words(pk, parents[one.group_id], answers) for pk, one in by_id.items()}


def _words(meeting: UUID, parents: dict[UUID, str], answers: dict[tuple[UUID, UUID], str]) -> Words:
    found = Words()
    lists = {Says.COMING: found.coming, Says.LATE: found.late, Says.NOT: found.cannot}
    for member, name in parents.items():
        says = answers.get((meeting, member))
        if says is None:
            found.open += 1
        else:
            lists[Says(says)].append(name)
    return found


def _parent(pk: UUID) -> Membership | None:
    """Her place as long as she holds it."""
    seats = Membership.objects.select_related("user", "group")
    found = seats.filter(pk=pk, role=Membership.Role.PARENT, user__is_active=True).first()
    return found if found and memberships_of(found.user).filter(pk=found.pk).exists() else None


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")
