"""Sets the whole demonstration up: again at each start, with fresh dates, without doubling anything."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.demo import applying, arrivals, circles, people, talking
from peersupport.demo.cast import CIRCLES, COURSES, PEOPLE
from peersupport.demo.script import LABEL, PLAYED
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
    _label_the_played(standing["alder"])
    for key in talking.SAID:
        if key in dated or talking.is_silent(standing[key]):
            talking.tell(key, standing[key], now=now)
    talking.attend(standing["alder"], now=now)
    arrivals.come(standing["alder"], [users[key] for key in PLAYED], now=now)
    applying.bring(standing, people=users, by=users["salla"], now=now)


def _label_the_played(group: SupportGroup) -> None:
    """A visitor sees who of the group is played by a script."""
    for member in group.memberships.select_related("user"):
        name = member.pseudonym.removesuffix(LABEL)
        if people.key_of(member.user) in PLAYED and member.pseudonym == name:
            member.pseudonym = name + LABEL
            member.save(update_fields=["pseudonym"])


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
            arrivals.forget(group)
            again[key] = group
    circles.roster_again(again)
    return new | again
