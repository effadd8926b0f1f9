"""A small guide tree on disk that a test can change: two guides in English, three sections in all."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guides.countries import TOPICS
from guides.reading import Library, read_library

SOURCES = """\
HOUSE: {org: "House of Tea", title: "How to pour", year: 2024, url: "https://tea.example/pour"}
GARDEN: {org: "Garden Club", title: "On leaves", year: null, url: null}
"""
GUIDE = """\
title: %(title)s
short_title: %(title)s
summary: A guide to "%(title)s".
audience: Whoever drinks tea.
publisher_note: A draft.
path:
  - label: First
    sections: [%(first)s]
"""
SECTION = """\
---
title: %(title)s
slug: %(slug)s
summary: In short.
minutes: 3
written_by: "Tea team"
reviewed: 2026-11-01
review_by: 2027-11-01
status: draft
sources: [HOUSE, GARDEN]
next: [%(next)s]
---
%(body)s
"""
BODY = """\
Boil water.[^HOUSE] [^GARDEN]

## The pot

Warm it first. See [the cups](section:cups) and [help](help:).

::: checklist On the table
- pot
- cups
:::

::: action What you can do now
- Pour.
:::
"""
OTHER_BODY = """\
## Cups

::: say
- "Would you like some?"
:::
"""


@dataclass
class Tree:
    """The tree and ways to change it."""

    root: Path

    def file(self, name: str) -> Path:
        """A file of the tree, by its path under ``en``."""
        return self.root / "en" / name

    def replace(self, name: str, old: str, new: str) -> None:
        """Change words in a file; they must stand there."""
        path = self.file(name)
        text = path.read_text(encoding="utf-8")
        assert re.search(re.escape(old), text), f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def body(self, text: str, name: str = "tea/01-pot.md") -> None:
        """Give a section another body."""
        path = self.file(name)
        head = path.read_text(encoding="utf-8").split("---\n")[1]
        path.write_text(f"---\n{head}---\n{text}", encoding="utf-8")

    def helplines(self, **countries: list[dict[str, Any]]) -> None:
        """Give the tree helplines of its own."""
        (self.root / "helplines.json").write_text(json.dumps(countries), encoding="utf-8")

    def read(self) -> Library:
        """The tree as the application reads it."""
        return read_library(self.root)


def plant(root: Path) -> Tree:
    """A tree without anything to put right."""
    tree = Tree(root)
    (root / "en" / "tea").mkdir(parents=True)
    (root / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    tree.file("tea/guide.yaml").write_text(GUIDE % {"title": "Tea", "first": "pot, cups"}, encoding="utf-8")
    pot = {"title": "The pot", "slug": "pot", "next": "cups", "body": BODY}
    cups = {"title": "The cups", "slug": "cups", "next": "pot", "body": OTHER_BODY}
    tree.file("tea/01-pot.md").write_text(SECTION % pot, encoding="utf-8")
    tree.file("tea/02-cups.md").write_text(SECTION % cups, encoding="utf-8")
    return tree


def translate(tree: Tree, language: str, *, slug: str = "tea") -> None:
    """The guide in another language, section by section with the same words and slugs."""
    for file in sorted((tree.root / "en" / slug).iterdir()):
        target = tree.root / language / slug / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")


COUNTRY = """\
status: draft
reviewed: 2026-11-01
review_by: 2027-11-01
topics:
"""
KNOWN = '  {topic}: {{facts: "{facts}", ask: the police, questions: ["Must I {topic}?"]}}\n'


def add_countries(tree: Tree, *codes: str) -> None:
    """What is known of each country, on every topic."""
    tree.file("countries").mkdir()
    for code in codes:
        known = [KNOWN.format(topic=topic, facts=f"Known in {code}: {topic}.") for topic in TOPICS]
        tree.file(f"countries/{code}.yaml").write_text(COUNTRY + "".join(known), encoding="utf-8")


def add_coffee(tree: Tree) -> None:
    """A second guide of one section."""
    tree.file("coffee").mkdir()
    tree.file("coffee/guide.yaml").write_text(GUIDE % {"title": "Coffee", "first": "beans"}, encoding="utf-8")
    beans = {"title": "Beans", "slug": "beans", "next": "", "body": OTHER_BODY}
    tree.file("coffee/01-beans.md").write_text(SECTION % beans, encoding="utf-8")
