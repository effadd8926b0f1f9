"""Words that wait for a facilitator: her own eyes, the facilitators', and no other way out of the house."""

from __future__ import annotations

import logging
from html import unescape
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client

from peersupport.audit.models import Entry
from tests.chat.conftest import Evening
from tests.chat.test_without_sockets import asking, behind_a_proxy
from tests.facilitators.conftest import enters

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(55, 47)]

__all__ = ["behind_a_proxy"]

CANARY = "canary: the name of his teacher"


async def test_a_long_poll_gives_held_words_to_their_writer_and_to_facilitators_alone(
    open_evening: Evening,
) -> None:
    maija = await open_evening.comes("maija")
    assert (await maija.send("mode", mode="hold_all"))["ok"]
    async with (
        asking(open_evening, "aino") as aino,
        asking(open_evening, "berit") as berit,
        asking(open_evening, "oskar") as oskar,
    ):
        sent = await aino.send(id=str(uuid4()), body=CANARY, note=CANARY)
        assert sent.json()["state"] == "held"
        answers = {
            name: str(await one.ask(after=0))
            for name, one in (("aino", aino), ("berit", berit), ("oskar", oskar))
        }
    assert [name for name, answer in answers.items() if CANARY in answer] == ["aino", "oskar"]


def pages(evening: Evening) -> dict[str, str]:
    """What everybody's pages show who could come across it."""
    room, cast = evening.room.pk, evening.cast
    paths = {
        "aino": f"/room/{room}/",
        "berit": f"/room/{room}/",
        "maija": f"/today/room/{room}/",
        "oskar": f"/today/room/{room}/beside/",
        "ruben": f"/today/room/{room}/",
        "salla": "/desk/matters/",
        "toivo": f"/room/{room}/",
    }
    found: dict[str, str] = {}
    for name, path in paths.items():
        client: Client = enters(getattr(cast, name))
        found[name] = unescape(client.get(path).content.decode())
    return found


async def test_no_page_no_log_no_audit_and_no_readable_column_holds_them(
    open_evening: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    with caplog.at_level(logging.DEBUG):
        assert (await maija.send("mode", mode="hold_all"))["ok"]
        message = str(uuid4())
        assert (await aino.send("post", id=message, body=CANARY, note=CANARY))["state"] == "held"
        seen = await sync_to_async(pages)(open_evening)
        assert (await maija.send("decline", target=message, reason=CANARY))["ok"]
        assert (await aino.send("appeal", target=message, reason=CANARY))["ok"]
    assert sorted(name for name, page in seen.items() if CANARY in page) == ["aino", "maija", "oskar"]
    assert CANARY not in caplog.text
    assert CANARY not in str([(one.facts, one.about) async for one in Entry.objects.all()])
    assert await sync_to_async(plain_columns_with)(CANARY) == []


def plain_columns_with(words: str) -> list[str]:
    """Every text column of the database in which the words stand readable."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns"
            " WHERE table_schema IN ('public', 'vault')"
            " AND data_type IN ('text', 'character varying', 'jsonb')"
        )
        for schema, table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT 1 FROM "{schema}"."{table}" WHERE "{column}"::text LIKE %s LIMIT 1', [f"%{words}%"]
            )
            if cursor.fetchone():
                found.append(f"{table}.{column}")
    return found
