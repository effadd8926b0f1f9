"""Names members go by: trees and birds, none twice in a group."""

from __future__ import annotations

import secrets
from functools import cache
from itertools import count
from pathlib import Path

from peersupport.groups.models import Membership, SupportGroup

NAMES = Path(__file__).with_name("data") / "pseudonyms.txt"


@cache
def names() -> tuple[str, ...]:
    """Every name of the list, in its order."""
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def taken(group: SupportGroup) -> set[str]:
    """Names somebody goes by, or once went by, in the group; the group's own name too."""
    used = Membership.objects.filter(group=group).values_list("pseudonym", flat=True)
    return {*used, group.name}


def free(group: SupportGroup, *, most: int) -> list[str]:
    """Up to `most` names that nobody in the group has had, in random order; never empty.

    The list is far longer than a group can be; should it run out, names are numbered.
    """
    used = taken(group)
    left = [name for name in names() if name not in used]
    if not left:
        numbered = (f"{names()[0]} {number}" for number in count(2))
        left = [next(name for name in numbered if name not in used)]
    secrets.SystemRandom().shuffle(left)
    return left[:most]
