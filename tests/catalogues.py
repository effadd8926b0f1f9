"""A catalogue of a few words, compiled, so that a test may read the site in a second language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from pytest_django import Settings

from peersupport.registries.compiling import compile_all

OFFERED = [("en", "English"), ("fi", "Suomi")]
FINNISH = {
    "Privacy in plain words": "Yksityisyys selvästi sanottuna",
    "Keep my child safe online": "Lapseni turvaksi verkossa",
    "There is nothing here.": "Täällä ei ole mitään.",
    "Meet again: %(day)s": "Tavataan taas: %(day)s",
}


def offer_finnish(settings: Settings, folder: Path, words: Mapping[str, str] | None = None) -> Path:
    """The pages are offered in English and Finnish; of Finnish there are these words. The .po file."""
    file = write_catalogue(folder, FINNISH if words is None else words)
    list(compile_all(folder))
    settings.LOCALE_PATHS = [folder]
    settings.LANGUAGES = OFFERED
    return file


def write_catalogue(folder: Path, words: Mapping[str, str]) -> Path:
    """The words as a Finnish catalogue, not compiled."""
    catalogue = Catalog(locale="fi")
    for english, finnish in words.items():
        catalogue.add(english, finnish)
    file = folder / "fi" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, catalogue)
    return file
