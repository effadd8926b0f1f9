"""Killed before a commit, after it, after its answer: the same id once more is one row and one answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

import pytest

from peersupport.database import pool
from tests.chat.conftest import Evening
from tests.chat.processes import Servers
from tests.chat.talking import PATIENCE, Talker, talker
from tests.chat.test_commits import locked, logged

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]

WORDS = "Said while the server fell."
# A connection of the message path waits for a row that somebody else holds.
WAITS = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND wait_event_type = 'Lock'"


@pytest.mark.check(9)
async def test_killed_before_the_commit_it_is_there_once_after_the_same_id_was_sent_again(
    servers: Servers,
) -> None:
    evening, message = servers.evening, uuid4()
    async with aino_comes(evening) as aino, locked(evening.room.pk):
        posting = asyncio.create_task(aino.post(WORDS, message=message))
        await until(somebody_waits)
        await asyncio.to_thread(servers.kill)
        with pytest.raises(AssertionError, match="closed with"):
            await posting
    assert await logged(evening.room.pk) == []
    await asyncio.to_thread(servers.start)
    async with aino_comes(evening) as aino:
        assert told(await aino.post(WORDS, message=message)) == (1, "published")
    assert await logged(evening.room.pk) == [(1, message)]


@pytest.mark.check(9)
async def test_killed_after_the_commit_the_same_id_is_answered_with_the_row_that_is_there(
    servers: Servers,
) -> None:
    evening, message = servers.evening, uuid4()
    async with aino_comes(evening) as aino:
        # What the server may still have answered is never read.
        aino._reader.cancel()
        await aino.socket.send(json.dumps({"cmd": "post", "ref": "1", "id": str(message), "body": WORDS}))
        await until(lambda: logged(evening.room.pk))
        await asyncio.to_thread(servers.kill)
    await asyncio.to_thread(servers.start)
    async with aino_comes(evening) as aino:
        assert [event["body"] for event in aino.log] == [WORDS]
        assert told(await aino.post(WORDS, message=message)) == (1, "published")
    assert await logged(evening.room.pk) == [(1, message)]


@pytest.mark.check(9)
async def test_killed_after_the_answer_the_same_id_is_given_the_first_answer_again(servers: Servers) -> None:
    evening, message = servers.evening, uuid4()
    async with aino_comes(evening) as aino:
        first = await aino.post(WORDS, message=message)
        assert (await aino.post("And another."))["ok"]
        await asyncio.to_thread(servers.kill)
    await asyncio.to_thread(servers.start)
    async with aino_comes(evening) as aino:
        again = await aino.post(WORDS, message=message)
    assert told(again) == told(first) == (1, "published")
    assert [seq for seq, one in await logged(evening.room.pk) if one == message] == [1]


def aino_comes(evening: Evening) -> AbstractAsyncContextManager[Talker]:
    """Aino at the newest server."""
    return talker(evening.port, evening.room.pk, evening.cookies["aino"])


def told(reply: dict[str, Any]) -> tuple[int, str]:
    """What an answer says of the message."""
    assert reply["ok"], reply
    return reply["seq"], reply["state"]


async def until(found: Callable[[], Awaitable[Any]]) -> None:
    """Asks the database until it says yes."""
    async with asyncio.timeout(PATIENCE):
        while not await found():
            pass


async def somebody_waits() -> bool:
    """Whether the message has come as far as its room's lock."""
    async with pool.connection() as database:
        return await (await database.execute(WAITS, [pool.NAME])).fetchone() is not None
