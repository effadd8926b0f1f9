"""One pass over a text tells which phrases it may hold. It may name too many, and never one too few."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from peersupport.chat import nudges
from peersupport.chat.nudges.folding import Text
from peersupport.chat.nudges.matching import Matcher, _Known
from peersupport.chat.nudges.phrases import Atom, Layer

BETWEEN = st.sampled_from([" ", "  ", ", ", " - ", ": ", "\n", " (", "\u00ad ", "\u2026 "])


def matchers() -> list[Matcher[Any]]:
    """Of every list that is looked for."""
    ready = nudges.prepare()
    return [
        ready.places.streets,
        ready.places.schools,
        ready.signs._matcher,
        ready.signs._around,
        ready.evidence._matcher,
    ]


def word(atom: Atom) -> str:
    """One that this place takes."""
    match atom.kind:
        case "number":
            return "12"
        case "name":
            return "Aurora"
        case "stem":
            return f"{atom.text}an"
        case "ending" | "named ending":
            return f"Ekbo{atom.text}"
        case _:
            return atom.text


def choices(layer: Layer) -> list[list[str]]:
    """Whatever may stand at a place, as words."""
    if layer.gap:
        return [[], ["really"], ["so", "very"]]
    alone = [[one] for one in sorted(layer.words)]
    return alone + [[word(atom) for atom in choice] for choice in layer.others]


@st.composite
def spelled(draw: st.DrawFn) -> tuple[Matcher[Any], _Known[Any], str]:
    """A phrase of one of the lists, put in one of its ways within other words."""
    matcher = draw(st.sampled_from(matchers()))
    known = draw(st.sampled_from([one for told in matcher._told for one in told]))
    words = [one for layer in known.layers for one in draw(st.sampled_from(choices(layer)))]
    text = "".join(part for one in words for part in (one, draw(BETWEEN)))
    if draw(st.booleans()):
        text = text.upper()
    return matcher, known, f"{draw(st.sampled_from(['', 'Well, ', 'äiti sanoi: ']))}{text}today"


@given(spelled())
def test_a_phrase_is_told_in_whatever_way_it_is_put(found: tuple[Matcher[Any], _Known[Any], str]) -> None:
    matcher, known, text = found
    assert known.number in {one.number for one in matcher._possible(Text(text))}, text


@given(spelled())
def test_what_holds_a_phrase_that_is_looked_for_is_never_passed_over(
    found: tuple[Matcher[Any], _Known[Any], str],
) -> None:
    matcher, _known, text = found
    ready = nudges.prepare()
    if matcher in (ready.places.streets, ready.places.schools, ready.signs._matcher):
        assert not ready.finds_nothing_in(Text(text)), text
