"""Finds the phrases of the word lists in a text.

One pass over a text tells which phrases it may hold at all (A. Aho and M. Corasick, "Efficient string
matching", 1975). From every word of a text these are tried, word by word; a step count ends what would take
too long, so the time grows with the length of the text and with nothing else.
`static/chat/phrases.js` does the same in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product, takewhile
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from peersupport.chat.nudges.folding import Text, Word, fold
from peersupport.chat.nudges.phrases import Atom, Layer, Phrase, anchors, rarity, read, solid

ENDING_MOST = 8
SKIP_MOST = 2
# A text that needs more steps than this for each of its words is read no further: no list can make the site
# wait.
STEPS_A_WORD = 200
# So many ways to put some words of a phrase are looked for at first.
WORDINGS_MOST = 24
NUMBER = re.compile(r"[0-9]{1,4}[a-z]?$")

M = TypeVar("M")
# One of these, or all of one of those, as they stand between spaces.
Need = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]


class Hit(NamedTuple, Generic[M]):
    """A phrase found: its mark, and from which word to which (the last not included)."""

    mark: M
    first: int
    last: int


class _Known(NamedTuple, Generic[M]):
    """A phrase with its mark, and what tells at first sight that a text cannot hold it.

    `needs`: for each place that words alone can fill, what must stand there; the place least often filled
    comes first. `begins`: the words it can begin with, if nothing else can.
    """

    number: int
    layers: Phrase
    mark: M
    needs: tuple[Need, ...]
    begins: frozenset[str] | None

    def may_stand_in(self, spaced: str) -> bool:
        """False for nearly every text that does not hold it, and for none that does."""
        for words, together in self.needs:
            alone = any(word in spaced for word in words)
            if not alone and not any(all(word in spaced for word in some) for some in together):
                return False
        return True


def _begins(layers: Phrase) -> frozenset[str] | None:
    others = layers[0].others
    if not all(choice and choice[0].kind == "word" for choice in others):
        return None
    return layers[0].words.union(choice[0].text for choice in others)


def _needs(layers: Phrase) -> Iterator[Need]:
    # By its anchors it was told in the first place: they come last.
    told_by = anchors(layers)

    def worth(layer: Layer) -> tuple[bool, tuple[int, int]]:
        atoms = solid(layer)
        return (atoms != told_by, rarity(atoms))

    for layer in sorted(filter(solid, layers), key=worth, reverse=True):
        told = [tuple(_spaced(atom) for atom in some if atom.text) for some in layer.others]
        alone = (*sorted(f" {word} " for word in layer.words), *(some[0] for some in told if len(some) == 1))
        yield alone, tuple(some for some in told if len(some) > 1)


def _telling(layers: Phrase) -> Iterable[str]:
    """What of a phrase is looked for first: one of these is in the `spaced` of every text that holds it.

    Its anchors, with the words on both sides of them as long as there are few ways to put them: "know" is in
    half of all texts, "know how to" in few, "know how to survive" in hardly any.
    """
    told_by = anchors(layers)
    begins = next(place for place, layer in enumerate(layers) if solid(layer) == told_by)
    found = _wordings(layers[begins])
    if not found:
        return map(_spaced, told_by)
    for neighbours, behind in ((layers[begins + 1 :], True), (reversed(layers[:begins]), False)):
        for layer in neighbours:
            more = _wordings(layer)
            if not more or len(found) * len(more) > WORDINGS_MOST:
                break
            pairs = product(found, more) if behind else product(more, found)
            found = [f"{one} {other}" for one, other in pairs]
    return dict.fromkeys(f" {one} " for one in found)


def _wordings(layer: Layer) -> list[str]:
    """Whatever can stand at a place, where that is made of whole words alone; none where it is not."""
    whole = all(choice and all(atom.kind == "word" for atom in choice) for choice in layer.others)
    if layer.gap or not whole:
        return []
    return [*sorted(layer.words), *(" ".join(atom.text for atom in choice) for choice in layer.others)]


def _spaced(atom: Atom) -> str:
    """As it stands in a text's `spaced`: a whole word, the beginning of one, or its end."""
    before, behind = " " if atom.kind in ("word", "stem") else "", "" if atom.kind == "stem" else " "
    return f"{before}{atom.text}{behind}"


