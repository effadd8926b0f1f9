"""Whether a facilitator has been in rooms for long without a break, and who could take over meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from peersupport.accounts.models import User
from peersupport.chat.hub.attending import here_now
from peersupport.chat.meeting import breaks
from peersupport.groups.models import Membership


@dataclass(frozen=True)
class Rest:
    """A break is due. `here`: the names of co-facilitators who are there now; `away`: of the others."""

    here: list[str]
    away: list[str]

    @property
    def names(self) -> str:
        """Who could take over, as words: those who are there, else the others."""
        names = self.here or self.away
        if len(names) < 2:
            return "".join(names)
        return _("{first} and {last}").format(first=", ".join(names[:-1]), last=names[-1])


def rest_of(user: User, groups: Collection[UUID], *, now: datetime) -> Rest | None:
    """Who leads these groups with her, once she has been there for two hours; None before."""
    if not breaks.is_due(user, now=now):
        return None
    led = Membership.objects.filter(
        group__in=groups, role=Membership.Role.FACILITATOR, state=Membership.State.ACTIVE
    )
    names = dict(led.exclude(user=user).order_by("pseudonym").values_list("user", "pseudonym")[:50])
    here = set(here_now(now=now).filter(member__in=led).values_list("member__user", flat=True))
    return Rest(
        here=[name for one, name in names.items() if one in here],
        away=[name for one, name in names.items() if one not in here],
    )
