"""Sockets and what is answered before Django stand in the registry of routes as well."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.urls import path

from guides import editions
from guides.addresses import PUBLISHED
from guides.models import Rendition
from peersupport.chat.consumer import RoomConsumer
from peersupport.chat.hub import sockets
from peersupport.registries import comparing, outside, routes
from tests.guides.conftest import NOON, drawer, tree
from tests.guides.trees import Tree

__all__ = ["drawer", "tree"]


def test_a_socket_that_is_not_listed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    router = cast(Any, sockets.application).application
    another = path("ws/door/", cast(Any, RoomConsumer.as_asgi()))
    monkeypatch.setattr(router, "routes", [*router.routes, another])
    assert comparing.problems() == ["routes.toml lacks socket:ws/door/ (ws/door/)."]


def test_a_published_address_that_is_not_listed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peersupport.registries.outside.PUBLISHED", (*PUBLISHED, "/<language>/door/"))
    assert comparing.problems() == ["routes.toml lacks before:/<language>/door/ (/<language>/door/)."]


def test_what_is_listed_and_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = sorted(outside.names())
    assert len(gone) == 10
    monkeypatch.setattr(outside, "names", dict)
    assert comparing.problems() == [f"routes.toml lists {name}, which does not exist." for name in gone]


@pytest.mark.django_db
def test_every_path_that_publishing_makes_is_listed(tree: Tree) -> None:
    editions.publish(tree.read(), by="Tuuli", now=NOON)
    paths = set(Rendition.objects.values_list("path", flat=True))
    assert {one.rpartition(".")[2] for one in paths} > {"pdf"}, "pages and paper were made"
    assert outside.unlisted(paths, routes.rules()) == []
    others = ["/en/door/", "/en/guides/tea/pot/more/", "/en/guides/tea/tea-a4.zip"]
    assert outside.unlisted(others, routes.rules()) == others
