"""The printed guides: tagged, in order, neutral outside, the same bytes each time."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from pikepdf import Pdf

from guides import helplines
from guides.checking import telling_words
from guides.markdown import smarten
from guides.reading import Guide, Library
from guides.typesetting import Document
from tests.guides.conftest import GUIDES, TODAY

pytestmark = pytest.mark.parametrize("slug", GUIDES)


def opened(document: Document) -> Pdf:
    """The PDF as a structure."""
    return Pdf.open(BytesIO(document.pdf))


def guide_of(library: Library, slug: str) -> Guide:
    """A real guide."""
    guide = library.guide("en", slug)
    assert guide is not None
    return guide


def elements(node: Any) -> Iterator[Any]:
    """Every structure element below one, in reading order."""
    kids = node.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def tags(pdf: Pdf) -> list[str]:
    """The names of all structure elements, in reading order."""
    return [str(element.S) for element in elements(pdf.Root.StructTreeRoot)]


def words(document: Document, tmp_path: Path) -> str:
    """The text as a reader's software finds it, spaces evened out."""
    path = tmp_path / "guide.pdf"
    path.write_bytes(document.pdf)
    found = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", " ", found)


def pages_of(document: Document, tmp_path: Path) -> list[str]:
    """The text of each page, spaces evened out."""
    path = tmp_path / "guide.pdf"
    path.write_bytes(document.pdf)
    found = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()
    return [re.sub(r"\s+", " ", page) for page in found.split("\f")[:-1]]


