"""Rooms and memberships stay while events name them, though no foreign key locks them for each message."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from django.utils import timezone
from psycopg.errors import ForeignKeyViolation

from peersupport.accounts.models import StaffRole, User
from peersupport.chat import log
from peersupport.chat.keeping.deciding import Draft, Published
from peersupport.chat.models import Event
from peersupport.chat.protocol.errors import Refused
from peersupport.database import pool
from peersupport.groups.models import Membership
from tests.chat.blocking import is_blocked
from tests.chat.conftest import Evening

pytestmark = pytest.mark.django_db(transaction=True)

LET_GO = "DELETE FROM groups_membership WHERE id = %s"


@pytest.fixture
def newcomer(open_evening_room: Evening) -> Membership:
    """Of whom nothing else is stored: who leads the group does not come in by its door."""
    user = User.objects.create(sign_in_name="quiet-river-118")
    StaffRole.objects.create(user=user, role=StaffRole.Role.FACILITATOR)
    return Membership.objects.create(
        group=open_evening_room.room.group,
        user=user,
        pseudonym="Newcomer",
        role=Membership.Role.FACILITATOR,
    )


@pytest.fixture
def letter(open_evening_room: Evening, newcomer: Membership) -> Draft:
    """Her first words, on their way into the group's room."""
    return Draft(open_evening_room.room.pk, newcomer.pk, uuid4(), "It was a long day.")


async def write(letter: Draft) -> object:
    """What became of it."""
    async with pool.connection() as database:
        return (await log.append(database, [letter], now=timezone.now()))[0]


async def blocked(pid: int) -> None:
    """Returns when what this connection asked for waits for somebody else's lock."""
    async with pool.connection() as watch:
        while not await is_blocked(watch, pid):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)


async def test_who_wrote_nothing_can_be_deleted_and_who_wrote_cannot(
    newcomer: Membership, letter: Draft
) -> None:
    async with pool.connection() as database:
        async with database.transaction(force_rollback=True):
            assert (await database.execute(LET_GO, [newcomer.pk])).rowcount == 1
        assert isinstance(await write(letter), Published)
        with pytest.raises(ForeignKeyViolation, match="membership with events"):
            await database.execute(LET_GO, [newcomer.pk])


async def test_what_is_being_written_at_this_moment_keeps_its_writer(
    newcomer: Membership, letter: Draft
) -> None:
    async with pool.connection() as writing, pool.connection() as deleting:
        async with writing.transaction():
            await log.append(writing, [letter], now=timezone.now())
            gone = asyncio.create_task(deleting.execute(LET_GO, [newcomer.pk]))
            await blocked(deleting.info.backend_pid)
        with pytest.raises(ForeignKeyViolation):
            await gone


async def test_who_is_being_deleted_at_this_moment_writes_nothing_more(
    newcomer: Membership, letter: Draft
) -> None:
    async with pool.connection() as deleting, pool.connection() as writing:
        async with deleting.transaction():
            await deleting.execute(LET_GO, [newcomer.pk])
            written = asyncio.create_task(log.append(writing, [letter], now=timezone.now()))
            await blocked(writing.info.backend_pid)
        outcome = (await written)[0]
    assert isinstance(outcome, Refused)
    assert outcome.code == "not_allowed"
    assert not await Event.objects.filter(message_id=letter.message_id).aexists()


async def test_a_room_in_which_something_was_said_is_not_deleted_beside_it(
    open_evening_room: Evening, letter: Draft
) -> None:
    assert isinstance(await write(letter), Published)
    async with pool.connection() as database:
        with pytest.raises(ForeignKeyViolation, match="room with events"):
            await database.execute("DELETE FROM chat_room WHERE id = %s", [open_evening_room.room.pk])
