"""Words typed wrong, or without their accents: the words of the guides that were probably meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from guides.dictionaries import folded

# Longer words are not asked about in earnest; shorter ones are near to everything.
LONGEST = 30
AT_MOST = 3


class Words:
    """The vocabulary of a language, ready to be asked: each word with its stem ("" for the emptiest)."""

    def __init__(self, stems: Mapping[str, str]) -> None:
        self.stems = stems

    def meant(self, word: str, stem: str) -> list[str]:
        """What may have been meant: nothing where the word, its stem or its beginning is known as it is;
        else the same with accents; else the nearest words, the nearest alone, three at most."""
        if word in self.stems or stem in self._known_stems:
            return []
        plain = folded(word)
        if plain in self._by_form:
            return self._by_form[plain][:AT_MOST]
        if len(plain) > LONGEST or self._begins(word):
            return []
        # Stems as well: rikosilmoituksen and rikosilmoitus are three letters apart, their stems one.
        near = [each for form in {plain, folded(stem)} for each in self._near(form)]
        nearest = min(near, default=(0, ""))[0]
        best = sorted({other for far, other in near if far == nearest})
        return list(dict.fromkeys(each for other in best for each in self._by_form[other]))[:AT_MOST]

    def _near(self, form: str) -> Iterator[tuple[int, str]]:
        bound, mask = _bound(len(form)), _letters(form)
        sizes = range(len(form) - bound, len(form) + bound + 1) if bound else ()
        for other, letters in (each for size in sizes for each in self._by_length.get(size, ())):
            # Each wrong letter changes at most two of the set: most words are out by one look.
            if (mask ^ letters).bit_count() <= 2 * bound:
                far = distance(form, other, bound)
                if far <= bound:
                    yield far, other

    def _begins(self, word: str) -> bool:
        return any(other.startswith(word) for other in self.stems)

    @cached_property
    def _known_stems(self) -> frozenset[str]:
        return frozenset(filter(None, self.stems.values()))

    @cached_property
    def _by_form(self) -> dict[str, list[str]]:
        """The words behind each form without accents: the word's own, and its stem."""
        found = defaultdict(list)
        for word, stem in self.stems.items():
            for form in {folded(word), folded(stem)} if stem else ():
                found[form].append(word)
        return {form: sorted(same, key=lambda word: (len(word), word)) for form, same in found.items()}

    @cached_property
    def _by_length(self) -> dict[int, list[tuple[str, int]]]:
        found = defaultdict(list)
        for word in self._by_form:
            found[len(word)].append((word, _letters(word)))
        return dict(found)


def distance(one: str, other: str, bound: int) -> int:
    """How many letters are wrong, missing, too many or exchanged with their neighbour; ``bound`` + 1 stands
    for more than that.

    Damerau's distance as optimal string alignment (no part is changed twice), three rows at a time."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, its in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > bound and min(before) > bound:
            return bound + 1
    return min(row[-1], bound + 1)


def _bound(length: int) -> int:
    return 0 if length < 4 else 1 if length < 8 else 2


def _letters(word: str) -> int:
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) % 64)
    return mask
