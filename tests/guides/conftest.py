"""The small tree, the real texts, and PDFs: real ones made once, empty ones where it is not about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings as site
from pytest_django import Settings

from guides import paper, typesetting
from guides.models import Edition
from guides.reading import Library, read_library
from guides.typesetting import Document, Order
from tests.guides.drawer import Drawer, drawer
from tests.guides.trees import Tree, plant

__all__ = ["drawer"]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
# The longest and a short one.
GUIDES = ("next-steps", "waiting-for-answers")


def empty_papers(orders: Sequence[Order]) -> list[list[Document]]:
    """Takes the place of the typesetter: for each paper bytes that say what it would be made from."""
    return [
        [
            Document(pdf=f"%PDF-1.7 {kind} {order.fingerprint}".encode() * 40, pages=1)
            for kind in ("tagged", "booklet")[: 2 if order.notes else 1]
        ]
        for order in orders
    ]


@pytest.fixture
def tree(
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Tree:
    """The small tree, and the site reads it. Its papers are empty."""
    monkeypatch.setattr(typesetting, "typeset", empty_papers)
    settings.GUIDES_DIR = tmp_path / "content"
    return plant(settings.GUIDES_DIR)


@pytest.fixture(scope="session")
def real_texts() -> Library:
    """The guides that ship."""
    return read_library(site.GUIDES_DIR)


@pytest.fixture(scope="session")
def composed(real_texts: Library, static_files: None) -> dict[str, Order]:
    """Each real guide, composed for A4."""
    return {slug: ordered(real_texts, slug, "a4") for slug in GUIDES}


@pytest.fixture(scope="session")
def printed(composed: dict[str, Order], drawer: Drawer) -> dict[str, Document]:
    """Each real guide's PDF."""
    made = drawer.documents(typesetting.typeset, list(composed.values()))
    return {slug: documents[0] for slug, documents in zip(composed, made, strict=True)}


def ordered(library: Library, slug: str, kind: str) -> Order:
    """What is set for one kind of paper of an English guide."""
    guide = library.guide("en", slug)
    assert guide is not None
    edition = Edition(guide=slug, language="en", number=1, published_at=NOON)
    papers = paper.papers(library, guide, edition, today=TODAY)
    return next(each.order for each in papers if kind in each.kinds)
