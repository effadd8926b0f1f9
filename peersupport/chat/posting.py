"""A member writes: looked over for personal details, then committed, held or refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from peersupport.chat import asking, live, log, nudges, private_words
from peersupport.chat.door import Entry
from peersupport.chat.hub import calling
from peersupport.chat.keeping.deciding import Draft, Held, Outcome, Published
from peersupport.chat.models import Room
from peersupport.chat.protocol.commands import BODY_MOST, NOTE_MOST, Command
from peersupport.chat.protocol.errors import Refused
from peersupport.database import pool

SHORT = 800  # code points looked over in much less than a millisecond


async def post(command: Command, *, by: Entry) -> dict[str, Any]:
    """Carries out `post` for a member and gives the reply of the protocol.

    Raises Refused: `confirm` with the findings where there is something to ask her and she did not confirm.
    What she may do is decided under the room's lock, at this very command.
    """
    draft = _draft(command, by)
    look_over = partial(_look_over, draft, by, await private_words.of(by))
    # A long text takes milliseconds: not on everybody's loop.
    looked = await asyncio.to_thread(look_over) if _is_long(command) else look_over()
    asked = _is_account(looked) and await asking.asked_before(by.member_id)
    return await answer(await _commit(_passed(draft, looked, command, asked=asked)), by=by)


def at_once(command: Command, *, by: Entry) -> Callable[[], Draft | None] | None:
    """The same up to the commit, for whoever cannot wait: what gives the draft, or raises Refused.

    None where `post` has to be awaited: the text is long, or her private words have to be opened first. What
    is given gives None where the text reads like an account and the database alone knows if she was asked.
    """
    private = private_words.at_hand(by)
    if private is None or _is_long(command):
        return None

    def drafted() -> Draft | None:
        draft = _draft(command, by)
        looked = _look_over(draft, by, private)
        asked = _is_account(looked)
        if asked and not asking.known_here(by.member_id):
            return None
        return _passed(draft, looked, command, asked=asked)

    return drafted


async def answer(outcome: Outcome, *, by: Entry) -> dict[str, Any]:
    """What is replied, or raised as Refused, once the message was committed, held or refused."""
    if calls(outcome):
        # Before she reads that it was sent: whoever was told so can rely on the facilitators being told.
        await calling.call(by.room_id)
    return answer_now(outcome)


def calls(outcome: Outcome) -> bool:
    """Whether facilitators have to be called before the answer."""
    return isinstance(outcome, Published) and outcome.tells


def answer_now(outcome: Outcome) -> dict[str, Any]:
    """The answer where nobody has to be called."""
    match outcome:
        case Published(seq=seq):
            return {"seq": seq, "state": "published"}
        case Held(why=why):
            return {"state": "held", "reason": why}
        case _:
            raise outcome


def _draft(command: Command, by: Entry) -> Draft:
    return Draft(
        room_id=by.room_id,
        member_id=by.member_id,
        message_id=command.uuid("id"),
        body=command.text("body", most=BODY_MOST),
        note=command.text("note", most=NOTE_MOST, required=False),
        reply_to=command.uuid_or_none("reply_to"),
    )


def _is_long(command: Command) -> bool:
    body, note = command.given.get("body"), command.given.get("note")
    return (isinstance(body, str) and len(body) > SHORT) or (isinstance(note, str) and len(note) > SHORT)


def _look_over(draft: Draft, by: Entry, private: nudges.PrivateWords) -> nudges.Looked:
    return nudges.look_over(
        f"{draft.body}\n{draft.note}" if draft.note else draft.body,
        private=private,
        cases_open=by.cases_open and by.kind == Room.Kind.GROUP and not by.facilitates,
    )


def _is_account(looked: nudges.Looked) -> bool:
    return any(finding.kind == "evidence" for finding in looked.findings)


def _passed(draft: Draft, looked: nudges.Looked, command: Command, *, asked: bool) -> Draft:
    if looked.findings:
        _ask(looked.findings, asked=asked, confirmed=command.flag("confirmed"))
        draft.flagged = True
    draft.signal = looked.distress
    return draft


def _ask(findings: list[nudges.Finding], *, asked: bool, confirmed: bool) -> None:
    """Refused("confirm") with what she was not asked about; an account is asked about once an evening."""
    unasked = [finding for finding in findings if not (asked and finding.kind == "evidence")]
    if unasked and not confirmed:
        raise Refused("confirm", findings=[finding.wire() for finding in unasked])


async def _commit(draft: Draft) -> Outcome:
    hub = live.hub_here()
    if hub is not None:
        return await hub.committer.commit(draft)
    # Outside the server (a command, a test client) there is nobody to share a commit with.
    async with pool.connection() as connection:
        outcomes = await log.append(connection, [draft], now=timezone.now())
    live.hint(draft.room_id)
    return outcomes[0]
