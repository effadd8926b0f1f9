"""What goes to the database packed comes out of it as it went in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peersupport.chat.keeping import arrays
from peersupport.database import pool

pytestmark = pytest.mark.django_db(transaction=True)

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def back(packed: bytes, kind: str) -> Sequence[Any]:
    """What the database makes of an array."""
    async with pool.connection() as database:
        found = await database.execute(
            f"SELECT i FROM unnest(%s::{kind}[]) WITH ORDINALITY AS a(i, n) ORDER BY n", [packed]
        )
        return [row[0] for row in await found.fetchall()]


@SOME
@given(
    uuids=st.lists(st.none() | st.uuids(), max_size=5),
    octets=st.lists(st.none() | st.binary(max_size=300), max_size=5),
    numbers=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
    flags=st.lists(st.booleans(), max_size=5),
)
async def test_arrays_arrive_whole_with_their_gaps_and_also_when_they_are_empty(
    uuids: list[UUID | None], octets: list[bytes | None], numbers: list[int], flags: list[bool]
) -> None:
    assert await back(arrays.uuids(uuids), "uuid") == uuids
    assert await back(arrays.octets(octets), "bytea") == octets
    assert await back(arrays.numbers(numbers), "bigint") == numbers
    assert await back(arrays.flags(flags), "boolean") == flags
