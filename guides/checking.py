"""Looks for what must not be published: unknown sources and boxes, broken links, stale dates, phone numbers
outside the helplines file, words that blame, sentences too long, chapters that end in nothing to do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml
from markdown_it.token import Token

from guides import markdown
from guides.blocks import CLOSING, opening
from guides.countries import Country
from guides.figures import drawings
from guides.front_matter import Problem
from guides.readability import bound, measured, sentences, words
from guides.reading import STATUSES, Guide, Library, Section

WORDING = Path(__file__).with_name("wording")
REVIEW_EVERY = timedelta(days=366)
QUESTIONS_LEAST = 2

# Six digits or more in a row, however they are spaced: a phone number until proved otherwise.
# A span of years (2019–2024) is none, and neither is a thousands comma.
DIGITS = re.compile(r"(?<![\d,.])\+?\d(?:[ ()\u00a0-]?\d){5,}(?![\d,])")
YEARS = re.compile(r"(19|20)\d\d ?[-–] ?(19|20)\d\d")
EMERGENCY = re.compile(r"(?<![\d,.-])(112|911|999|988|000|116 ?\d{3})(?![\d,.-]*\d)")


@dataclass(frozen=True)
class Wording:
    """The words of one language that are not used, and what is written instead."""

    instead: tuple[tuple[re.Pattern[str], str], ...]
    telling: re.Pattern[str]


def check(library: Library, *, today: date) -> list[Problem]:
    """Everything wrong with the texts of a tree, by file and line; empty where all may be published."""
    problems: list[Problem] = []
    for language in sorted({guide.language for guide in library.guides}):
        guide = next(guide for guide in library.guides if guide.language == language)
        for country in guide.countries:
            problems.extend(_country_problems(library, guide, country, today))
    for guide in library.guides:
        problems.extend(_guide_problems(guide))
        for section in guide.sections:
            problems.extend(_header_problems(library, guide, section, today))
            problems.extend(_body_problems(library, guide, section))
    return sorted(problems, key=lambda problem: (problem.file, problem.line))


@cache
def wording(language: str) -> Wording:
    """The word list of a language; an empty one where there is none yet."""
    path = WORDING / f"{language}.yaml"
    lists = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    instead = tuple((_words(entry["not"]), entry["write"]) for entry in lists.get("instead", ()))
    return Wording(instead, _words("|".join(lists.get("telling", ["(?!)"]))))


def telling_words(text: str, language: str) -> list[str]:
    """The words in ``text`` that would tell a passer-by too much."""
    return [match[0] for match in wording(language).telling.finditer(text.replace("-", " "))]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


def _guide_problems(guide: Guide) -> Iterator[Problem]:
    if not guide.sections:
        yield Problem(guide.file, 1, "the guide has no section")
    for word in telling_words(guide.short_title, guide.language):
        yield Problem(guide.file, guide.lines["short_title"], f"short_title is not neutral: {word!r}")
    for word in telling_words(guide.slug, guide.language):
        yield Problem(guide.file, 1, f"the folder name is not neutral: {word!r}")
    for step in guide.path:
        for slug in step.sections:
            if guide.section(slug) is None:
                yield Problem(guide.file, guide.lines["path"], f"path names {slug!r}, which does not exist")
    for name in ("title", "summary", "audience", "publisher_note"):
        yield from _text_problems(getattr(guide, name), guide.language, guide.file, guide.lines[name])


def _header_problems(library: Library, guide: Guide, section: Section, today: date) -> Iterator[Problem]:
    def problem(field: str, text: str) -> Problem:
        return Problem(section.file, section.lines[field], text)

    for field, text in _date_problems(section.reviewed, section.review_by, today):
        yield problem(field, text)
    if not section.sources:
        yield problem("sources", "a section cites at least one source")
    for key in section.sources:
        if key not in guide.sources:
            yield problem("sources", f"source {key} is not in sources.yaml")
    for name in section.next:
        if name == section.slug or library.place(guide, name) is None:
            yield problem("next", f"next names {name!r}, which is no other section")
    for word in telling_words(section.slug, guide.language):
        yield problem("slug", f"slug is not neutral: {word!r}")
    for name in ("title", "summary"):
        yield from _text_problems(getattr(section, name), guide.language, section.file, section.lines[name])


def _date_problems(reviewed: date, review_by: date, today: date) -> Iterator[tuple[str, str]]:
    if reviewed > today:
        yield "reviewed", f"reviewed on {reviewed}, which is still to come"
    if not timedelta(0) < review_by - reviewed <= REVIEW_EVERY:
        yield "review_by", "review_by must be after reviewed, by a year at most"


def _country_problems(library: Library, guide: Guide, country: Country, today: date) -> Iterator[Problem]:
    """Of a country's file: dates, status, sources, links, words and numbers."""
    for _field, text in _date_problems(country.reviewed, country.review_by, today):
        yield Problem(country.file, 1, text)
    if country.status not in STATUSES:
        yield Problem(country.file, 1, f"status must be one of {', '.join(STATUSES)}")
    for topic, known in country.topics.items():
        texts = [known.facts, known.ask, *known.questions]
        for inline in (token for text in texts for token in markdown.parser(guide.language).parse(text)):
            if inline.type == "inline":
                line = country.line(_plain(inline), topic)
                yield from _inline_problems(library, guide, country.file, library.sources, inline, line)
                yield from _text_problems(_plain(inline), guide.language, country.file, line)
        if len(known.questions) < QUESTIONS_LEAST:
            yield Problem(country.file, country.line("", topic), f"{topic}: nothing to ask")


