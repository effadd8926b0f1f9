"""With the database's disk full nothing is half-written, it is said clearly, and the log has an alarm."""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError

from guides import editions
from guides.models import Edition, Rendition
from peersupport.chat.models import Event
from peersupport.database.cluster import Cluster
from peersupport.joining.models import Application
from tests.chat.conftest import Evening, evening, open_evening, open_evening_room, people, settled_evening
from tests.conftest import SecureClient
from tests.full_disk import full_at
from tests.guides.conftest import NOON, drawer, tree
from tests.guides.trees import Tree
from tests.joining import walking

__all__ = ["drawer", "evening", "open_evening", "open_evening_room", "people", "settled_evening", "tree"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(21)]


def test_an_application_is_sent_whole_or_not_at_all(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    client = SecureClient(raise_request_exception=False)
    walking.answer_all(client)
    # That it was sent is audited last, after all else of it was written.
    with full_at(cluster, "audit_entry"):
        answer = client.post("/join/check/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "cannot reach our records" in answer.content.decode()
    assert Application.objects.get().sent_at is None
    assert [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert client.post("/join/check/").status_code == 302
    assert Application.objects.get().sent_at is not None


async def test_a_message_is_not_acknowledged_and_goes_out_once_there_is_room(
    cluster: Cluster, open_evening: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    message = uuid4()
    with full_at(cluster, "chat_event"):
        reply = await aino.post("a full disk", message=message)
    assert reply["error"]["code"] == "internal"
    assert not await Event.objects.aexists()
    assert [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert (await aino.post("a full disk", message=message))["seq"] == 1
    await berit.hears(body="a full disk")


def test_the_old_edition_of_a_guide_stays_whole(cluster: Cluster, tree: Tree) -> None:
    publish(tree)
    before = served()
    tree.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    with full_at(cluster, "guides_rendition"), pytest.raises(OperationalError, match="No space left"):
        publish(tree)
    assert served() == before
    assert Edition.objects.count() == 1
    publish(tree)
    assert Edition.objects.count() == 2


def publish(tree: Tree) -> None:
    """As the tree stands."""
    editions.publish(tree.read(), by="Tuuli", now=NOON)


def served() -> dict[tuple[str, Any], str]:
    """ETags of all that is served."""
    return {(row.path, row.shown_from): row.etag for row in Rendition.objects.current()}
