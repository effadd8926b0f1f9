"""The small tree, the real texts, and the real PDFs (made once a run)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as site
from pytest_django import Settings

from guides import paper, typesetter, typesetting
from guides.models import Edition
from guides.reading import Library, read_library
from guides.typesetting import Document
from tests.guides.drawer import Drawer, drawer
from tests.guides.trees import Tree, plant

__all__ = ["drawer"]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
GUIDES = ("next-steps", "online-safety-skills")


def set_here(html: str, *, dated: datetime) -> Document:
    """The document, without a process of its own."""
    pages, pdf = typesetter.typeset(html)
    return Document(pdf=pdf, pages=pages)


@pytest.fixture
def tree(
    tmp_path: Path,
    settings: Settings,
    drawer: Drawer,
    monkeypatch: pytest.MonkeyPatch,
) -> Tree:
    """The small tree, and the site reads it.

    Its PDFs are set in this process (a process each is what the real guides are set in), and once each."""
    monkeypatch.setattr(typesetting, "typeset", partial(drawer.document, set_here))
    settings.GUIDES_DIR = tmp_path / "content"
    return plant(settings.GUIDES_DIR)


@pytest.fixture(scope="session")
def real_texts() -> Library:
    """The guides that ship."""
    return read_library(site.GUIDES_DIR)


@pytest.fixture(scope="session")
def composed(real_texts: Library, static_files: None) -> dict[str, str]:
    """The HTML of each real guide's PDF."""
    html = {}
    for slug in GUIDES:
        guide = real_texts.guide("en", slug)
        assert guide is not None
        edition = Edition(guide=slug, language="en", number=1, published_at=NOON)
        html[slug] = paper.compose(real_texts, guide, edition, today=TODAY)
    return html


@pytest.fixture(scope="session")
def printed(composed: dict[str, str], drawer: Drawer) -> dict[str, Document]:
    """Each real guide's PDF."""
    typeset = partial(drawer.document, typesetting.typeset)
    return {slug: typeset(html, dated=NOON) for slug, html in composed.items()}
