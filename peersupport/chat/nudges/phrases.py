"""Phrases as the word lists write them, and the words by which each is told. None is a regular expression.

A phrase is words with spaces between. In it
    word*        any ending of at most eight letters      -katu     a word that ends so
    (one|two|)   one of these, or nothing                 ...       up to two words, once in a phrase
    #            a house number: 5, 12b                   ^         a word with a capital that may be a name
    ^-skolan     such a word that ends so
Everything else stands for itself, letter by letter: what a list adds can only ever be found, never run.

`static/chat/phrases.js` reads the same in a browser.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from peersupport.chat.nudges.folding import WORD, fold

LAYERS_MOST = 12
CHOICES_MOST = 60
STEM_LEAST = 3

PART = re.compile(r"\(([^()]*)\)|([^\s()]+)|(\S)")
APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
KIND = re.compile(r"(\^)?(-)?([^*^#()|]*?)(\*)?$")
# Words of every second message: a phrase is not told by them at first sight.
COMMON = frozenset(
    re.findall(
        r"\S+",
        """
        more again nothing want wants would could have will with that this they what when where said says
        told made make about has had was were are wanted think thinking thought thoughts tried left
        years over them there then from just know the how not for did came going house people time life live
        child school haluan olen oli niin etta han mina meidan koko kun mutta haluaa tekisi aina koulu
        vill inte hade skulle mycket barnet finns dotter min vad till hans skola veux vais avec dans pour elle
        fille fils suis plus entre faire comment numero
        """,
    )
)


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
    if not anchors(layers):
        raise BadPhrase(f"“{phrase}” has no word to look for")


def anchors(layers: Phrase) -> list[Atom]:
    """The words of which one must be there, by which it is told at first sight that a text cannot hold it."""
    return max(map(solid, layers), key=lambda atoms: rarity(atoms) if atoms else (-1, 0), default=[])


def solid(layer: Layer) -> list[Atom]:
    """The words of which one must stand at a place; none where it may be empty or hold anything."""
    found = [Atom("word", word) for word in layer.words]
    for choice in layer.others:
        known = [atom for atom in choice if atom.text]
        if not known:
            return []
        found.append(max(known, key=lambda atom: (atom.kind == "word", rarity([atom]))))
    return found


def rarity(atoms: list[Atom]) -> tuple[int, int]:
    """How seldom a text holds any of these words: larger is rarer."""
    return min((int(atom.text not in COMMON and len(atom.text) > 2), len(atom.text)) for atom in atoms)
