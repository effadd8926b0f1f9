"""Reads the guide tree: Markdown and YAML on disk become frozen dataclasses, or a list of problems
that each name a file and a line.

The tree: ``sources.yaml`` and, per language and guide, ``guide.yaml`` and ``NN-slug.md`` files with
YAML front matter. ``docs/guides.md`` describes it for writers.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from guides.countries import Country, cited_by, read_countries
from guides.front_matter import ContentError, Header, Problem, read_yaml, wrong_fields

STATUSES = ("draft", "reviewed")
# Addresses of their own stand there: the search beside the guides, the editions beside the sections.
RESERVED = {"search", "editions"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SECTION_FILE = re.compile(rf"(?P<number>\d\d)-(?P<slug>{SLUG.pattern})\.md")

SECTION_FIELDS: Mapping[str, type] = {
    "title": str,
    "slug": str,
    "summary": str,
    "minutes": int,
    "written_by": str,
    "reviewed": date,
    "review_by": date,
    "status": str,
    "sources": list,
    "next": list,
}
GUIDE_FIELDS: Mapping[str, type] = {
    "title": str,
    "short_title": str,
    "summary": str,
    "audience": str,
    "publisher_note": str,
    "path": list,
}
# `follows`, of a translation: the fingerprint of the section it was made from. `easy_of`: guide/section.
SECTION_OPTIONAL: Mapping[str, type] = {"follows": str, "easy_of": str}
GUIDE_OPTIONAL: Mapping[str, type] = {"easy_read": bool}


@dataclass(frozen=True)
class Source:
    """Where a fact was read. ``year`` and ``url`` are None where the source shows none."""

    key: str
    org: str
    title: str
    year: int | None
    url: str | None

    @property
    def address(self) -> str:
        """The address as one reads it: without its scheme."""
        return (self.url or "").removeprefix("https://").rstrip("/")


@dataclass(frozen=True)
class Section:
    """One chapter: what its front matter says, and its body as CommonMark.

    ``body_line`` is the line of the file on which the body starts."""

    slug: str
    title: str
    summary: str
    minutes: int
    written_by: str
    reviewed: date
    review_by: date
    status: str
    sources: tuple[str, ...]
    next: tuple[str, ...]
    body: str
    body_line: int
    file: str
    lines: Mapping[str, int]
    follows: str = ""
    easy_of: str = ""

    @property
    def fingerprint(self) -> str:
        """What a translation follows: twelve hexadecimal digits over what a reader reads of it."""
        text = json.dumps([self.title, self.summary, self.body], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def overdue(self, today: date) -> bool:
        """Whether the promised review has not happened in time."""
        return today > self.review_by


@dataclass(frozen=True)
class Step:
    """A stage of the way through a guide ("The first hour") and the sections to read then."""

    label: str
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """A guide in one language. ``files`` holds every text file it was read from, as it stands."""

    language: str
    slug: str
    title: str
    short_title: str
    summary: str
    audience: str
    publisher_note: str
    path: tuple[Step, ...]
    sections: tuple[Section, ...]
    sources: Mapping[str, Source]
    files: Mapping[str, str]
    file: str
    lines: Mapping[str, int]
    countries: tuple[Country, ...] = ()
    easy_read: bool = False

    def section(self, slug: str) -> Section | None:
        """The section with this slug, or None."""
        return next((section for section in self.sections if section.slug == slug), None)

    @property
    def checksum(self) -> str:
        """SHA-256 over the guide's files and the sources it cites: the same text gives the same sum."""
        cited = sorted({key for section in self.sections for key in section.sources})
        sources = [vars(self.sources[key]) for key in cited if key in self.sources]
        text = json.dumps([sorted(self.files.items()), sources], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Library:
    """Every guide of a tree."""

    root: Path
    sources: Mapping[str, Source]
    guides: tuple[Guide, ...]

    def guide(self, language: str, slug: str) -> Guide | None:
        """The guide with this slug in this language, or None."""
        return next((g for g in self.guides if (g.language, g.slug) == (language, slug)), None)

    def place(self, guide: Guide, name: str) -> tuple[Guide, Section] | None:
        """What ``section`` or ``guide/section`` names, seen from a guide; None for no such place."""
        other, slash, slug = name.rpartition("/")
        home = self.guide(guide.language, other) if slash else guide
        section = home.section(slug) if home else None
        return (home, section) if home and section else None


def read_library(root: Path) -> Library:
    """The whole tree under ``root``. ContentError lists everything that cannot be read."""
    problems: list[Problem] = []
    sources = _read_sources(root, problems)
    guides = [_read_guide(root, file, sources, problems) for file in sorted(root.glob("*/*/guide.yaml"))]
    if not guides:
        problems.append(Problem(".", 1, f"no guide in {root}: expected <language>/<guide>/guide.yaml"))
    if problems:
        raise ContentError(problems)
    return Library(root=root, sources=sources, guides=tuple(guide for guide in guides if guide))


def _read_sources(root: Path, problems: list[Problem]) -> dict[str, Source]:
    path = root / "sources.yaml"
    if not path.is_file():
        problems.append(Problem("sources.yaml", 1, "missing: every section cites its sources from it"))
        return {}
    header = read_yaml(path.read_text(encoding="utf-8"), "sources.yaml", 0, problems)
    sources = {}
    for key, entry in (header.values if header else {}).items():
        if (
            isinstance(entry, dict)
            and isinstance(entry.get("org"), str)
            and isinstance(entry.get("title"), str)
        ):
            sources[key] = Source(key, entry["org"], entry["title"], entry.get("year"), entry.get("url"))
        else:
            problems.append(
                Problem("sources.yaml", header.lines[key] if header else 1, f"{key} needs org and title")
            )
    return sources


def _read_guide(
    root: Path, path: Path, sources: Mapping[str, Source], problems: list[Problem]
) -> Guide | None:
    folder = path.parent
    file = path.relative_to(root).as_posix()
    before = len(problems)
    text = path.read_text(encoding="utf-8")
    header = read_yaml(text, file, 0, problems)
    if header is None:
        return None
    problems.extend(wrong_fields(header, GUIDE_FIELDS, GUIDE_OPTIONAL))
    if folder.name in RESERVED:
        problems.append(Problem(file, 1, f"the folder {folder.name!r} stands for an address of its own"))
    steps = tuple(_read_steps(header, problems))
    pages = sorted(folder.glob("*.md"))
    sections = [
        read_section(page.read_text(encoding="utf-8"), page.relative_to(root).as_posix(), problems)
        for page in pages
    ]
    problems.extend(_repeated_slugs(sections))
    if len(problems) > before:
        return None
    values = {name: value for name, value in header.values.items() if name != "path"}
    countries = read_countries(root, folder.parent.name, problems)
    return Guide(
        language=folder.parent.name,
        slug=folder.name,
        path=steps,
        sections=tuple(_citing(section, countries) for section in sections if section),
        countries=countries,
        sources=sources,
        files=_texts([path, *pages]) | {one.file: one.text for one in countries},
        file=file,
        lines=header.lines,
        **values,
    )


def _texts(paths: Sequence[Path]) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def _read_steps(header: Header, problems: list[Problem]) -> Iterator[Step]:
    steps = header.values.get("path")
    for step in steps if isinstance(steps, list) else []:
        match step:
            case {"label": str(label), "sections": list(slugs)}:
                yield Step(label=label, sections=tuple(map(str, slugs)))
            case _:
                line = header.lines["path"]
                problems.append(
                    Problem(header.file, line, "each step of path needs a label and a list of sections")
                )


def read_section(text: str, file: str, problems: list[Problem]) -> Section | None:
    """A chapter's text; what is wrong with it is added to ``problems``."""
    match = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
    if not match:
        problems.append(Problem(file, 1, "front matter missing: the file starts with --- and a YAML block"))
        return None
    header = read_yaml(match[1], file, 1, problems)
    if header is None:
        return None
    before = len(problems)
    problems.extend(wrong_fields(header, SECTION_FIELDS, SECTION_OPTIONAL))
    problems.extend(_wrong_values(header, file.rpartition("/")[2]))
    if len(problems) > before:
        return None
    values = dict(header.values)
    values["sources"], values["next"] = tuple(values["sources"]), tuple(values["next"])
    body_line = text[: match.end()].count("\n") + 1
    return Section(**values, body=text[match.end() :], body_line=body_line, file=file, lines=header.lines)


def _citing(section: Section, countries: Sequence[Country]) -> Section:
    """The section with the sources of the country boxes it shows."""
    sources = dict.fromkeys((*section.sources, *cited_by(section.body, countries)))
    return replace(section, sources=tuple(sources))


def _wrong_values(header: Header, name: str) -> Iterator[Problem]:
    match = SECTION_FILE.fullmatch(name)
    slug, status = header.values.get("slug"), header.values.get("status")
    if not match:
        yield Problem(header.file, 1, "the file name must be two digits, a hyphen, the slug and .md")
    elif slug in RESERVED:
        yield Problem(header.file, header.lines["slug"], f"slug {slug!r} stands for an address of its own")
    elif slug != match["slug"]:
        yield Problem(header.file, header.lines.get("slug", 1), f"slug {slug!r} differs from the file name")
    if status is not None and status not in STATUSES:
        yield Problem(header.file, header.lines["status"], f"status must be one of {', '.join(STATUSES)}")


def _repeated_slugs(sections: Sequence[Section | None]) -> Iterator[Problem]:
    seen: set[str] = set()
    for section in filter(None, sections):
        if section.slug in seen:
            yield Problem(section.file, section.lines["slug"], f"slug {section.slug!r} is used twice")
        seen.add(section.slug)
