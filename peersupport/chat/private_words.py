"""The words a member wants to be warned about: kept sealed, read for her own messages only."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peersupport.audit.recording import record
from peersupport.chat.door import Entry
from peersupport.chat.keeping import opening
from peersupport.chat.models import PrivateWords as Row
from peersupport.chat.nudges.private import PrivateWords
from peersupport.database import pool
from peersupport.groups.models import Membership
from peersupport.vault import sealing

NONE = PrivateWords(())
# As long as an opened key is kept (vault.keys): within that time an erasure is obeyed everywhere.
KEPT_SECONDS = 60.0
KEPT_MOST = 2_000


@transaction.atomic
def keep(*, member: Membership, words: list[str], by: Membership) -> None:
    """Keeps these words instead of the earlier ones; none deletes them. Only the fact is audited."""
    if words:
        row = Row(member=member, words="\n".join(words), changed_at=timezone.now())
        row.save()
    else:
        Row.objects.filter(member=member).delete()
    record(what="private_words.kept", by=by.user_id, about=member, words=len(words))


def kept(member: Membership) -> list[str]:
    """Her words as she entered them."""
    row = Row.objects.filter(member=member).first()
    return row.words.splitlines() if row else []


def sealed(member: Membership) -> bytes | None:
    """Her words as they stand in the database."""
    found = Row.objects.filter(member=member).values_list("words", flat=True).first()
    return bytes(cast(bytes, found)) if found else None


class _Opened:
    """Words opened a moment ago, for the next message of the same member."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[float, bytes, PrivateWords]] = OrderedDict()

    def get(self, member_id: UUID, words: bytes) -> PrivateWords | None:
        found = self._kept.get(member_id)
        if found is None or found[1] != words or time.monotonic() - found[0] > KEPT_SECONDS:
            return None
        return found[2]

    def put(self, member_id: UUID, words: bytes, opened: PrivateWords) -> None:
        self._kept[member_id] = (time.monotonic(), words, opened)
        self._kept.move_to_end(member_id)
        while len(self._kept) > KEPT_MOST:
            self._kept.popitem(last=False)


_opened = _Opened()


def at_hand(entry: Entry) -> PrivateWords | None:
    """The words of whoever stands at this door, where they need not be opened first."""
    if not entry.private_words:
        return NONE
    return _opened.get(entry.member_id, bytes(entry.private_words))


async def of(entry: Entry) -> PrivateWords:
    """The words of whoever stands at this door, ready to be looked for. None after her key was destroyed."""
    found = at_hand(entry)
    if found is None:
        words = bytes(entry.private_words or b"")
        async with pool.connection() as connection:
            ciphers = await opening.opened_keys(connection, [entry.member_id])
        cipher = ciphers.get(entry.member_id)
        place = sealing.place("chat_privatewords", "words", entry.member_id)
        text = opening.open_at(place, words, cipher=cipher) if cipher else None
        found = PrivateWords((text or "").splitlines())
        _opened.put(entry.member_id, words, found)
    return found
