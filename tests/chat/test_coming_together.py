"""Who comes with others is let in with them: nobody takes anything from anybody, and who has gone is gone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from uuid import uuid4

import pytest

from peersupport.chat import access, consumer, door, entering, live
from peersupport.chat.door import Entry
from peersupport.chat.elsewhere import others
from peersupport.chat.entering import Back, Returning
from peersupport.chat.hub import beside
from peersupport.database import pool
from tests.chat.blocking import is_blocked
from tests.chat.conftest import NAMES, Evening

pytestmark = pytest.mark.django_db(transaction=True)


async def entries_of(evening: Evening, names: Sequence[str]) -> list[Entry]:
    """Their standing in the group's room."""
    visits = [(getattr(evening.cast, name).pk, evening.room.pk) for name in names]
    async with pool.connection() as database:
        found = await door.entries(database, visits)
    return [entry for entry in found if entry is not None]


async def test_who_is_sent_away_while_she_resumes_is_not_taken_for_present(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, all_back = asyncio.Event(), entering.all_back

    async def slowly(returning: Sequence[Returning]) -> list[Back | None]:
        await gate.wait()
        return await all_back(returning)

    monkeypatch.setattr(entering, "all_back", slowly)
    monkeypatch.setattr(consumer, "FIRST_COMMAND_SECONDS", 0.3)
    maija = await evening.comes("maija", resumed=False)
    # She has everything that is there: nothing has to be read for her.
    await maija.socket.send(json.dumps({"cmd": "resume", "ref": "1", "after": evening.room.head}))
    assert await maija.closed() == 4408
    monkeypatch.setattr(consumer, "FIRST_COMMAND_SECONDS", 10.0)
    gate.set()
    # Her question was answered before Berit's is asked.
    await evening.comes("berit")
    hub = live.hub_here()
    assert hub is not None
    room = hub.rooms[evening.room.pk]
    assert {one.entry.member_id for one in room.connections} == {evening.seats["berit"]}
    assert not room.facilitated()


async def test_those_who_come_are_noted_in_the_order_in_which_the_poll_refreshes_them(
    settled_evening: Evening,
) -> None:
    process = uuid4()
    entries = sorted(await entries_of(settled_evening, NAMES), key=lambda entry: entry.member_id)
    assert len(entries) == len(NAMES)
    first, *later = [entry.member_id for entry in entries]
    hers = "SELECT FROM chat_presence WHERE process = %s AND member_id = ANY(%s) FOR UPDATE"
    async with pool.connection() as coming, pool.connection() as poll, pool.connection() as watch:
        await beside.arrive(coming, process, entries)
        async with poll.transaction():
            await poll.execute(hers, [process, [first]])
            noted = asyncio.create_task(beside.arrive(coming, process, entries[::-1]))
            while not await is_blocked(watch, coming.info.backend_pid):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.02)
            # What stands behind the first is still free.
            await poll.execute(f"{hers} NOWAIT", [process, later])
        await noted


async def test_a_group_of_many_rooms_takes_none_from_those_who_come_with_its_facilitators(
    settled_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "MOST", 2)
    entries = await entries_of(settled_evening, ["maija", "oskar", "aino"])
    async with pool.connection() as database:
        alone = [await others.read(database, entry) for entry in entries]
        assert await others.read_all(database, entries) == alone
    assert all(alone)
