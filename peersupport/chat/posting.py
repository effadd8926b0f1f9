"""A member writes: looked over for personal details, then committed, held or refused."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from peersupport.chat import calling, live, log, nudges
from peersupport.chat.commands import BODY_MOST, NOTE_MOST, Command
from peersupport.chat.deciding import Draft, Held, Outcome, Published
from peersupport.chat.errors import Refused
from peersupport.database import pool

SHORT = 400  # code points looked over in about a millisecond


async def post(command: Command, *, by: UUID, room_id: UUID) -> dict[str, Any]:
    """Carries out `post` for a member and gives the reply of the protocol.

    Raises Refused: `confirm` with the findings where personal details were found and not confirmed.
    What she may do is decided under the room's lock, at this very command.
    """
    draft = Draft(
        room_id=room_id,
        member_id=by,
        message_id=command.uuid("id"),
        body=command.text("body", most=BODY_MOST),
        note=command.text("note", most=NOTE_MOST, required=False),
        reply_to=command.uuid_or_none("reply_to"),
    )
    found = await _looked_over(f"{draft.body}\n{draft.note}")
    if found and not command.flag("confirmed"):
        raise Refused("confirm", findings=[finding.wire() for finding in found])
    draft.flagged = bool(found)
    outcome = await _commit(draft)
    if isinstance(outcome, Published) and outcome.tells:
        # Before she reads that it was sent: whoever was told so can rely on the facilitators being told.
        await calling.call(room_id)
    return _reply(outcome)


async def _looked_over(text: str) -> list[nudges.Finding]:
    # Looking for phone numbers in a long text takes tens of milliseconds: not on everybody's loop.
    if len(text) > SHORT:
        return await asyncio.to_thread(nudges.findings, text, country=settings.COUNTRY)
    return nudges.findings(text, country=settings.COUNTRY)


async def _commit(draft: Draft) -> Outcome:
    hub = live.hub_here()
    if hub is not None:
        return await hub.committer.commit(draft)
    # Outside the server (a command, a test client) there is nobody to share a commit with.
    async with pool.connection() as connection:
        outcomes = await log.append(connection, [draft], now=timezone.now())
    live.hint(draft.room_id)
    return outcomes[0]


def _reply(outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Published(seq=seq):
            return {"seq": seq, "state": "published"}
        case Held(why=why):
            return {"state": "held", "reason": why}
        case _:
            raise outcome
