"""The message path's connections: what was committed over them is on the disk."""

from __future__ import annotations

import pytest
from django.db import connection as of_the_orm

from peersupport.database import pool

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.check(12)
@pytest.mark.parametrize("kept", [False, True], ids=["for everybody", "for messages"])
@pytest.mark.parametrize("pooled", [False, True], ids=["of its own", "from the pool"])
async def test_a_connection_of_the_message_path_waits_until_its_commit_is_written_through(
    durable: None, kept: bool, pooled: bool
) -> None:
    if not pooled:
        assert await waits(kept=kept) == "on"
        return
    async with pool.opened(size=2):
        assert await waits(kept=kept) == "on"


async def waits(*, kept: bool) -> str:
    """What a commit over such a connection waits for."""
    async with pool.connection(kept=kept) as connection:
        row = await (await connection.execute("SHOW synchronous_commit")).fetchone()
    assert row
    return str(row[0])


@pytest.mark.check(12)
def test_so_does_a_connection_of_everything_else(durable: None) -> None:
    of_the_orm.close()
    with of_the_orm.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
