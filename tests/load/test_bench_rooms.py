"""The benchmark of the rooms, in small: each side talks, and what goes wrong with a delivery is noticed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from peersupport.database.cluster import Cluster
from tests.chat.processes import redis_server
from tests.load.rooms.asking import asking
from tests.load.rooms.cores import chosen
from tests.load.rooms.crowd import Talk
from tests.load.rooms.sides import Machine, Ours, Raw, Side, Tutorial
from tests.load.rooms.words import letter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]


@pytest.fixture(scope="module")
def machine(cluster: Cluster) -> Iterator[Machine]:
    """The run's own database, which is not durable: here nothing is measured."""
    with redis_server() as redis:
        yield Machine(cluster, redis.url, chosen())


def _talk(side: Side, machine: Machine, *, rate: float = 60) -> Talk:
    with asking(side, machine, rooms=2, members=3) as crowd:
        return crowd.talk(rate, seconds=0.7, warm_up=0.3)


@pytest.mark.parametrize("side", [Ours(), Raw(), Raw(single=True), Tutorial()], ids=lambda side: side.name)
def test_every_message_reaches_everybody_once_whoever_serves(side: Side, machine: Machine) -> None:
    talk = _talk(side, machine)
    assert talk.held
    assert talk.sent == len(talk.acked) == 60
    assert talk.deliveries == 60 * 3
    assert 0 < talk.delay(0.5) <= talk.delay(0.99)
    assert talk.used.keys() == {"server", "database"}


@pytest.mark.parametrize(("mishap", "noticed"), [("double", "came twice"), ("lose", "not everybody heard")])
def test_one_delivery_that_is_lost_or_doubled_fails_the_talk(
    mishap: str, noticed: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.load.rooms.crowd.PATIENCE_SECONDS", 1.0)
    talk = _talk(Raw(mishap=mishap), machine)
    assert not talk.held
    assert noticed in " ".join(talk.wrong)


def test_texts_are_distinct_and_of_the_size_that_people_write() -> None:
    texts = [letter(number) for number in range(32_768)]
    assert len(set(texts)) == len(texts)
    assert 150 < min(map(len, texts)) < max(map(len, texts)) < 220
