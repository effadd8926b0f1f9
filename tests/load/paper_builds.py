"""How long the papers of each guide take to make, and how much memory a process that sets them holds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from types import TracebackType

import django
import pytest
from django.conf import settings

from tests.load.figures import Figure

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def builds() -> Iterator[Figure]:
    """For each guide in each language: everything made anew, and nothing changed (composed and compared)."""
    django.setup()
    from guides.reading import read_library

    library = read_library(settings.GUIDES_DIR)
    for guide in library.guides:
        name = f"papers of {guide.language}/{guide.slug}"
        started = time.perf_counter()
        orders = _orders(library, guide)
        unchanged = time.perf_counter() - started
        seconds, peak = _made(orders)
        yield Figure(f"{name}: made", unchanged + seconds, "s", must=60, aim=20)
        yield Figure(f"{name}: unchanged", unchanged, "s")
        yield Figure(f"{name}: memory of a process at most", peak / 1024, "MiB", must=600)


def _orders(library: object, guide: object) -> list[object]:
    """What is to be set; its fingerprints are taken, as publishing does to see what has changed."""
    from guides import paper
    from guides.models import Edition
    from guides.reading import Guide, Library

    assert isinstance(library, Library)
    assert isinstance(guide, Guide)
    edition = Edition(guide=guide.slug, language=guide.language, number=1, published_at=NOON)
    orders = [each.order for each in paper.papers(library, guide, edition, today=date(2026, 11, 22))]
    assert all(order.fingerprint for order in orders)
    return list(orders)


def _made(orders: Sequence[object]) -> tuple[float, int]:
    """Seconds that setting takes, and the most memory that one of its processes held, in KiB."""
    from guides import typesetting

    peaks: list[int] = []

    class Watched(typesetting.Typesetter):
        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            peaks.append(self.peak)
            super().__exit__(kind, error, trace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typesetting, "Typesetter", Watched)
        started = time.perf_counter()
        typesetting.typeset([order for order in orders if isinstance(order, typesetting.Order)])
        return time.perf_counter() - started, max(peaks)
