"""Where guides stand: paths and file names, neutral by rule."""

from __future__ import annotations

from django.urls import reverse


def library(language: str) -> str:
    """The list of guides."""
    return f"/{language}/guides/"


def guide(language: str, slug: str) -> str:
    """A guide's own page."""
    return f"{library(language)}{slug}/"


def section(language: str, slug: str, section_slug: str) -> str:
    """A chapter's page."""
    return f"{guide(language, slug)}{section_slug}/"


def pdf(language: str, slug: str, kind: str = "a4") -> str:
    """A guide on paper; the kind (``a4``) is part of the file name."""
    return f"{guide(language, slug)}{slug}-{kind}.pdf"


#: What is published, with the names of what varies.
PUBLISHED = (
    library("<language>"),
    guide("<language>", "<guide>"),
    section("<language>", "<guide>", "<section>"),
    pdf("<language>", "<guide>", "<kind>"),
)


def help_page() -> str:
    """Helplines by country."""
    return reverse("guides:help")
