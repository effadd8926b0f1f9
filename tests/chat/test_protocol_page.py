"""docs/room-protocol.md says what the code does: every word of the contract stands in both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from peersupport.chat import live
from peersupport.chat.consumer import FIRST_COMMAND_SECONDS, HANDLERS
from peersupport.chat.hub import connections, conversation, watching
from peersupport.chat.marking import TOLD_MOST
from peersupport.chat.models import Event, Room
from peersupport.chat.moderating.quieting import SLOW_LEAST, SLOW_MOST
from peersupport.chat.protocol import commands, limiting
from peersupport.chat.protocol.errors import MESSAGES
from peersupport.chat.protocol.events import PAGE as EVENTS_MOST

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


def told(pattern: str) -> list[str]:
    """The figures of the first sentence that reads so, wherever its lines break."""
    found = re.search(pattern, " ".join(PAGE.split()))
    assert found, pattern
    return [figure.replace(",", "") for figure in found.groups()]


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        (r"first command, within (\d+) seconds", [FIRST_COMMAND_SECONDS]),
        (r"at most (\d+) events each", [EVENTS_MOST]),
        (r"`body` \(1–([\d,]+)\), `note`\? \((\d+)\)", [commands.BODY_MOST, commands.NOTE_MOST]),
        (r"A reason is `template`, `reason` \((\d+)\)", [commands.REASON_MOST]),
        (r"at most (\d+) characters", [commands.REF_MOST]),
        (r"a member's first (\d+)", [Room._meta.get_field("hold_first").default]),
        (r"at most (\d+) `target`s of outcomes", [TOLD_MOST]),
        (r"`seconds`: 0, or (\d+) to (\d+)", [SLOW_LEAST, SLOW_MOST]),
        (r"(\d+) commands a second and (\d+) at once", limiting.FRAMES),
        (r"(\d+) `post` a second and (\d+) at once", limiting.POSTS),
        (r"one `resume` a second and (\d+) at once", limiting.RESUMES[1:]),
        (r"at once, (\d+) sockets", [live.SOCKETS_MOST]),
        (r"at most (\d+) sockets a second and (\d+) at once in one process", limiting.HANDSHAKES),
        (r"closed when (\d+) frames", [connections.QUEUE_FRAMES]),
    ],
)
def test_the_page_and_the_code_know_the_same_figures(sentence: str, figures: list[float]) -> None:
    assert [float(figure) for figure in told(sentence)] == [float(figure) for figure in figures]


def test_figures_in_words_are_the_codes_as_well() -> None:
    assert conversation.POSTS_MOST == 16
    assert "up to sixteen of one socket" in " ".join(PAGE.split())
    assert connections.QUEUE_CHARACTERS == 4_000_000
    assert "four million characters" in " ".join(PAGE.split())


def test_every_close_and_what_is_said_before_it_stands_in_the_page() -> None:
    closes = PAGE.split("Close codes:")[1].split("A client reconnects")[0]
    assert set(re.findall(r"\b(4\d{3})\b", CODE)) == set(re.findall(r"\b(4\d{3})\b", closes))
    bye = next(line for line in PAGE.splitlines() if line.startswith("| `bye`")).split("|")[2]
    said = {*watching.CODES, *re.findall(r'\.bye\(\d{4}, "(\w+)"\)', CODE)}
    assert said == set(re.findall(r"`(\w+)`", bye)) - {"code"}
