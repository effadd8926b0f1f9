"""Finds the phrases of the word lists in a text.

From every word of a text the phrases that can begin there are tried, word by word; a step count ends what
would take too long, so the time grows with the length of the text and with nothing else.
`static/chat/phrases.js` does the same in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Generic, NamedTuple, TypeVar

from peersupport.chat.nudges.folding import Text, Word, fold
from peersupport.chat.nudges.phrases import Atom, Layer, Phrase, anchors, rarity, read, solid

ENDING_MOST = 8
SKIP_MOST = 2
# A text that needs more steps than this for each of its words is read no further: no list can make the site
# wait.
STEPS_A_WORD = 200
NUMBER = re.compile(r"[0-9]{1,4}[a-z]?$")

M = TypeVar("M")
Need = tuple[frozenset[str], tuple[frozenset[str], ...]]


class Hit(NamedTuple, Generic[M]):
    """A phrase found: its mark, and from which word to which (the last not included)."""

    mark: M
    first: int
    last: int


class _Known(NamedTuple, Generic[M]):
    """A phrase with its mark, and what tells at first sight that a text cannot hold it.

    `needs`: for each place that words alone can fill, those words, and the sets of words that can
    do so together; the place least often filled comes first. `begins`: the words it can begin with, if
    nothing else can.
    """

    number: int
    layers: Phrase
    mark: M
    needs: tuple[Need, ...]
    begins: frozenset[str] | None

    def may_stand_in(self, text: Text) -> bool:
        """False for nearly every text that does not hold it, and for none that does."""
        bag = text.bag
        for words, together in self.needs:
            if words.isdisjoint(bag) and not (together and any(some <= bag for some in together)):
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
        return (atoms != told_by, rarity(atoms) if atoms else (0, 0))

    for layer in sorted(layers, key=worth, reverse=True):
        together = [frozenset(atom.text for atom in some if atom.kind == "word") for some in layer.others]
        # A choice without a word of its own may be anything.
        if not layer.gap and all(together):
            yield layer.words, tuple(together)


class Matcher(Generic[M]):
    """Finds many phrases at once. `never_names` are words that a capital does not make a name."""

    def __init__(self, phrases: Iterable[tuple[str, M]], *, never_names: Iterable[str] = ()) -> None:
        self._never_names = {fold(word) for word in never_names}
        self._by_word: dict[str, list[_Known[M]]] = {}
        self._by_stem: dict[str, list[_Known[M]]] = {}
        self._by_ending: dict[str, list[_Known[M]]] = {}
        spelled = [(layers, mark) for phrase, mark in phrases for layers in read(phrase)]
        for number, (layers, mark) in enumerate(spelled):
            known = _Known(number, layers, mark, tuple(_needs(layers)), _begins(layers))
            for atom in anchors(layers):
                self._index(atom).append(known)
        self._words = frozenset(self._by_word)
        # One of these is in every text that holds a stem or an ending: a longer one is told by one inside it.
        parts = {*self._by_stem, *self._by_ending}
        self._parts = sorted(part for part in parts if not any(other in part for other in parts - {part}))

    def _index(self, atom: Atom) -> list[_Known[M]]:
        if atom.kind == "word":
            return self._by_word.setdefault(atom.text, [])
        if atom.kind == "stem":
            return self._by_stem.setdefault(atom.text, [])
        return self._by_ending.setdefault(atom.text, [])

    def _possible(self, text: Text) -> list[_Known[M]]:
        """The phrases that a text may hold. Quick, and mostly none."""
        told = [known for word in self._words & text.bag for known in self._by_word[word]]
        # To look through the whole text is quicker than word by word, and it mostly says no.
        plain = text.plain
        for part in self._parts:
            if part in plain:
                told += self._told_by_parts(text)
                break
        if not told:
            return []
        return list({known.number: known for known in told if known.may_stand_in(text)}.values())

    def _told_by_parts(self, text: Text) -> Iterator[_Known[M]]:
        for stem, known in self._by_stem.items():
            if any(word.startswith(stem) for word in text.bag):
                yield from known
        for ending, known in self._by_ending.items():
            if any(word.endswith(ending) for word in text.bag):
                yield from known

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
