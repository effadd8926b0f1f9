"""What a group adds to its agreement, written down by a facilitator and accepted at each arrival."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from peersupport.audit.recording import record
from peersupport.groups import agreement
from peersupport.groups.models import Membership, OwnLines, SupportGroup
from peersupport.vault.keys import KeyDestroyed

#: A group has few lines, and short ones: who arrives reads them all.
LINES_MOST, LENGTH_MOST = 5, 140


def lines_of(group: SupportGroup) -> list[str]:
    """The group's own lines as they are now."""
    return _read(_newest(group))


def version_of(group: SupportGroup) -> str:
    """What is agreed to now: "2026-11-22" is the text alone, "2026-11-22+2" with its second lines."""
    newest = _newest(group)
    return f"{agreement.VERSION}+{newest.number}" if newest else agreement.VERSION


@transaction.atomic
def write_down(*, group: SupportGroup, lines: Sequence[str], by: Membership, now: datetime) -> bool:
    """Keeps the group's lines anew; False where nothing has changed. What was agreed to before stays."""
    # Row lock: two facilitators at once get one number after the other.
    SupportGroup.objects.select_for_update().get(pk=group.pk)
    before = _newest(group)
    if _read(before) == list(lines):
        return False
    number = before.number + 1 if before else 1
    OwnLines.objects.create(group=group, number=number, by=by, at=now, words="\n".join(lines))
    record(what="group.agreed", by=by.user_id, about=group, number=number, lines=len(lines))
    return True


def _newest(group: SupportGroup) -> OwnLines | None:
    return OwnLines.objects.filter(group=group).order_by("-number").first()


def _read(kept: OwnLines | None) -> list[str]:
    try:
        return kept.words.splitlines() if kept else []
    except KeyDestroyed:
        # Whoever wrote them down is erased, and with that person the words; the group writes them anew.
        return []