def test_pdfua_finds_nothing(printed: dict[str, Document], slug: str, tmp_path: Path) -> None:
    path = tmp_path / f"{slug}-a4.pdf"
    path.write_bytes(printed[slug].pdf)
    done = subprocess.run([".venv/bin/pdfua", "check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_says_that_it_is_tagged_and_in_which_language(printed: dict[str, Document], slug: str) -> None:
    pdf = opened(printed[slug])
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_headings_begin_at_one_and_skip_no_level(printed: dict[str, Document], slug: str) -> None:
    levels = [int(tag[2]) for tag in tags(opened(printed[slug])) if re.fullmatch(r"/H[1-6]", tag)]
    assert levels[0] == 1
    assert max(levels) == 3
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_chapter_is_a_heading_a_bookmark_and_in_the_text(
    printed: dict[str, Document], real_texts: Library, slug: str, tmp_path: Path
) -> None:
    guide = guide_of(real_texts, slug)
    with opened(printed[slug]).open_outline() as outline:
        bookmarks = [item.title for item in outline.root]
    text = words(printed[slug], tmp_path)
    assert len(guide.sections) >= 3
    for section in guide.sections:
        assert section.title in bookmarks
        assert text.count(section.title) >= 2
    assert bookmarks[-2] == "Sources"


def test_every_page_inside_names_its_edition_and_when_it_is_looked_at_next(
    printed: dict[str, Document], real_texts: Library, slug: str, tmp_path: Path
) -> None:
    guide = guide_of(real_texts, slug)
    review = min(section.review_by for section in guide.sections)
    footer = f"{guide.short_title} · Edition 1 · Next review by {review:%-d %B %Y}"
    cover, *inside = pages_of(printed[slug], tmp_path)
    assert footer not in cover
    assert len(inside) == printed[slug].pages - 1 > 10
    assert [number for number, page in enumerate(inside, 2) if footer not in page] == []


def test_the_last_pages_are_the_lines_to_call(
    printed: dict[str, Document], slug: str, tmp_path: Path
) -> None:
    country = helplines.for_country(settings.COUNTRY, TODAY)
    assert country
    pages = pages_of(printed[slug], tmp_path)
    [first] = [
        number for number, page in enumerate(pages) if f"Helplines: {country.name} Numbers and" in page
    ]
    chapter = " ".join(pages[first:])
    lines = [line for group in country.groups for line in group.lines]
    assert len(lines) > 5
    assert [line.name for line in lines if smarten(line.name, "en") not in chapter] == []
    phones = [phone.shown for line in lines for phone in line.phones]
    assert phones
    assert [phone for phone in phones if phone not in chapter] == []


def test_every_link_is_tagged_and_says_where_it_leads(printed: dict[str, Document], slug: str) -> None:
    pdf = opened(printed[slug])
    links = [note for page in pdf.pages for note in page.get("/Annots", []) if note.Subtype == "/Link"]
    assert len(links) > 40
    assert all("/StructParent" in link for link in links)
    assert all(str(link.get("/Contents", "")).strip() for link in links)
    assert tags(pdf).count("/Link") > 40


def test_nothing_that_is_painted_is_left_untagged(printed: dict[str, Document], slug: str) -> None:
    """Text and pictures stand inside marked content: a tag, or an artifact."""
    pdf = opened(printed[slug])
    shows = {"Tj", "TJ", "'", '"', "Do", "BI"}
    for page in pdf.pages:
        depth = 0
        for part in pikepdf.parse_content_stream(page):
            name = str(part.operator)
            depth += name in {"BDC", "BMC"}
            depth -= name == "EMC"
            assert depth > 0 or name not in shows, (page.index, part.operands)


def test_the_contents_give_the_page_on_which_each_chapter_stands(
    printed: dict[str, Document], real_texts: Library, slug: str, tmp_path: Path
) -> None:
    path = tmp_path / "guide.pdf"
    path.write_bytes(printed[slug].pdf)

    def page(number: int) -> str:
        command = ["pdftotext", "-layout", "-f", str(number), "-l", str(number), str(path), "-"]
        return re.sub(
            r"[ \n]+", " ", subprocess.run(command, capture_output=True, check=True).stdout.decode()
        )

    contents = page(3)
    for section in guide_of(real_texts, slug).sections:
        match = re.search(re.escape(section.title) + r" (\d+)\b", contents)
        assert match, section.title
        assert smarten(section.summary[:30], "en") in page(int(match[1]))


@pytest.mark.check(27)
def test_the_outside_says_nothing_of_the_inside(
    printed: dict[str, Document], real_texts: Library, slug: str, tmp_path: Path
) -> None:
    pdf = opened(printed[slug])
    title = guide_of(real_texts, slug).short_title
    assert str(pdf.docinfo["/Title"]) == title
    known = {"/Title", "/Producer", "/CreationDate", "/ModDate"}
    assert set(pdf.docinfo.keys()) <= known
    assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261122")
    with pdf.open_metadata() as metadata:
        told = " ".join(str(value) for value in metadata.values())
    assert telling_words(f"{told} {title} {slug}", "en") == []
    path = tmp_path / "guide.pdf"
    path.write_bytes(printed[slug].pdf)
    cover = subprocess.run(
        ["pdftotext", "-l", "1", path, "-"], capture_output=True, check=True
    ).stdout.decode()
    assert title in cover
    assert telling_words(cover, "en") == []


@pytest.mark.check(27)
def test_no_path_of_this_machine_and_no_embedded_file(printed: dict[str, Document], slug: str) -> None:
    pdf = opened(printed[slug])
    assert "/EmbeddedFiles" not in pdf.Root.get("/Names", {})
    everything = b"".join(
        each.read_bytes() if isinstance(each, pikepdf.Stream) else each.unparse(resolved=True)
        for each in pdf.objects
    )
    assert b"Lato" in everything
    for path in (b"/root", b"/home", b"/work", b"file:", str(Path.cwd()).encode()):
        assert path not in everything


def test_boxes_are_whole(
    printed: dict[str, Document], real_texts: Library, slug: str, tmp_path: Path
) -> None:
    """The first and the last words of each action box stand on one page."""
    pages = pages_of(printed[slug], tmp_path)
    boxes = 0
    for section in guide_of(real_texts, slug).sections:
        for title, body in re.findall(
            r"^::: (?:action|checklist|editor) (.+?)\n(.*?)^:::$", section.body, re.M | re.S
        ):
            # A link into another guide is followed by its name on paper: the words before it are enough.
            last = re.split(r"\[[^^]", body.strip().splitlines()[-1])[0]
            last = smarten(re.sub(r"^[-\d.]+ |\*|\[\^.*?\]", "", last), "en").strip()
            assert any(smarten(title, "en") in page and last[-20:] in page for page in pages), (title, last)
            boxes += 1
    assert boxes >= 5
