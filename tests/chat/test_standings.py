"""How a writer stands is remembered only as long as nothing changes it: whatever does bites at the very next
message, whoever changed it and from which process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from peersupport.accounts.models import StaffRole, User
from peersupport.chat import log
from peersupport.chat.keeping import standings
from peersupport.chat.keeping.deciding import Draft, Held, Outcome, Published
from peersupport.chat.models import Arrival, Mute, ReadFirst, Room, StandingMark
from peersupport.chat.protocol.errors import Refused
from peersupport.database import pool
from peersupport.groups.models import Meeting, Membership
from tests.chat.blocking import is_blocked
from tests.chat.conftest import Evening

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
CLOSES = "UPDATE accounts_user SET is_active = false WHERE id = %s"


class Writing:
    """Somebody of the cast writes over one connection, and how often her standing was asked for."""

    def __init__(self, evening: Evening, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room, self.member = evening.room.pk, evening.seats[name]
        self.asked = 0
        ask = standings._ask

        async def counted(*given: object) -> list[standings.Known]:
            self.asked += 1
            return await ask(*given)  # type: ignore[arg-type]  # handed on as it came

        monkeypatch.setattr(standings, "_ask", counted)

    async def says(self, *, reply_to: UUID | None = None, now: datetime | None = None) -> Outcome:
        """What becomes of a message of hers."""
        draft = Draft(self.room, self.member, uuid4(), "It was a long day.", reply_to=reply_to)
        async with pool.connection() as connection:
            (outcome,) = await log.append(connection, [draft], now=now or timezone.now())
        return outcome


@pytest.fixture
def berit(open_evening_room: Evening, monkeypatch: pytest.MonkeyPatch) -> Writing:
    """A parent."""
    return Writing(open_evening_room, "berit", monkeypatch)


@pytest.fixture
def maija(open_evening_room: Evening, monkeypatch: pytest.MonkeyPatch) -> Writing:
    """A facilitator of the group."""
    return Writing(open_evening_room, "maija", monkeypatch)


async def test_she_is_asked_for_once_and_remembered_for_her_next_messages(berit: Writing) -> None:
    for _time in range(3):
        assert isinstance(await berit.says(), Published)
    assert berit.asked == 1


def _mute(member: Membership) -> None:
    Mute.objects.create(member=member, by=uuid4(), until=timezone.now() + HOUR)


def _suspend(member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).update(state=Membership.State.SUSPENDED)


def _close_account(member: Membership) -> None:
    User.objects.filter(pk=member.user_id).update(is_active=False)


def _take_arrival(member: Membership) -> None:
    Arrival.objects.filter(member=member).delete()


@pytest.mark.check(33)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_mute, "muted"),
        (_suspend, "not_allowed"),
        (_close_account, "not_allowed"),
        (_take_arrival, "arrive"),
    ],
)
async def test_what_changes_how_she_stands_bites_at_her_next_message(
    berit: Writing, change: Callable[[Membership], None], code: str
) -> None:
    assert isinstance(await berit.says(), Published)
    await sync_to_async(change)(await Membership.objects.aget(pk=berit.member))
    refused = await berit.says()
    assert isinstance(refused, Refused)
    assert refused.code == code


@pytest.mark.check(33)
async def test_a_facilitator_whose_role_is_taken_writes_nothing_more(maija: Writing) -> None:
    assert isinstance(await maija.says(), Published)
    member = await Membership.objects.aget(pk=maija.member)
    await StaffRole.objects.filter(user=member.user_id, role=StaffRole.Role.FACILITATOR).adelete()
    refused = await maija.says()
    assert isinstance(refused, Refused)
    assert refused.code == "not_allowed"


async def test_a_new_name_stands_at_her_next_line(berit: Writing) -> None:
    await berit.says()
    await Membership.objects.filter(pk=berit.member).aupdate(pseudonym="Sandpiper")
    named = await berit.says()
    assert isinstance(named, Published)
    assert named.line is not None
    assert named.line.name == "Sandpiper"


async def test_who_is_read_first_is_held_at_once_and_again_free_when_that_has_ended(berit: Writing) -> None:
    now = timezone.now()
    assert isinstance(await berit.says(now=now), Published)
    await ReadFirst.objects.acreate(member_id=berit.member, by=uuid4(), until=now + HOUR / 2)
    assert await berit.says(now=now) == Held("hold_member")
    asked = berit.asked
    # Nothing changes in the database when it ends: the clock alone says so.
    await Room.objects.filter(pk=berit.room).aupdate(attended_at=now + HOUR)
    assert isinstance(await berit.says(now=now + HOUR), Published)
    assert berit.asked == asked


async def test_a_mute_that_was_lifted_holds_no_longer(berit: Writing) -> None:
    mute = await Mute.objects.acreate(member_id=berit.member, by=uuid4(), until=timezone.now() + HOUR)
    assert isinstance(await berit.says(), Refused)
    await Mute.objects.filter(pk=mute.pk).aupdate(lifted_at=timezone.now())
    assert isinstance(await berit.says(), Published)


async def test_at_the_next_meeting_she_has_to_arrive_anew(berit: Writing) -> None:
    assert isinstance(await berit.says(), Published)
    room = await Room.objects.aget(pk=berit.room)
    following = await Meeting.objects.filter(group=room.group_id, starts_at__gt=timezone.now()).afirst()
    assert following is not None
    refused = await berit.says(now=following.starts_at)
    assert isinstance(refused, Refused)
    assert refused.code == "arrive"


async def test_where_what_she_wrote_before_counts_it_is_asked_for_each_time(berit: Writing) -> None:
    first = await berit.says()
    assert isinstance(first, Published)
    assert first.line is not None
    answered = await berit.says(reply_to=first.line.message_id)
    assert isinstance(answered, Published)
    unknown = await berit.says(reply_to=uuid4())
    assert isinstance(unknown, Refused)
    assert unknown.more == {"field": "reply_to"}
    assert berit.asked == 3
    # What was said of an answer is not remembered of her.
    assert isinstance(await berit.says(), Published)
    await Room.objects.filter(pk=berit.room).aupdate(mode=Room.Mode.HOLD_FIRST, hold_first=9)
    assert await berit.says() == Held("hold_first")
    await Room.objects.filter(pk=berit.room).aupdate(mode=Room.Mode.LIVE, slow_seconds=60)
    slowed = await berit.says()
    assert isinstance(slowed, Refused)
    assert slowed.code == "rate_limited"


async def test_what_is_not_committed_changes_nothing_and_what_is_does(berit: Writing) -> None:
    room = await Room.objects.aget(pk=berit.room)
    before = await StandingMark.objects.aget(pk=room.group_id)
    async with pool.connection() as database:
        async with database.transaction(force_rollback=True):
            await database.execute(
                "UPDATE groups_membership SET state = 'left' WHERE id = %s", [berit.member]
            )
            await database.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert isinstance(await berit.says(), Published)
        assert (await StandingMark.objects.aget(pk=room.group_id)).mark == before.mark
        await database.execute("UPDATE groups_membership SET state = 'left' WHERE id = %s", [berit.member])
    assert isinstance(await berit.says(), Refused)
    assert (await StandingMark.objects.aget(pk=room.group_id)).mark != before.mark


async def test_a_group_without_a_mark_is_asked_for_every_time(berit: Writing) -> None:
    room = await Room.objects.aget(pk=berit.room)
    await StandingMark.objects.filter(pk=room.group_id).adelete()
    for _time in range(2):
        assert isinstance(await berit.says(), Published)
    assert berit.asked == 2


async def test_so_many_are_remembered_and_no_more(berit: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "MOST", 1)
    monkeypatch.setattr(standings, "_known", {})
    await berit.says()
    assert list(standings._known) == [(berit.room, berit.member)]
    standings._known[berit.room, uuid4()] = standings._known.pop((berit.room, berit.member))
    await berit.says()
    assert list(standings._known) == [(berit.room, berit.member)]


@pytest.mark.check(33)
@pytest.mark.parametrize("taken", ["DELETE FROM accounts_staffrole WHERE user_id = %s", CLOSES])
async def test_who_joins_in_the_moment_in_which_her_role_is_taken_writes_nothing_more(
    open_evening_room: Evening, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    salla = await _facilitator(open_evening_room)
    seat = uuid4()
    writing = Writing(open_evening_room, "maija", monkeypatch)
    writing.member = seat
    group = open_evening_room.room.group_id
    async with pool.connection() as taking, pool.connection() as joining, pool.connection() as watch:
        async with taking.transaction():
            await taking.execute(taken, [salla])
            await taking.execute("SET CONSTRAINTS ALL IMMEDIATE")
            joined = asyncio.create_task(_joined(joining, [seat, group, salla]))
            pid = joining.info.backend_pid
            while not (joined.done() or await is_blocked(watch, pid)):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.02)
            # Remembered as she stands now, whatever that is.
            await writing.says()
        await joined
    refused = await writing.says()
    assert isinstance(refused, Refused)
    assert refused.code == "not_allowed"


@sync_to_async
def _facilitator(evening: Evening) -> UUID:
    StaffRole.objects.create(user=evening.cast.salla, role=StaffRole.Role.FACILITATOR)
    return evening.cast.salla.pk


async def _joined(connection: pool.Connection, membership: list[object]) -> None:
    await connection.execute(
        "INSERT INTO groups_membership (id, group_id, user_id, role, pseudonym, state, since)"
        " VALUES (%s, %s, %s, 'facilitator', 'Plover', 'active', now())",
        membership,
    )