class Matcher(Generic[M]):
    """Finds many phrases at once. `never_names` are words that a capital does not make a name."""

    def __init__(self, phrases: Iterable[tuple[str, M]], *, never_names: Iterable[str] = ()) -> None:
        self._never_names = {fold(word) for word in never_names}
        told: dict[str, list[_Known[M]]] = {}
        spelled = [(layers, mark) for phrase, mark in phrases for layers in read(phrase)]
        for number, (layers, mark) in enumerate(spelled):
            known = _Known(number, layers, mark, tuple(_needs(layers)), _begins(layers))
            for words in _telling(layers):
                told.setdefault(words, []).append(known)
        # In one pass over a text, however many phrases there are.
        self._anchors = AhoCorasick(told)
        self._told = list(told.values())
        #: One of these is in the `spaced` of every text that holds one of the phrases.
        self.telling = tuple(told)

    def _possible(self, text: Text) -> list[_Known[M]]:
        """The phrases that a text may hold. Quick, and mostly none."""
        spaced = text.spaced
        found = self._anchors.find_matches_as_indexes(spaced, overlapping=True)
        if not found:
            return []
        told = {number for number, _start, _end in found}
        possible = {
            known.number: known
            for number in told
            for known in self._told[number]
            if known.may_stand_in(spaced)
        }
        return list(possible.values())

    def hits(self, text: Text, *, among: Collection[M] = ()) -> list[Hit[M]]:
        """Every phrase in a text, in reading order, longer ones first.

        With `among`, none are looked for where the text can hold no phrase that is marked so.
        """
        possible = self._possible(text)
        if not possible or (among and not any(known.mark in among for known in possible)):
            return []
        reading = _Reading(text.words, self._never_names)
        found = {
            Hit(known.mark, first, last)
            for known in takewhile(lambda _known: reading.goes_on, possible)
            for first in reading.firsts(known.begins)
            for last in reading.ends(known.layers, first)
        }
        return sorted(found, key=lambda hit: (hit.first, -hit.last, str(hit.mark)))


class _Reading:
    """One text while phrases are looked for in it, and how many steps that may still take."""

    def __init__(self, words: Sequence[Word], never_names: set[str]) -> None:
        self._words, self._never_names = words, never_names
        self._steps = STEPS_A_WORD * (len(words) + 10)

    @property
    def goes_on(self) -> bool:
        """Whether anything can still be found: not once all steps are taken."""
        return self._steps >= 0

    def firsts(self, begins: frozenset[str] | None) -> Sequence[int]:
        """The words at which a phrase can begin that begins so."""
        if begins is None:
            return range(len(self._words))
        return [first for first, word in enumerate(self._words) if word.text in begins]

    def ends(self, layers: Phrase, first: int) -> Iterator[int]:
        """Behind which words a phrase that begins at this one can end."""
        return self._ends(layers, 0, first, first)

    def _ends(self, layers: Phrase, step: int, at: int, first: int) -> Iterator[int]:
        self._steps -= 1
        if step == len(layers):
            yield at
            return
        if self._steps < 0:
            return
        layer = layers[step]
        if layer.gap:
            for skipped in range(SKIP_MOST + 1):
                if self._here(at + skipped, first) is None:
                    return
                yield from self._ends(layers, step + 1, at + skipped, first)
            return
        word = self._here(at, first)
        if word is not None and word.text in layer.words:
            yield from self._ends(layers, step + 1, at + 1, first)
        for choice in layer.others:
            end = self._along(choice, at, first)
            if end is not None:
                yield from self._ends(layers, step + 1, end, first)

    def _here(self, at: int, first: int) -> Word | None:
        """The word at a place, where the same sentence still goes on."""
        if at >= len(self._words) or (self._words[at].breaks and at > first):
            return None
        return self._words[at]

    def _along(self, choice: tuple[Atom, ...], at: int, first: int) -> int | None:
        for atom in choice:
            word = self._here(at, first)
            if word is None or not self._is(atom, word):
                return None
            at += 1
        return at

    def _is(self, atom: Atom, word: Word) -> bool:
        match atom.kind:
            case "word":
                return word.text == atom.text
            case "stem":
                return word.text.startswith(atom.text) and len(word.text) - len(atom.text) <= ENDING_MOST
            case "ending":
                return _ends_so(word, atom)
            case "number":
                return bool(NUMBER.match(word.text))
            case "named ending":
                return word.capital and word.text not in self._never_names and _ends_so(word, atom)
            case _:
                return word.capital and word.text not in self._never_names and not word.text[0].isdigit()


def _ends_so(word: Word, atom: Atom) -> bool:
    return word.text.endswith(atom.text) and len(word.text) >= len(atom.text) + 2
