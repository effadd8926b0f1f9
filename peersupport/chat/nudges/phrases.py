"""Phrases as the word lists write them, and the matcher that finds them. None is a regular expression.

A phrase is words with spaces between. In it
    word*        any ending of at most eight letters      -katu     a word that ends so
    (one|two|)   one of these, or nothing                 ...       up to two words, once in a phrase
    #            a house number: 5, 12b                   ^         a word with a capital that may be a name
    ^-skolan     such a word that ends so
Everything else stands for itself, letter by letter: what a list adds can only ever be found, never run.

From every word of a text the phrases that can begin there are tried, word by word; a step count ends what
would take too long, so the time grows with the length of the text and with nothing else.
`static/chat/phrases.js` does the same in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Generic, NamedTuple, TypeVar

from peersupport.chat.nudges.folding import WORD, Text, Word, fold

ENDING_MOST = 8
SKIP_MOST = 2
LAYERS_MOST = 12
CHOICES_MOST = 60
STEM_LEAST = 3
# A text that needs more steps than this for each of its words is read no further: no list can make the site
# wait.
STEPS_A_WORD = 200

PART = re.compile(r"\(([^()]*)\)|([^\s()]+)|(\S)")
APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
KIND = re.compile(r"(\^)?(-)?([^*^#()|]*?)(\*)?$")
NUMBER = re.compile(r"[0-9]{1,4}[a-z]?$")
# Words of every second message: a phrase is not told by them at first sight.
COMMON = frozenset(
    re.findall(
        r"\S+",
        """
        more again nothing want wants would could have will with that this they what when where said says
        told made make about
        years over them there then from just know the how not for did came going house people time life live
        child school haluan olen oli niin etta han mina meidan koko kun mutta haluaa tekisi aina koulu
        vill inte hade skulle mycket barnet finns dotter min vad till hans skola veux vais avec dans pour elle
        fille fils suis plus entre faire comment numero
        """,
    )
)
M = TypeVar("M")


class BadPhrase(ValueError):
    """A phrase that cannot be read; the message says why."""


class Atom(NamedTuple):
    """What one word of a text has to be. `kind`: word, stem, ending, named ending, number, name."""

    kind: str
    text: str = ""


class Layer(NamedTuple):
    """The choices at one place of a phrase: single words and others. `gap`: up to two words instead."""

    words: frozenset[str]
    others: tuple[tuple[Atom, ...], ...]
    gap: bool = False


Phrase = tuple[Layer, ...]
Need = tuple[frozenset[str], tuple[frozenset[str], ...]]


class Hit(NamedTuple, Generic[M]):
    """A phrase found: its mark, and from which word to which (the last not included)."""

    mark: M
    first: int
    last: int


def read(phrase: str) -> list[Phrase]:
    """A phrase in each of its spellings. BadPhrase where it cannot be read."""
    # An apostrophe parts words: "don't" is "don" and "t". Many leave it out: "dont" is meant as well.
    spellings = dict.fromkeys(APOSTROPHE.sub(instead, phrase) for instead in (" ", ""))
    found = [tuple(_layer(match) for match in PART.finditer(spelling)) for spelling in spellings]
    for layers in found:
        _check(layers, phrase)
    return found


def _layer(match: re.Match[str]) -> Layer:
    if match[3]:
        raise BadPhrase(f"“{match.string}”: a bracket stands alone")
    if match[2] == "...":
        return Layer(frozenset(), (), gap=True)
    choices = [tuple(_atom(part) for part in choice.split()) for choice in (match[1] or match[2]).split("|")]
    if len(choices) > CHOICES_MOST:
        raise BadPhrase(f"“{match.string}”: more than {CHOICES_MOST} choices at one place")
    single = [choice for choice in choices if len(choice) == 1 and choice[0].kind == "word"]
    others = tuple(choice for choice in choices if choice not in single)
    return Layer(frozenset(choice[0].text for choice in single), others)


def _atom(part: str) -> Atom:
    if part == "#":
        return Atom("number")
    if part == "^":
        return Atom("name")
    found = KIND.match(part)
    text = fold(found[3]) if found else ""
    if found is None or not WORD.fullmatch(text) or (found[1] and not found[2]) or (found[2] and found[4]):
        raise BadPhrase(f"“{part}” is not one word")
    if (found[2] or found[4]) and len(text) < STEM_LEAST:
        raise BadPhrase(f"“{part}”: three letters at least with * or -")
    if found[2]:
        return Atom("named ending" if found[1] else "ending", text)
    return Atom("stem" if found[4] else "word", text)


def _check(layers: Phrase, phrase: str) -> None:
    if not 0 < len(layers) <= LAYERS_MOST:
        raise BadPhrase(f"“{phrase}” is empty or longer than {LAYERS_MOST} words")
    if sum(layer.gap for layer in layers) > 1 or layers[0].gap or layers[-1].gap:
        raise BadPhrase(f"“{phrase}”: one ... between words, no more")
    if not _anchors(layers):
        raise BadPhrase(f"“{phrase}” has no word to look for")


def _anchors(layers: Phrase) -> list[Atom]:
    """The words of which one must be there, by which it is told at first sight that a text cannot hold it."""
    found = [solid for layer in layers if (solid := _solid(layer))]
    return max(found, key=_rarity, default=[])


def _solid(layer: Layer) -> list[Atom]:
    solid = [Atom("word", word) for word in layer.words]
    for choice in layer.others:
        known = [atom for atom in choice if atom.text]
        if not known:
            return []
        solid.append(max(known, key=lambda atom: (atom.kind == "word", len(atom.text))))
    return solid


def _rarity(atoms: list[Atom]) -> tuple[int, int]:
    return min((atom.text not in COMMON and len(atom.text) > 2, len(atom.text)) for atom in atoms)


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
    anchors = _anchors(layers)

    def worth(layer: Layer) -> tuple[bool, tuple[int, int]]:
        solid = _solid(layer)
        return (solid != anchors, _rarity(solid) if solid else (0, 0))

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
            for atom in _anchors(layers):
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
