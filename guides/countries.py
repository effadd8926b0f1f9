"""What is known of each country on a topic, and what is to be asked there: one file a country and language.

A section shows it with ``::: countries TOPIC``. What no source says is not said: the box then holds the
questions, and whom to ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from guides.front_matter import Header, Problem, read_yaml, wrong_fields

TOPICS = ("law", "reporting", "medical", "removal", "court")
FIELDS: Mapping[str, type] = {"status": str, "reviewed": date, "review_by": date, "topics": dict}
CITED = re.compile(r"\[\^([A-Za-z0-9-]+)\]")
SHOWN = re.compile(
    rf"^::: countries (?P<topic>{'|'.join(TOPICS)})\n(?P<text>.*?)^:::$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Known:
    """On one topic: ``facts`` (Markdown, may be empty), whom to ask, and the questions."""

    facts: str
    ask: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Country:
    """A country's file in one language."""

    code: str
    status: str
    reviewed: date
    review_by: date
    topics: Mapping[str, Known]
    file: str
    text: str

    def line(self, passage: str, topic: str) -> int:
        """The line of the file on which a passage begins; that of its topic where it cannot be told."""
        start = passage.strip()[:30]
        lines = self.text.splitlines()
        of_topic = next((n for n, line in enumerate(lines) if line.strip().startswith(f"{topic}:")), 0)
        there = (n for n, line in enumerate(lines) if n >= of_topic and start and start in line)
        return next(there, of_topic) + 1


def read_countries(root: Path, language: str, problems: list[Problem]) -> tuple[Country, ...]:
    """Every country of a language, by code. What is wrong is added to ``problems``."""
    files = sorted((root / language / "countries").glob("*.yaml"))
    return tuple(filter(None, (_read_country(root, file, problems) for file in files)))


def cited_by(body: str, countries: Sequence[Country]) -> Iterator[str]:
    """The sources of the boxes that a text shows."""
    for shown in SHOWN.finditer(body):
        for country in countries:
            yield from CITED.findall(country.topics[shown["topic"]].facts)


def expanded(
    body: str, countries: Sequence[Country], *, first: str, nothing: str, asking: str, alone: bool = False
) -> str:
    """The text with a box for each country, the reader's ``first``; ``alone``: with hers and no other.

    ``nothing`` is said where nothing is known; ``asking`` (with a place for ``whom``) comes before questions.
    """
    wanted = [country for country in countries if not alone or country.code == first]
    order = sorted(wanted, key=lambda country: (country.code != first, country.code))

    def boxes(shown: re.Match[str]) -> str:
        each = (
            _box(f"{country.code} {shown['topic']}", country.topics[shown["topic"]], nothing, asking)
            for country in order
        )
        none = [] if order else [f"::: law {first} {shown['topic']}\n{nothing}\n:::"]
        return "\n\n".join([shown["text"].strip(), *each, *none]).strip()

    return SHOWN.sub(boxes, body)


def _box(which: str, known: Known, nothing: str, asking: str) -> str:
    questions = "\n".join(f"- {question}" for question in known.questions)
    parts = [known.facts.strip() or nothing]
    if questions:
        parts += [asking % {"whom": known.ask}, questions]
    return f"::: law {which}\n" + "\n\n".join(parts) + "\n:::"


def _read_country(root: Path, path: Path, problems: list[Problem]) -> Country | None:
    file, before = path.relative_to(root).as_posix(), len(problems)
    text = path.read_text(encoding="utf-8")
    header = read_yaml(text, file, 0, problems)
    if header is None:
        return None
    problems.extend(wrong_fields(header, FIELDS))
    if not re.fullmatch("[a-z]{2}", path.stem):
        problems.append(Problem(file, 1, "the file name is a country's two-letter code"))
    topics = header.values.get("topics")
    known = (
        {name: _known(header, name, topics, problems) for name in TOPICS} if isinstance(topics, dict) else {}
    )
    if len(problems) > before:
        return None
    fields = {name: header.values[name] for name in ("status", "reviewed", "review_by")}
    return Country(code=path.stem, topics=known, file=file, text=text, **fields)


def _known(header: Header, name: str, topics: Mapping[str, Any], problems: list[Problem]) -> Known:
    match topics.get(name):
        case {"facts": str(facts), "ask": str(ask), "questions": list(questions), **more} if not more:
            return Known(facts, ask, tuple(map(str, questions)))
        case _:
            text = f"topic {name} needs facts (may be empty), ask and a list of questions, and nothing else"
            problems.append(Problem(header.file, header.lines["topics"], text))
            return Known("", "", ())
