"""How somebody can be reached in an emergency: apps above know it, and register here who tells it.

Asked only where two people agreed to it, or somebody is in danger: by `safeguarding.looking`. No page of a
facilitator asks it otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from peersupport.accounts.models import SafeContact, User


@dataclass(frozen=True)
class Known:
    """What is needed to reach somebody, and nothing else. Hours are words; `never` what must not be done."""

    called: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""
    opener: str = ""
    never: tuple[str, ...] = ()


#: By the name of the app. None where it knows nothing of this person.
tellers: dict[str, Callable[[User], Known | None]] = {}


def known_of(user: User) -> Known:
    """What the first app that knows something tells, and the safe address. Nothing for whoever was erased."""
    found = next((known for tell in tellers.values() if (known := tell(user)) is not None), Known())
    contact = SafeContact.objects.filter(user=user, email_is_safe=True).first()
    if contact is None or not user.is_active:
        return found
    hours = "" if contact.from_hour is None else f"{contact.from_hour}–{contact.until_hour}"
    return Known(
        called=found.called,
        address=contact.address,
        phone=found.phone,
        hours=found.hours or hours,
        opener=found.opener,
        never=found.never,
    )
