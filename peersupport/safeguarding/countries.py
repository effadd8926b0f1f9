"""What to ask in a country before an authority is told, as packs: questions, whom to ask, what a source says.

A pack holds no answers. The organisation's own directory (SAFEGUARDING_DIR) comes before the
shipped one, file by file. No database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from guides.front_matter import ContentError, Header, Problem, read_yaml, wrong_fields

SHIPPED = Path(__file__).with_name("countries")
FORMAT = 1
STATUSES = ("empty", "to be confirmed by counsel", "confirmed by counsel")
FIELDS: dict[str, type] = {"format": int, "country": str, "status": str, "questions": list}
CODE = re.compile(r"[a-z][a-z-]{1,39}")
FIRST_LANGUAGE = "en"
LINE_MOST, MOST_QUESTIONS, MOST_BYTES = 400, 40, 64 * 1024


@dataclass(frozen=True)
class Question:
    """One question in one language; `known` is what a source says, or empty."""

    code: str
    question: str
    ask: str
    known: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """A country's questions in one language. `minutes`: in which time the list is to be gone through."""

    country: str
    status: str
    minutes: int
    questions: tuple[Question, ...]

    @property
    def is_confirmed(self) -> bool:
        """Whether counsel has confirmed it."""
        return self.status == "confirmed by counsel"


def pack_for(country: str, language: str) -> Pack | None:
    """The pack of a country (lower-case code) in a language, else in English; None where there is none.

    Raises ContentError where the file is wrong.
    """
    if not re.fullmatch(r"[a-z]{2}", country):
        return None
    for directory in directories():
        file = directory / f"{country}.yaml"
        if file.is_file():
            return _in_language(read(file), language)
    return None


def directories() -> list[Path]:
    """The organisation's own first, then the shipped one."""
    own = settings.SAFEGUARDING_DIR
    return [Path(own), SHIPPED] if own else [SHIPPED]


def problems() -> Iterator[Problem]:
    """Everything that is wrong in any pack, with file and line."""
    for directory in directories():
        for file in sorted(directory.glob("*.yaml")):
            try:
                read(file)
            except ContentError as error:
                yield from error.problems


def read(file: Path) -> dict[str, Any]:
    """A pack's content. ContentError names line and field of everything that is wrong."""
    found: list[Problem] = []
    text = file.read_text(encoding="utf-8")
    if len(text) > MOST_BYTES:
        raise ContentError([Problem(file.name, 1, f"must have at most {MOST_BYTES} characters")])
    header = read_yaml(text, file.name, 0, found)
    if header is not None:
        found += _wrong_in(header, file.stem, text)
    if found or header is None:
        raise ContentError(found)
    return dict(header.values)


def _wrong_in(header: Header, code: str, text: str) -> Iterator[Problem]:
    wrong = list(wrong_fields(header, FIELDS, {"minutes": int}))
    if wrong:
        yield from wrong
        return
    values, lines = header.values, header.lines
    if values["format"] != FORMAT:
        yield Problem(header.file, lines["format"], f"format must be {FORMAT}")
    if values["country"] != code:
        yield Problem(header.file, lines["country"], f"country must be {code}, as the file is named")
    if values["status"] not in STATUSES:
        yield Problem(header.file, lines["status"], f"status must be one of: {', '.join(STATUSES)}")
    questions = values["questions"]
    if (values["status"] == "empty") != (not questions):
        yield Problem(
            header.file, lines["status"], "status is empty where there are no questions, and only there"
        )
    if questions and "minutes" not in values:
        yield Problem(header.file, 1, "minutes is missing")
    yield from _wrong_questions(questions, header, text)


def _wrong_questions(questions: list[Any], header: Header, text: str) -> Iterator[Problem]:
    starts = [n for n, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith("- ")]
    codes: set[str] = set()
    if len(questions) > MOST_QUESTIONS:
        yield Problem(header.file, header.lines["questions"], f"at most {MOST_QUESTIONS} questions")
    for index, one in enumerate(questions):
        line = starts[index] if index < len(starts) else header.lines["questions"]
        for field, words in _wrong_question(one, codes):
            yield Problem(header.file, line, f"questions[{index}]{field} {words}")


def _wrong_question(one: Any, codes: set[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(one, dict):
        yield "", "must be a mapping with code, question and ask"
        return
    code = one.get("code")
    if not isinstance(code, str) or not CODE.fullmatch(code) or code in codes:
        yield ".code", "must be a word of small letters that no other question has"
    else:
        codes.add(code)
    for field in ("question", "ask"):
        if not _is_said(one.get(field)):
            yield f".{field}", f"must say it by language, {FIRST_LANGUAGE} among them"
    if "known" in one and not _is_said(one["known"]):
        yield ".known", f"must say it by language, {FIRST_LANGUAGE} among them"
    if "known" in one and not one.get("sources"):
        yield ".sources", "is missing: what is known has a source"
    for unknown in one.keys() - {"code", "question", "ask", "known", "sources"}:
        yield f".{unknown}", "is not a known field"


def _is_said(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and FIRST_LANGUAGE in value
        and all(isinstance(words, str) and 0 < len(words.strip()) <= LINE_MOST for words in value.values())
    )


def _in_language(values: dict[str, Any], language: str) -> Pack:
    def said(words: dict[str, str] | None) -> str:
        return (words.get(language) or words[FIRST_LANGUAGE]) if words else ""

    questions = tuple(
        Question(
            code=one["code"],
            question=said(one["question"]),
            ask=said(one["ask"]),
            known=said(one.get("known")),
            sources=tuple(one.get("sources", ())),
        )
        for one in values["questions"]
    )
    return Pack(values["country"], values["status"], values.get("minutes", 0), questions)
