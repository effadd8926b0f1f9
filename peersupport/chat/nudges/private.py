"""The words a member asked to keep private, a child's name or a town, found however they are inflected.

Whole words only, without regard to accents and capitals. Endings are those of Finnish cases, owners and
clitics, and the "s" of English and Swedish; stems also in the weak grade, so that "Turku" is found in
"Turussa". `static/chat/looking.js` does the same in a browser with the stems that are made here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from peersupport.chat.nudges.details import Finding
from peersupport.chat.nudges.folding import MARK, WORD, Word, fold

WORDS_MOST = 20
LENGTH_MOST = 60
# Shorter ones would be found at the beginning of too many words.
INFLECTED_LEAST = 3

CASES = (
    *("", "n", "a", "ta", "tta", "han", "hen", "hin", "hon", "hun", "hyn", "seen", "ssa", "sta"),
    *("lla", "lta", "lle", "na", "ksi", "s", "es", "nsa", "ni", "si", "mme", "nne"),
)
CLITICS = ("", "kin", "kaan", "ko", "han", "pa")
ENDINGS = frozenset("".join(pair) for pair in itertools.product(CASES, CLITICS))
# After a last vowel that is said once more (Aino, Ainoon), and after a consonant with an "i" (Max, Maxille).
DOUBLED = frozenset("n" + clitic for clitic in CLITICS)
VOWELS = "aeiouy"
GRADES = (
    ("nk", "ng"),
    ("nt", "nn"),
    ("lt", "ll"),
    ("rt", "rr"),
    ("mp", "mm"),
    ("kk", "k"),
    ("pp", "p"),
    ("tt", "t"),
)
SINGLE = (("k", ""), ("t", "d"), ("p", "v"))


class PrivateWords:
    """Some words of one member, ready to be looked for."""

    def __init__(self, given: Sequence[str]) -> None:
        self.entries = tuple(entry for text in given[:WORDS_MOST] if (entry := _entry(text)))
        self._by_last: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for before, stems in self.entries:
            for key in {stem[:2] for stem in stems}:
                self._by_last.setdefault(key, []).append((before, stems))

    def __bool__(self) -> bool:
        return bool(self.entries)

    def may_hold(self, bag: set[str]) -> bool:
        """Whether a text can hold one at all."""
        return any(is_form(word, stems) for word in bag for _before, stems in self._by_last.get(word[:2], ()))

    def findings(self, words: Sequence[Word]) -> Iterator[Finding]:
        """Every place in a text where one of them stands."""
        texts = [word.text for word in words]
        for last, text in enumerate(texts):
            for before, stems in self._by_last.get(text[:2], ()):
                first = last - len(before)
                if first >= 0 and tuple(texts[first:last]) == before and is_form(text, stems):
                    yield Finding("private", words[first].start, words[last].end)


def is_form(word: str, stems: Sequence[str]) -> bool:
    """Whether a folded word is one of these stems with an ending; the first stem is the word itself."""
    if word == stems[0]:
        return True
    return any(
        len(stem) >= INFLECTED_LEAST and word.startswith(stem) and _is_ending(word[len(stem) :], stem[-1])
        for stem in stems
    )


def _is_ending(rest: str, last: str) -> bool:
    if rest in ENDINGS or (rest[:1] == last and rest[1:] in DOUBLED):
        return True
    return last not in VOWELS and rest[:1] == "i" and (rest[1:] in ENDINGS or rest[1:] in DOUBLED)


def _entry(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    found = [part.replace(MARK, "") for part in WORD.findall(fold(text[:LENGTH_MOST]))]
    return (tuple(found[:-1]), _stems(found[-1])) if found else None


def _stems(word: str) -> tuple[str, ...]:
    """A word and what it becomes before Finnish endings: Turku, turu-; Lahti, lahde-; Virtanen, virtase-."""
    stems = [word]
    if len(word) > INFLECTED_LEAST + 1:
        if word.endswith("nen"):
            stems.append(word[:-3] + "se")
        for stem in (word, word[:-1] + "e" if word.endswith("i") else word):
            stems.append(stem)
            stems += [stem[:-3] + weak + stem[-1] for strong, weak in GRADES if stem[-3:-1] == strong]
            if not any(stem[-3:-1] == strong for strong, _weak in GRADES):
                stems += [stem[:-2] + weak + stem[-1] for strong, weak in SINGLE if stem[-2] == strong]
    return tuple(dict.fromkeys(stems))
