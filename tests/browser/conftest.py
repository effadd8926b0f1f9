"""What the journeys find on the site: guides that are published, and a group that is coming."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache

import httpx
import pytest
from django.conf import settings

from guides import typesetting
from guides.editions import publish
from guides.models import Edition, Rendition
from guides.reading import read_library
from tests.browsing import ServedSite
from tests.guides.conftest import NOON, empty_papers

#: The server looks once a second for something new.
SERVED_WITHIN = 60.0


@pytest.fixture
def guides(site: ServedSite, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The English guides that ship, published and served, on empty papers.

    They are made once; later tests get the same rows again."""
    monkeypatch.setattr(typesetting, "typeset", empty_papers)
    editions, renditions = _made()
    if not Edition.objects.exists():
        Edition.objects.bulk_create(editions)
        Rendition.objects.bulk_create(renditions)
    paths = [f"/en/guides/{edition.guide}/" for edition in editions]
    until = time.monotonic() + SERVED_WITHIN
    with httpx.Client(base_url=site.url, verify=False) as reader:
        while not all(reader.get(path).status_code == 200 for path in paths):
            assert time.monotonic() < until, "the guides were not served in time"
            time.sleep(0.2)


@cache
def _made() -> tuple[list[Edition], list[Rendition]]:
    library = read_library(settings.GUIDES_DIR)
    english = replace(library, guides=tuple(one for one in library.guides if one.language == "en"))
    publish(english, by="tests", now=NOON)
    return list(Edition.objects.all()), list(Rendition.objects.all())
