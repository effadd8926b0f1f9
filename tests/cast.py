"""The named cast in the test database: everybody is made, by the site's own verbs, when a test first asks.

    def test_a_parent_sees_her_group(cast: Cast, client: Client) -> None:
        client.force_login(cast.aino)
        assert cast.alder.name in client.get("/my/").content.decode()

Who belongs where stands in peersupport/demo/cast.py. In an asynchronous test ask for the people first, in a
fixture that is not asynchronous.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.hashers import make_password

from peersupport.chat.access import room_of
from peersupport.demo import arrivals, circles, people
from peersupport.demo.cast import CIRCLES, PASSWORD, PEOPLE, Circle
from peersupport.groups.models import Meeting, Membership, SupportGroup
from tests import kept

if TYPE_CHECKING:
    from peersupport.accounts.models import User
    from peersupport.chat.models import Room

#: Most tests begin with it.
FIRST = "alder"


class _Someone:
    """`cast.aino`: her account."""

    def __set_name__(self, owner: type[Cast], name: str) -> None:
        self.key = name

    def __get__(self, cast: Cast, owner: type[Cast]) -> User:
        return cast.person(self.key)


class _Circle(_Someone):
    """`cast.alder`: the group with everybody in it."""

    def __get__(self, cast: Cast, owner: type[Cast]) -> SupportGroup:  # type: ignore[override]  # same naming
        return cast.group(self.key)


class Cast:
    """Accounts and groups by name. Alder's fourth meeting began ten minutes before `now`; all are there."""

    # Parents of Alder: Willow, Rowan, Heron, Juniper, Lark, Maple.
    aino, berit, chloe, dara, elias, farah = (_Someone() for _ in range(6))
    # A parent of another group (Birch, still forming): the outsider; and the other parents there.
    toivo, noor, leif = (_Someone() for _ in range(3))
    # Parents of Cedar, which has ended.
    maud, orla, piet, runa = (_Someone() for _ in range(4))
    # Facilitators: Maija, Oskar and, as a stand-in, Pirkko lead Alder; Ruben leads Birch and Cedar.
    maija, oskar, pirkko, ruben = (_Someone() for _ in range(4))
    # Coordinator and editor.
    salla, tuuli = (_Someone() for _ in range(2))

    alder, birch, cedar = (_Circle() for _ in range(3))

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._people: dict[str, User] = {}
        self._groups: dict[str, SupportGroup] = {}

    def person(self, key: str) -> User:
        """The account of one of the cast; she comes with the groups she belongs to."""
        for circle in CIRCLES.values():
            if key in _members(circle):
                self.group(circle.key)
        return self._account(key)

    def group(self, key: str) -> SupportGroup:
        """One of the groups, with its programme, meetings, facilitators and parents."""
        if key not in self._groups and not self._comes_back(key):
            begins = key == FIRST and kept.nothing_is_there()
            circle = CIRCLES[key]
            everybody = {member: self._account(member) for member in _members(circle)}
            group = self._groups[key] = circles.gather(circle, people=everybody, by=None, now=self.now)
            arrivals.come(group, everybody.values(), now=self.now)
            if begins:
                kept.keep(key, self.now, _found(circle))
        return self._groups[key]

    def _comes_back(self, key: str) -> bool:
        """Whether a test before left its group for this one; nobody of it is made twice."""
        if not self._people.keys().isdisjoint(_members(CIRCLES[key])):
            return False
        found = kept.put_back(key, self.now)
        if found is None:
            return False
        self._groups[key], members = found
        self._people |= members
        return True

    def goes_on_as(self, other: Cast) -> None:
        """Knows from now on whom and what the other one knows; asked for nobody yet itself."""
        assert not self._people
        assert not self._groups
        self._people, self._groups = other._people, other._groups

    def _account(self, key: str) -> User:
        if key not in self._people:
            self._people[key] = people.open_account(PEOPLE[key], password=_hashed())
        return self._people[key]

    def seat(self, user: User, group: SupportGroup | None = None) -> Membership:
        """The membership of a person; name the group where she has more than one."""
        seats = Membership.objects.select_related("group__programme", "user").filter(user=user)
        return seats.get(group=group) if group else seats.get()

    def room(self, group: SupportGroup) -> Room:
        """The group's room."""
        return room_of(group.memberships.select_related("group")[0])

    def meeting(self, group: SupportGroup, number: int) -> Meeting:
        """One of the group's meetings."""
        return group.meetings.get(number=number)

    def later(self, **since: float) -> datetime:
        """A moment after `now`: `cast.later(days=2)`."""
        return self.now + timedelta(**since)


def _members(circle: Circle) -> list[str]:
    return [*circle.facilitators, *(seat.person for seat in circle.seats)]


def _found(circle: Circle) -> tuple[SupportGroup, dict[str, User | None]]:
    """The group and its people, as somebody finds them who did not make them."""
    members = {member: people.account_of(PEOPLE[member]) for member in _members(circle)}
    return SupportGroup.objects.select_related("programme").get(name=circle.name), members


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast, as seen from this very moment."""
    return Cast(kept.moment())
