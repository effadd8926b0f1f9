"""Which permission each staff role carries."""

from __future__ import annotations

from collections.abc import Iterable

PERMISSIONS = {
    "coordinator": frozenset({"joining.coordinate", "groups.coordinate", "safeguarding.keep", "audit.read"}),
    "facilitator": frozenset({"groups.facilitate"}),
    "editor": frozenset({"guides.review"}),
}


def allows(roles: Iterable[str], permission: str) -> bool:
    """Whether any of the roles carries the permission ("app.verb")."""
    return any(permission in PERMISSIONS.get(role, ()) for role in roles)
