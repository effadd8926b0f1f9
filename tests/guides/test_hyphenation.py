"""Where words are divided on paper: Finnish by our own rule, the others by pyphen's; easy texts nowhere."""

from __future__ import annotations

from pathlib import Path

import pyphen
import pytest

from guides import typesetter
from guides.typesetting import Document
from tests.guides.test_paper import pages_of


def divided(word: str, *, least: int = 2) -> str:
    """The word with a hyphen wherever the typesetter may divide it."""
    language = pyphen.language_fallback("fi")
    assert pyphen.LANGUAGES[language] == typesetter.PRINT / "hyph_fi.dic"
    return str(pyphen.Pyphen(lang=language, left=least, right=least).inserted(word))


@pytest.mark.parametrize("word", ["ka-la", "kui-ten-kin", "kurs-si", "ken-gät"])
def test_a_syllable_begins_before_a_consonant_and_its_vowel(word: str) -> None:
    """The examples of the Institute for the Languages of Finland (Kotus, "Tavutus")."""
    assert divided(word.replace("-", "")) == word


@pytest.mark.parametrize("word", ["asia", "aboa", "tärkeää", "alueet", "uppoamaa"])
def test_no_vowel_stands_alone_and_none_begins_a_line(word: str) -> None:
    """What the same page does not recommend: a-sia, tärke-ää, alu-eet."""
    parts = divided(word).split("-")
    assert all(part[0] not in "aeiouyäö" for part in parts[1:])
    assert all(len(part) > 1 for part in parts)


@pytest.mark.parametrize(
    "word",
    [
        "rikos-ilmoitus",
        "oikeus-avustaja",
        "lasten-asiain",
        "turvallisuus-asetukset",
        "ihmis-oikeus",
        "avun-antaja",
        "nuoriso-asema",
        "lapsi-psykiatria",
        "netti-trauma",
    ],
)
def test_a_compound_is_divided_between_its_parts(word: str) -> None:
    before, after = word.split("-")
    found = divided(before + after)
    position, letters = 0, []
    for letter in found:
        if letter == "-":
            letters.append(position)
        else:
            position += 1
    assert len(before) in letters
    # And not a letter before or after it.
    assert not {len(before) - 1, len(before) + 1} & set(letters)


@pytest.mark.parametrize(
    ("language", "word"),
    [("fi", "lastensuojeluilmoitusta"), ("sv", "barnskyddsanmälningar"), ("fr", "anticonstitutionnellement")],
)
def test_a_long_word_is_divided_rather_than_run_over(language: str, word: str, tmp_path: Path) -> None:
    [text] = set_narrow(word, language, "auto", tmp_path)
    assert word not in text
    assert "-" in text or "\N{HYPHEN}" in text


def test_where_words_stay_whole_none_is_divided(tmp_path: Path) -> None:
    [text] = set_narrow("lastensuojelu", "fi", "manual", tmp_path)
    assert "lastensuojelu" in text


def set_narrow(word: str, language: str, hyphens: str, tmp_path: Path) -> list[str]:
    """The text of a narrow page on which the word stands."""
    style = f"@page {{ size: 60mm 60mm; margin: 10mm }} p {{ hyphens: {hyphens}; font: 12pt Lato }}"
    html = f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>x</title>'
    html += f"<style>{style}</style></head><body><p>{word}</p></body></html>"
    [(pages, pdf)] = typesetter.typeset([html])
    return pages_of(Document(pdf=pdf, pages=pages), tmp_path)
