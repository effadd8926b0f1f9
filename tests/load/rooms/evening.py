"""Rooms full of members who are signed in, made at one go: rows only, no verbs, because a thousand people who
are admitted one by one take minutes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils import timezone
from django.utils.crypto import get_random_string

from peersupport.accounts.models import Session, StaffRole, User
from peersupport.accounts.second_factor import METHODS, METHODS_OF
from peersupport.accounts.session_store import SessionStore
from peersupport.chat.access import furnish
from peersupport.chat.models import Arrival, Room
from peersupport.groups import agreement
from peersupport.groups.models import Facilitator, Meeting, Membership, Programme, SupportGroup

# Every room has its two facilitators, who write like everybody else.
FACILITATORS = 2


@dataclass(frozen=True)
class Gathered:
    """An open room, and the Cookie header of each member."""

    room: UUID
    cookies: list[str]


def gather(*, rooms: int, members: int) -> list[Gathered]:
    """So many open rooms in the middle of a meeting, each with so many members of its own."""
    groups, meetings = _groups(rooms)
    open_rooms = [Room(group=group, state=Room.State.OPEN, attended_at=timezone.now()) for group in groups]
    Room.objects.bulk_create(open_rooms)
    people = [[_person() for _seat in range(members)] for _group in groups]
    User.objects.bulk_create([person for circle in people for person in circle])
    _arrive(meetings, _seat(groups, people))
    for group in groups:
        # As after the first evening: lines and the facilitators' own room are there.
        furnish(group.pk)
    cookies = _sign_in([person for circle in people for person in circle])
    return [
        Gathered(room.pk, [cookies[person.pk] for person in circle])
        for room, circle in zip(open_rooms, people, strict=True)
    ]


def go_home() -> None:
    """Ends every meeting there was."""
    # Over, not waited for in vain: the site would tell coordinators of each.
    Meeting.objects.update(state=Meeting.State.CANCELLED)
    Room.objects.filter(kind=Room.Kind.GROUP).update(state=Room.State.CLOSED, alone_since=None)


def _groups(count: int) -> tuple[list[SupportGroup], list[Meeting]]:
    now = timezone.localtime()
    programme = Programme.objects.create(slug=f"evening-{uuid4().hex[:12]}", title="An evening", audience="")
    groups = [
        SupportGroup(
            programme=programme,
            name=f"Tree {number}",
            state=SupportGroup.State.RUNNING,
            starts_on=now.date(),
            meets_at=now.time().replace(microsecond=0),
        )
        for number in range(count)
    ]
    SupportGroup.objects.bulk_create(groups)
    began, ends = now - timedelta(minutes=10), now + timedelta(minutes=80)
    meetings = Meeting.objects.bulk_create(
        Meeting(group=group, number=1, topic="Talking", starts_at=began, ends_at=ends) for group in groups
    )
    return groups, meetings


def _person() -> User:
    key = uuid4()
    return User(id=key, sign_in_name=key.hex, password=UNUSABLE_PASSWORD_PREFIX + key.hex)


def _seat(groups: list[SupportGroup], people: list[list[User]]) -> list[Membership]:
    seats, roles, facilitators = [], [], []
    for group, circle in zip(groups, people, strict=True):
        for number, person in enumerate(circle):
            leads = number < FACILITATORS
            role = Membership.Role.FACILITATOR if leads else Membership.Role.PARENT
            seats.append(Membership(group=group, user=person, role=role, pseudonym=f"Leaf {number}"))
            if leads:
                roles.append(StaffRole(user=person, role=StaffRole.Role.FACILITATOR))
                facilitators.append(Facilitator(user=person, display_name=f"Leaf {number}"))
    StaffRole.objects.bulk_create(roles)
    Facilitator.objects.bulk_create(facilitators)
    return Membership.objects.bulk_create(seats)


def _arrive(meetings: list[Meeting], seats: list[Membership]) -> None:
    """Parents have come in by the page and agreed."""
    of_group = {meeting.group_id: meeting for meeting in meetings}
    Arrival.objects.bulk_create(
        Arrival(meeting=of_group[seat.group_id], member=seat, agreement=agreement.VERSION)
        for seat in seats
        if seat.role == Membership.Role.PARENT
    )


def _sign_in(people: list[User]) -> dict[UUID, str]:
    """As after the sign-in page, with the second factor that staff show there; the cookie of each."""
    # No look whether a key is taken already: at 165 bits none is.
    keys = {person.pk: get_random_string(32, VALID_KEY_CHARS) for person in people}
    rows: list[Session] = []
    for person in people:
        data = {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: person.get_session_auth_hash(),
            METHODS: [{"method": "mfa", "at": time.time()}],
            METHODS_OF: str(person.pk),
        }
        rows.append(SessionStore(keys[person.pk]).create_model_instance(data))
    Session.objects.bulk_create(rows)
    return {person: f"{settings.SESSION_COOKIE_NAME}={key}" for person, key in keys.items()}
