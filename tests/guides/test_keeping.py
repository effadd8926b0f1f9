"""What an edition keeps: one file that asks nobody for anything, the same as text, checksums."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from guides import keeping
from guides.figures import drawings
from guides.models import Edition
from guides.plain import plain, words_of
from guides.reading import Library
from peersupport.groups.neutral import telling
from tests.guides.conftest import NOON, TODAY
from tests.guides.trees import Tree, add_countries

FAR = re.compile(r'(?:src|href|action|srcset|poster|data)\s*=\s*"(?!#|tel:)')


def kept(tree: Tree) -> str:
    """The file to keep of the guide on tea."""
    library = tree.read()
    edition = Edition(guide="tea", language="en", number=1, published_at=NOON)
    return keeping.kept(library, library.guides[0], edition, today=TODAY)


@pytest.mark.check(44)
def test_the_file_holds_everything_and_asks_nobody(tree: Tree) -> None:
    add_countries(tree, "fi", "se")
    figure = min(drawings())
    tree.body(
        f"![A cup](figure:{figure})\n\nSee [the club](https://tea.example/x) and [help](help:).[^HOUSE]\n\n"
        "::: countries reporting\n:::\n\n::: checklist List\n- pot\n:::\n\n::: action Do\n- a\n:::\n"
    )
    page = kept(tree)
    assert not FAR.search(page), FAR.search(page)
    assert "<script" not in page
    assert "url(" not in page
    assert '<svg class="figure" role="img" aria-label="A cup"' in page
    assert "the club (tea.example/x)" in page
    assert 'href="#helplines"' in page
    assert 'href="tel:112"' in page
    assert page.count('<input type="checkbox" autocomplete="off">') == 1
    assert "The cups" in page
    assert "Known in se: reporting." in page


def test_its_policy_allows_its_own_style_and_nothing_else(tree: Tree) -> None:
    page = kept(tree)
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert " style=" not in page


def test_its_title_is_neutral_and_its_marks_lead_to_the_sources(real_texts_kept: str) -> None:
    title = re.search(r"<title>(.*?)</title>", real_texts_kept)
    assert title
    assert telling(title[1]) == []
    ids = re.findall(r'\sid="([^"]+)"', real_texts_kept)
    assert len(ids) == len(set(ids))
    assert {each[1:] for each in re.findall(r'href="(#[^"]+)"', real_texts_kept)} <= set(ids)


@pytest.fixture
def real_texts_kept(real_texts: Library) -> str:
    """The file of the larger guide that ships."""
    found = real_texts.guide("en", "next-steps")
    assert found
    edition = Edition(guide="next-steps", language="en", number=1, published_at=NOON)
    return keeping.kept(real_texts, found, edition, today=TODAY)


def test_headings_of_the_file_stand_in_order(tree: Tree) -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", kept(tree))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


class Tags(HTMLParser):
    """Whether every element that was opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "input", "br", "img", "rect", "path", "circle", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"rect", "path", "circle"}:
            assert self.open.pop() == tag


def test_the_main_part_alone_is_whole_and_can_stand_in_a_page(tree: Tree) -> None:
    main = keeping.main_of(kept(tree))
    assert main.lstrip().startswith("<h1>Tea</h1>")
    tags = Tags()
    tags.feed(main)
    assert tags.open == []


def test_the_text_has_the_words_in_their_order_and_no_marks_of_the_page(tree: Tree) -> None:
    text = keeping.text(kept(tree))
    assert "Tea\n===" in text
    assert "The pot\n-------" in text
    assert "Boil water.\n" in text
    assert "- pot\n- cups\n" in text
    assert text.index("The pot\n---") < text.index("The cups\n---") < text.index("House of Tea")
    assert "<" not in text
    assert "&" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_lists_in_lists_and_numbers_are_kept_as_text() -> None:
    html = (
        "<ol><li>One<ul><li>in it</li></ul></li><li>Two</li></ol><table><tr><td>a</td><td>b</td></tr></table>"
    )
    assert plain(html) == "1. One\n  - in it\n2. Two\n\na | b\n"
    assert words_of("<h2>Cups</h2><p>Warm them</p>") == "Cups. Warm them."


def test_the_checksums_are_read_by_the_usual_program(tmp_path: Path) -> None:
    files = [("tea.txt", b"tea\n"), ("tea-a4.pdf", b"%PDF")]
    for name, content in files:
        (tmp_path / name).write_bytes(content)
    (tmp_path / "sums").write_text(
        keeping.checksums((name, sha256(content).hexdigest()) for name, content in files)
    )
    check = ["sha256sum", "--check", "--strict", "sums"]
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "tea.txt").write_bytes(b"coffee\n")
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode == 1
