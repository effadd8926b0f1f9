"""The whole record of a concern, put together for whoever is named on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from peersupport.accounts.models import User
from peersupport.groups.models import Facilitator
from peersupport.safeguarding.access import coordinators
from peersupport.safeguarding.models import Concern, Entry, Excerpt, Look, Named, Told
from peersupport.vault import keys


@dataclass(frozen=True)
class Line:
    """A row of the record with who it is by."""

    row: Entry | Excerpt | Named | Told
    by: str
    whom: str = ""


@dataclass(frozen=True)
class Record:
    """Everything that stands in a concern, oldest first."""

    concern: Concern
    raised_by: str
    opened_by: str
    entries: list[Line]
    excerpts: list[Line]
    named: list[Line]
    told: list[Line]


def record_of(concern: Concern) -> Record:
    """Seven statements, whatever stands in it."""
    entries, excerpts = list(concern.entries.all()), list(concern.excerpts.all())
    named, told = list(concern.named.all().order_by("at")), list(concern.told.all())
    ids = {entry.by for entry in entries} | {one.asked_by for one in excerpts} | {one.by for one in told}
    ids |= {one.user for one in named} | {one.by for one in named} | {concern.raised_by}
    names = names_of(ids | ({concern.opened_by} if concern.opened_by else set()))
    return Record(
        concern=concern,
        raised_by=names[concern.raised_by],
        opened_by=names[concern.opened_by] if concern.opened_by else "",
        entries=[Line(entry, names[entry.by]) for entry in entries],
        excerpts=[Line(one, names[one.asked_by]) for one in excerpts],
        named=[Line(one, names[one.by], names[one.user]) for one in named],
        told=[Line(one, names[one.by]) for one in told],
    )


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """How staff are called among staff: a facilitator by her name, a coordinator by her sign-in."""
    wanted = set(ids)
    names = {user.pk: user.login for user in User.objects.filter(pk__in=wanted, is_active=True)}
    names |= dict(Facilitator.objects.filter(user__in=wanted).values_list("user_id", "display_name"))
    return {one: names.get(one) or _("somebody who has gone") for one in wanted}


def could_be_named(concern: Concern) -> dict[str, str]:
    """Coordinators who are not named on it yet and whom it is not about, by id."""
    there = set(concern.named.values_list("user", flat=True)) | {concern.person}
    free = coordinators().exclude(pk__in=there).values_list("pk", flat=True)
    return {str(one): name for one, name in names_of(free).items()}


@dataclass(frozen=True)
class Waiting:
    """A look in the list of the desk: of whom, by whom, how it stands."""

    look: Look
    by: str
    state: Look.State
    mine: bool


def waiting(looks: Iterable[Look], *, user: User, now: datetime) -> list[Waiting]:
    """Looks with the names of who asked."""
    rows = list(looks)
    keys.load({row.pk for row in rows})
    names = names_of({row.asked_by for row in rows})
    return [Waiting(row, names[row.asked_by], row.state(now), mine=row.asked_by == user.pk) for row in rows]
