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


def kept(language: str, slug: str) -> str:
    """A guide as one file to keep."""
    return f"{guide(language, slug)}{slug}.html"


def text(language: str, slug: str) -> str:
    """A guide as plain text."""
    return f"{guide(language, slug)}{slug}.txt"


def sums(language: str, slug: str) -> str:
    """The checksums of a guide's files, as ``sha256sum`` writes and reads them."""
    return f"{guide(language, slug)}{slug}-sums.txt"


def editions(language: str, slug: str) -> str:
    """Every edition of a guide."""
    return f"{guide(language, slug)}editions/"


def edition(language: str, slug: str, number: int) -> str:
    """One edition, whole; its files stand below."""
    return f"{editions(language, slug)}{number}/"


def data(language: str, slug: str) -> str:
    """A guide as JSON, for another site to show."""
    return f"/api/v1/guides/{language}/{slug}/"


#: What is published, with the names of what varies.
PUBLISHED = (
    library("<language>"),
    guide("<language>", "<guide>"),
    section("<language>", "<guide>", "<section>"),
    pdf("<language>", "<guide>", "<kind>"),
    kept("<language>", "<guide>"),
    text("<language>", "<guide>"),
    sums("<language>", "<guide>"),
    data("<language>", "<guide>"),
)


def search(language: str) -> str:
    """The search in one language."""
    return reverse("guides:search", args=[language])


def answer(language: str, slug: str, section_slug: str) -> str:
    """Where "Did this help?" is answered, and thanked for."""
    return reverse("guides:answer", args=[language, slug, section_slug])


def help_page(language: str) -> str:
    """Helplines by country, in the language of the page that leads there."""
    return f"{reverse('guides:help')}?in={language}"
