"""Giving and taking the roles of staff."""

from __future__ import annotations

from django.db import transaction

from peersupport.accounts.ending import end_sessions, raise_access_version
from peersupport.accounts.models import StaffRole, User
from peersupport.audit.recording import record


@transaction.atomic
def give_role(*, to: User, role: StaffRole.Role, by: User | None) -> StaffRole:
    """Gives a role; the person signs in anew, with a second factor. `by` None: whoever runs the installation.

    Giving what is held already changes nothing.
    """
    given, is_new = StaffRole.objects.get_or_create(
        user=to, role=role, defaults={"given_by": by.pk if by else None}
    )
    if is_new:
        _start_anew(to)
        record(what="staff.role_given", by=by, about=to, role=str(role))
    return given


@transaction.atomic
def take_role(*, of: User, role: StaffRole.Role, by: User | None) -> None:
    """Takes a role away and ends the person's sessions. Taking what is not held changes nothing."""
    taken, _ = StaffRole.objects.filter(user=of, role=role).delete()
    if taken:
        _start_anew(of)
        record(what="staff.role_taken", by=by, about=of, role=str(role))


def _start_anew(user: User) -> None:
    user.__dict__.pop("_roles", None)
    end_sessions(user=user)
    raise_access_version(user=user)
