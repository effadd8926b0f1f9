"""Sets the whole demonstration up: again at each start, with fresh dates, without doubling anything."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.demo import circles, people
from peersupport.demo.cast import CIRCLES, COURSES, PEOPLE
from peersupport.groups.models import SupportGroup


@transaction.atomic
def set_up(*, now: datetime) -> None:
    """Everybody and everything of the cast, as seen from `now`."""
    password = people.known_password()
    users = {key: people.open_account(person, password=password) for key, person in PEOPLE.items()}
    for course in COURSES.values():
        circles.open_course(course)
    _groups(users, now)


def _groups(users: dict[str, User], now: datetime) -> dict[str, SupportGroup]:
    standing: dict[str, SupportGroup] = {}
    for key, circle in CIRCLES.items():
        group = circles.group_of(circle)
        if group is None:
            circles.gather(circle, people=users, by=users["salla"], now=now)
        elif not circles.is_fresh(circle, group, now=now):
            circles.redate(circle, group, now=now)
            standing[key] = group
    circles.roster_again(standing)
    return standing
