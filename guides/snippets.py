"""The few words around what was found, with what was found marked.

Not PostgreSQL's own `ts_headline`: its parser takes the typographer's apostrophe for a letter (l’école), and
leaves out what looks like a tag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from guides.dictionaries import WORD
from guides.spelling import Words

LONG = 190
BEFORE = 60
# From so many letters on, the beginning of a compound is found as well: anmäl, rikos.
BEGINNING = 4


@dataclass(frozen=True)
class Term:
    """A word that was asked for, its stem, and what may have been meant by it."""

    word: str
    stem: str
    meant: tuple[str, ...]

    @property
    def query(self) -> str:
        """The term as `to_tsquery` reads it: of letters and digits, so that no sign in it is not ours."""
        first = f"{self.word}:*" if len(self.word) >= BEGINNING else self.word
        return " | ".join([first, *self.meant])


class Shown:
    """Finds the terms in a text, by the stems of its words."""

    def __init__(self, words: Words, terms: Sequence[Term]) -> None:
        self._stems = words.stems
        self._wanted = {term.stem for term in terms} | {
            words.stems[word] for term in terms for word in term.meant
        }
        self._beginnings = tuple(term.stem for term in terms if len(term.word) >= BEGINNING)

    def snippet(self, text: str) -> SafeString:
        """About two lines of ``text``, where most of the terms stand together; its beginning if none does."""
        spans = list(self._spans(text))
        first = max(spans, key=lambda span: self._together(spans, span[0]), default=(0, 0))[0]
        start = _start(text, first)
        end = _end(text, start + LONG)
        parts, last = [], start
        for begin, stop in spans:
            if start <= begin and stop <= end:
                parts.append((text[last:begin], text[begin:stop]))
                last = stop
        marked = format_html_join("", "{}<mark>{}</mark>", parts)
        before, after = "… " * (not _begins(text, start)), " …" * (end < len(text))
        return format_html("{}{}{}{}", before, marked, text[last:end], after)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        for match in WORD.finditer(text):
            stem = self._stems.get(match[0].lower(), "")
            if stem and (stem in self._wanted or stem.startswith(self._beginnings)):
                yield match.span()

    def _together(self, spans: Sequence[tuple[int, int]], begin: int) -> int:
        return sum(begin <= each < begin + LONG - BEFORE for each, _stop in spans)


def _start(text: str, first: int) -> int:
    """Where to begin: at the sentence, if it is near, else at a word."""
    earliest = max(first - BEFORE, 0)
    if not earliest:
        return 0
    sentence = max(text.rfind(mark, earliest, first) for mark in (". ", "? ", "! "))
    return sentence + 2 if sentence >= 0 else text.find(" ", earliest) + 1


def _end(text: str, wanted: int) -> int:
    if wanted >= len(text):
        return len(text)
    return max(text.rfind(" ", 0, wanted), 0) or wanted


def _begins(text: str, start: int) -> bool:
    return start == 0 or text[start - 2] in ".?!"
