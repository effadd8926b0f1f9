"""The benchmark of the rooms, in small: each side talks, and what goes wrong with a delivery is noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from picows import WSError
from psycopg import connect

from peersupport.database.cluster import SUPERUSER, Cluster
from tests.chat.processes import redis_server
from tests.load.rooms import arriving
from tests.load.rooms.asking import asking
from tests.load.rooms.cores import chosen
from tests.load.rooms.counting import Talkative, overhearing
from tests.load.rooms.crowd import Crowd, Talk
from tests.load.rooms.sides import Machine, Ours, Raw, Side, Tutorial
from tests.load.rooms.words import letter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]


@pytest.fixture(scope="module")
def machine(cluster: Cluster) -> Iterator[Machine]:
    """The run's own database, which is not durable: here nothing is measured."""
    with redis_server() as redis:
        yield Machine(cluster, redis, chosen())


def _talk(side: Side, machine: Machine, *, rate: float = 30) -> Talk:
    with asking(side, machine, rooms=2, members=3) as crowd:
        return crowd.talk(rate, seconds=0.7, warm_up=0.3)


@pytest.mark.parametrize("side", [Ours(), Raw(), Raw(single=True), Tutorial()], ids=lambda side: side.name)
def test_every_message_reaches_everybody_once_whoever_serves(side: Side, machine: Machine) -> None:
    talk = _talk(side, machine)
    assert talk.held
    assert talk.sent == len(talk.acked) == 30
    assert talk.deliveries == 30 * 3
    assert 0 < talk.delay(0.5) <= talk.delay(0.99)
    assert talk.used.keys() == {"server", "database", "redis", "others"}


@pytest.mark.parametrize(("mishap", "noticed"), [("double", "came twice"), ("lose", "not everybody heard")])
def test_one_delivery_that_is_lost_or_doubled_fails_the_talk(
    mishap: str, noticed: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.load.rooms.crowd.PATIENCE_SECONDS", 0.5)
    talk = _talk(Raw(mishap=mishap), machine, rate=60)
    assert not talk.held
    assert noticed in " ".join(talk.wrong)


def test_a_side_that_is_still_busy_may_refuse_people_for_a_while(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [WSError("too busy"), WSError("too busy")]
    comes = Crowd.come

    async def refused(crowd: Crowd) -> float:
        if refusals:
            raise refusals.pop()
        return await comes(crowd)

    monkeypatch.setattr(Crowd, "come", refused)
    monkeypatch.setattr("tests.load.rooms.asking.PAUSE_SECONDS", 0.0)
    assert _talk(Raw(), machine).held
    assert not refusals
    monkeypatch.setattr("tests.load.rooms.asking.COMES_MOST", 2)
    refusals += [WSError("too busy"), WSError("too busy")]
    with pytest.raises(WSError):
        _talk(Raw(), machine)


def test_texts_are_distinct_and_of_the_size_that_people_write() -> None:
    texts = [letter(number) for number in range(32_768)]
    assert len(set(texts)) == len(texts)
    assert 150 < min(map(len, texts)) < max(map(len, texts)) < 220


def test_members_are_let_in_and_their_memory_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "ROOMS", 3)
    monkeypatch.setattr(arriving, "CALM_SECONDS", 0.1)
    came, memory = arriving.figures(machine, times=1)
    assert came.value > 10
    assert came.unit == "members/s"
    assert memory.unit == "KiB"


def test_statements_are_counted_between_a_server_and_its_database() -> None:
    counted: Counter[str] = Counter()
    one = Talkative(counted)
    one.hear(b"Q", b"BEGIN\0")
    one.hear(b"P", b"known\0SELECT 1\0\0\0")
    for _run in range(3):
        one.hear(b"B", b"\0known\0\0\0")
        one.hear(b"E", b"\0\0\0\0\0")
    one.hear(b"S", b"")
    one.hear(b"Q", b"COMMIT\0")
    assert counted == {"control": 2, "statements": 3}


def test_a_server_runs_with_somebody_listening_in(machine: Machine) -> None:
    with overhearing(machine.cluster.data) as heard:
        with connect(
            host=str(heard.directory), user=SUPERUSER, dbname="postgres", autocommit=True
        ) as database:
            assert database.execute("SELECT %s", [7]).fetchone() == (7,)
            with database.transaction():
                database.execute("SELECT 8")
        assert heard.counted == {"statements": 2, "control": 2}
