"""Two wordings of a text, word by word: what was taken out and what was put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from guides.models import Edition
from guides.reading import Section, read_section

# Editions that are looked through for an older wording.
EDITIONS_MOST = 50
WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Run:
    """Words in a row that both have, or that only the older or only the newer one has."""

    kind: Literal["same", "out", "in"]
    text: str


def compared(older: str, newer: str) -> list[Run]:
    """The newer text with what was taken out of the older one, in reading order."""
    before, after = WORDS.findall(older), WORDS.findall(newer)
    runs: list[Run] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run("same", "".join(after[c:d])))
            continue
        if a < b:
            runs.append(Run("out", "".join(before[a:b])))
        if c < d:
            runs.append(Run("in", "".join(after[c:d])))
    return runs


def followed(guide: str, section: Section, *, language: str, fingerprint: str) -> Section | None:
    """A section as it read when a translation followed it; None where no edition has that wording."""
    kept = Edition.objects.filter(guide=guide, language=language).order_by("-number")
    for source in kept.values_list("source", flat=True)[:EDITIONS_MOST]:
        older = section_in(source, section.slug)
        if older and older.fingerprint == fingerprint:
            return older
    return None


def section_in(source: Mapping[str, str], slug: str) -> Section | None:
    """A section among the files of an edition; its number in the order of chapters may have been another."""
    for name, text in source.items():
        if name.endswith(f"-{slug}.md") and (found := read_section(text, name, [])) and found.slug == slug:
            return found
    return None
