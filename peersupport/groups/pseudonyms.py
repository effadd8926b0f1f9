"""Names members go by: trees and birds, none twice in a group."""

from __future__ import annotations

import secrets
from functools import cache
from itertools import count
from pathlib import Path

from peersupport.groups.models import Membership, SupportGroup
from peersupport.groups.neutral import telling

NAMES = Path(__file__).with_name("data") / "pseudonyms.txt"


@cache
def names() -> tuple[str, ...]:
    """Every name of the list that gives nothing away, in its order."""
    lines = [line.strip() for line in NAMES.read_text(encoding="utf-8").splitlines()]
    return tuple(line for line in lines if line and not line.startswith("#") and not telling(line))


def taken(group: SupportGroup) -> set[str]:
    """Names somebody goes by, or once went by, in the group; the group's own name too. Folded (`folded`)."""
    used = Membership.objects.filter(group=group).values_list("pseudonym", flat=True)
    return {folded(name) for name in (*used, group.name)}


def folded(name: str) -> str:
    """The name as names are compared: read aloud, "heron" and "Heron " are one."""
    return " ".join(name.split()).casefold()


def free(group: SupportGroup, *, most: int) -> list[str]:
    """Up to `most` names that nobody in the group has had, in random order; never empty.

    The list is far longer than a group can be; should it run out, names are numbered.
    """
    used = taken(group)
    left = [name for name in names() if folded(name) not in used]
    if not left:
        numbered = (f"{names()[0]} {number}" for number in count(2))
        left = [next(name for name in numbered if folded(name) not in used)]
    secrets.SystemRandom().shuffle(left)
    return left[:most]
