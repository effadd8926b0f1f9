"""docs/room-protocol.md says what the code does: every word of the contract stands in both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from peersupport.chat.consumer import HANDLERS
from peersupport.chat.models import Event
from peersupport.chat.protocol.errors import MESSAGES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "room-protocol.md").read_text(encoding="utf-8")
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (Path(__file__).resolve().parents[2] / "peersupport" / "chat").rglob("*.py")
)


def listed(section: str) -> set[str]:
    """The words in the first column of the tables of a section."""
    body = PAGE.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    first = [line.split("|")[1] for line in body.splitlines() if line.startswith("| `")]
    return {word for cell in first for word in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(
    ("section", "known"),
    [
        ("Commands", set(HANDLERS)),
        ("Errors", set(MESSAGES)),
        ("The log", set(Event.Kind.values)),
        ("Pushes", set(re.findall(r'"push": "(\w+)"', CODE))),
    ],
)
def test_the_page_and_the_code_know_the_same_words(section: str, known: set[str]) -> None:
    assert listed(section) == known