def _hard_to_read(guide: Guide, section: Section, tokens: list[Token]) -> Iterator[Problem]:
    """Too long a sentence, or too many long words and sentences, for the language and the kind of guide."""
    limit = bound(guide.language, easy=guide.easy_read)
    if limit is None:
        return
    inline = [token for token in tokens if token.type == "inline"]
    found = measured(_plain(token) for token in inline)
    if found.lix > limit.lix:
        text = f"LIX is {found.lix:.0f}, {limit.lix} at most: shorter sentences and words"
        yield Problem(section.file, section.body_line, text)
    if found.mean > limit.mean:
        text = f"a sentence has {found.mean:.1f} words on average, {limit.mean} at most"
        yield Problem(section.file, section.body_line, text)
    for token in inline:
        for sentence in sentences(_plain(token)):
            if words(sentence) > limit.longest:
                line = section.body_line + (token.map[0] if token.map else 0)
                text = f"{words(sentence)} words in a sentence, {limit.longest} at most: {sentence[:40]!r}"
                yield Problem(section.file, line, text)


def _body_problems(library: Library, guide: Guide, section: Section) -> Iterator[Problem]:
    tokens = markdown.parser(guide.language).parse(section.body)
    boxes: list[str] = []
    for token in tokens:
        line = section.body_line + (token.map[0] if token.map else 0)
        if token.type == markdown.BOX_OPEN:
            block = opening(token.info)
            boxes.append("" if isinstance(block, str) else block.kind)
            if isinstance(block, str):
                yield Problem(section.file, line, block)
        elif token.type == markdown.BOX_CLOSE:
            boxes.pop()
        elif token.type == "inline":
            yield from _inline_problems(library, guide, section.file, section.sources, token, line)
            if "avoid" not in boxes:
                yield from _text_problems(_plain(token), guide.language, section.file, line)
    yield from _shape_problems(section, tokens)
    yield from _hard_to_read(guide, section, tokens)


def _inline_problems(
    library: Library, guide: Guide, file: str, sources: Collection[str], token: Token, line: int
) -> Iterator[Problem]:
    text = _plain(token)
    for match in [*DIGITS.finditer(YEARS.sub("", text)), *EMERGENCY.finditer(text)]:
        yield Problem(file, line, f"{match[0]!r} reads like a phone number: link to help: instead")
    for child in token.children or []:
        if child.type == "source_mark" and child.meta["key"] not in sources:
            yield Problem(file, line, f"[^{child.meta['key']}] is not among the sources of this section")
        if child.type == "image":
            name = str(child.attrGet("src"))
            if name.removeprefix("figure:") not in drawings() or not child.content.strip():
                yield Problem(file, line, f"{name}: a figure is one of ours, with words for it")
        if child.type == "link_open":
            address = str(child.attrGet("href"))
            if not _exists(address, library, guide):
                yield Problem(file, line, f"link to {address}: there is no such place")


def _exists(address: str, library: Library, guide: Guide) -> bool:
    if address == "help:" or address.startswith("https://"):
        return True
    if not address.startswith("section:"):
        return False
    return library.place(guide, address.removeprefix("section:")) is not None


def _text_problems(text: str, language: str, file: str, line: int) -> Iterator[Problem]:
    for pattern, instead in wording(language).instead:
        for match in pattern.finditer(text.replace("’", "'")):
            yield Problem(file, line, f"{match[0]!r}: write instead: {instead}")


def _shape_problems(section: Section, tokens: list[Token]) -> Iterator[Problem]:
    """Headings start at level 2 and skip none; boxes are closed; the last thing is something to do or say."""
    last = section.body_line + section.body.rstrip().count("\n")
    headings = [(int(token.tag[1]), token) for token in tokens if token.type == "heading_open"]
    for (before, _), (level, token) in pairwise([(1, None), *headings]):
        if not 2 <= level <= min(3, before + 1):
            line = section.body_line + (token.map[0] if token and token.map else 0)
            yield Problem(section.file, line, "headings are ## or, below one, ###")
    yield from _unpaired(section)
    if not tokens:
        yield Problem(section.file, section.body_line, "the section is empty")
        return
    end = tokens[-1].type == markdown.BOX_CLOSE
    opened = [token for token in tokens if token.type == markdown.BOX_OPEN]
    block = opening(opened[-1].info) if end and opened else "no box"
    if isinstance(block, str) or block.kind not in CLOSING:
        yield Problem(section.file, last, "a section ends with a box of what to do or say (action, say)")


def _unpaired(section: Section) -> Iterator[Problem]:
    """Boxes without an end (the parser would close them silently), and ends without a box."""
    opened: list[int] = []
    for line, text in enumerate(section.body.splitlines(), start=section.body_line):
        if re.match(r":::+\s*\S", text):
            opened.append(line)
        elif re.match(r":::+\s*$", text) and opened:
            opened.pop()
        elif text.startswith(":::"):
            yield Problem(section.file, line, "a box that was closed twice or never opened")
    for line in opened:
        yield Problem(section.file, line, "this box is never closed with :::")


def _plain(token: Token) -> str:
    return "".join(child.content if child.type == "text" else " " for child in token.children or [])
