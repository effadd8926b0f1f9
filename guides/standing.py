"""How each section stands in each language: missing, older than its source, overdue, reviewed or not.

Every text is made from the one in ``SOURCE``. A translation says which wording it followed (``follows`` in
its front matter); once the source reads differently, it is older.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from guides.reading import Guide, Library, Section

SOURCE = "en"
FOLLOWS = re.compile(r"^follows:.*\n", re.MULTILINE)


class State(StrEnum):
    """What an editor should know of a section in a language."""

    MISSING = "missing"
    OLDER = "older"
    OVERDUE = "overdue"
    DRAFT = "draft"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class Standing:
    """A section of a guide in one language. ``section`` is None where it is missing there."""

    language: str
    guide: str
    slug: str
    section: Section | None
    states: tuple[State, ...]

    @property
    def needs_work(self) -> bool:
        """Whether somebody has something to do about it, besides reviewing a draft."""
        return not {State.MISSING, State.OLDER, State.OVERDUE}.isdisjoint(self.states)


def standings(library: Library, *, today: date) -> Iterator[Standing]:
    """Every section of every guide in every language of the tree, in reading order of the source."""
    languages = sorted({guide.language for guide in library.guides}, key=lambda code: (code != SOURCE, code))
    for slug in dict.fromkeys(guide.slug for guide in library.guides):
        for section_slug in _slugs(library, slug, languages):
            for language in languages:
                yield standing(library, language, slug, section_slug, today=today)


def standing(library: Library, language: str, guide: str, slug: str, *, today: date) -> Standing:
    """How one section stands in one language."""
    section = _section(library, language, guide, slug)
    if section is None:
        return Standing(language, guide, slug, None, (State.MISSING,))
    states = [State(section.status)]
    if section.overdue(today):
        states.insert(0, State.OVERDUE)
    if is_older(library, language, guide, section):
        states.insert(0, State.OLDER)
    return Standing(language, guide, slug, section, tuple(states))


def is_older(library: Library, language: str, guide: str, section: Section) -> bool:
    """Whether a translation does not follow the source as it reads now; never of the source itself."""
    if language == SOURCE:
        return False
    source = _section(library, SOURCE, guide, section.slug)
    return source is not None and source.fingerprint != section.follows


def follow(library: Library, sections: Iterable[tuple[Guide, Section]]) -> list[Path]:
    """Writes into each translation that it follows the source as it reads now; the files that changed."""
    changed = []
    for guide, section in sections:
        source = _section(library, SOURCE, guide.slug, section.slug)
        if guide.language == SOURCE or source is None or source.fingerprint == section.follows:
            continue
        path = library.root / section.file
        text = FOLLOWS.sub("", path.read_text(encoding="utf-8"), count=1)
        line = f'follows: "{source.fingerprint}"\n'
        path.write_text(text.replace("\nstatus:", f"\n{line}status:", 1), encoding="utf-8")
        changed.append(path)
    return changed


def _slugs(library: Library, guide: str, languages: Iterable[str]) -> list[str]:
    found = (library.guide(language, guide) for language in languages)
    return list(dict.fromkeys(section.slug for each in found if each for section in each.sections))


def _section(library: Library, language: str, guide: str, slug: str) -> Section | None:
    home = library.guide(language, guide)
    return home.section(slug) if home else None
