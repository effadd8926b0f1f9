"""Sets the whole demonstration up: again at each start, with fresh dates, without doubling anything."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.demo import applying, circles, people, talking
from peersupport.demo.cast import CIRCLES, COURSES, PEOPLE
from peersupport.groups.models import SupportGroup


@transaction.atomic
def set_up(*, now: datetime) -> None:
    """Everybody and everything of the cast, as seen from `now`.

    A group whose meeting is under way stays as the visitors left it.
    """
    password = people.known_password()
    users = {key: people.open_account(person, password=password) for key, person in PEOPLE.items()}
    for course in COURSES.values():
        circles.open_course(course)
    dated = _groups(users, now)
    groups = {key: dated.get(key) or circles.group_of(circle) for key, circle in CIRCLES.items()}
    standing = {key: group for key, group in groups.items() if group is not None}
    for key in talking.SAID:
        if key in dated or talking.is_silent(standing[key]):
            talking.tell(key, standing[key], now=now)
    applying.bring(standing, people=users, by=users["salla"], now=now)


def _groups(users: dict[str, User], now: datetime) -> dict[str, SupportGroup]:
    """The groups whose dates were set now, by key."""
    new: dict[str, SupportGroup] = {}
    again: dict[str, SupportGroup] = {}
    for key, circle in CIRCLES.items():
        group = circles.group_of(circle)
        if group is None:
            new[key] = circles.gather(circle, people=users, by=users["salla"], now=now)
        elif not circles.is_fresh(circle, group, now=now):
            if not group.memberships.exists():
                circles.gather_again(circle, group, people=users, now=now)
            circles.redate(circle, group, now=now)
            again[key] = group
    circles.roster_again(again)
    return new | again
