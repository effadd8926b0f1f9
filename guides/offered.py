"""In which languages there are guides: what a link from elsewhere on the site may lead to.

Asked of the tree and not of the rows: every page asks, and publishing publishes the whole tree."""

from __future__ import annotations

from django.conf import settings

from guides import addresses
from guides.standing import SOURCE


def nearest(language: str | None, slug: str = "") -> str:
    """The language itself where the guide (without a slug: any guide) is written in it, else English."""
    # By one name, and not part by part: a template gives a slug that a path refuses to be joined with.
    folder = settings.GUIDES_DIR / f"{language}/{slug}"
    there = (folder / "guide.yaml").is_file() if slug else folder.is_dir()
    return language if language and there else SOURCE


def path(language: str | None, slug: str = "") -> str:
    """The address of a guide, or of the list of guides without a slug, in the nearest language."""
    nearby = nearest(language, slug)
    return addresses.guide(nearby, slug) if slug else addresses.library(nearby)
