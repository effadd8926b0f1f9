"""The measured promises of the tokens: words can be read and lines be seen, in the light and in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "peersupport" / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})")
LIGHT, DARK = TOKENS.split("prefers-color-scheme: dark")

GROUNDS = ("paper", "surface", "tint", "warn", "danger-tint")
PAIRS = [(ink, ground) for ink in ("ink", "muted") for ground in GROUNDS]
PAIRS += [("primary", ground) for ground in ("paper", "surface", "tint")]
PAIRS += [("primary-strong", ground) for ground in ("paper", "surface", "tint")]
PAIRS += [("danger", ground) for ground in ("paper", "surface", "danger-tint", "tint")]
PAIRS += [
    ("accent", "paper"),
    ("accent", "surface"),
    ("on-primary", "primary"),
    ("on-primary", "primary-strong"),
]
LINES = [("line", "paper"), ("line", "surface"), ("primary", "tint"), ("warn-line", "warn")]
LINES += [(f"mark-{number}-shape", f"mark-{number}-ground") for number in range(8)]


def colours(scheme: str) -> dict[str, str]:
    found = dict(COLOUR.findall(LIGHT))
    return found if scheme == "light" else found | dict(COLOUR.findall(DARK))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_stand_out_five_to_one(words: str, ground: str, scheme: str) -> None:
    known = colours(scheme)
    assert contrast(known[words], known[ground]) >= 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_lines_of_controls_stand_out_three_to_one(line: str, ground: str, scheme: str) -> None:
    known = colours(scheme)
    assert contrast(known[line], known[ground]) >= 3


def test_every_colour_has_its_answer_in_the_dark() -> None:
    light, dark = (dict(COLOUR.findall(scheme)) for scheme in (LIGHT, DARK))
    # As white as an empty page, whatever the reader's device prefers.
    assert set(light) - set(dark) == {"cover"}


def test_only_the_tokens_name_colours() -> None:
    named = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")
    allowed = {"tokens.css", "print.css"}
    files = [path for path in CSS.rglob("*.css") if path.name not in allowed]
    assert len(files) > 10
    assert {
        path.name: named.findall(path.read_text()) for path in files if named.search(path.read_text())
    } == {}


def test_every_rule_stands_in_a_layer() -> None:
    for path in CSS.rglob("*.css"):
        if path.name not in {"tokens.css", "print.css"}:
            css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL).strip()
            assert css.startswith("@layer "), path.name


def test_every_token_in_use_exists() -> None:
    known = set(re.findall(r"(--[\w-]+)\s*:", "".join(path.read_text() for path in CSS.rglob("*.css"))))
    for path in CSS.rglob("*.css"):
        used = set(re.findall(r"var\((--[\w-]+)", path.read_text()))
        assert used <= known, path.name
