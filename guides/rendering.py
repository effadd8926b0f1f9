"""Turns a section's Markdown into HTML: one renderer for the web and for paper.

Boxes, checklists, source marks and internal links are resolved on the parser's tokens; nh3 cleans what
comes out, so that nothing a text contains can become a script, a style or a request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from markdown_it.token import Token

from guides import markdown, marks
from guides.blanks import ruled
from guides.blocks import Block, opening
from guides.cleaning import clean
from guides.countries import Country, expanded
from guides.figures import drawings, size
from guides.front_matter import ContentError, Problem
from guides.reading import Section


class Medium(StrEnum):
    """What the HTML is for."""

    WEB = "web"
    PAPER = "paper"
    KEPT = "kept"  # one file to keep, read without a connection
    SHEET = "sheet"  # a paper of its own, with no list of sources and no other chapter to turn to


PRINTED = {Medium.PAPER, Medium.SHEET}


@dataclass(frozen=True)
class Target:
    """Where a link leads. Without ``href`` (a page this medium cannot reach) ``note`` says where to look."""

    href: str
    note: str = ""


class Links(Protocol):
    """Resolves ``section:…`` and ``help:``; None for what does not exist."""

    def __call__(self, address: str, /) -> Target | None:
        """The target of an address."""


def render(
    section: Section,
    *,
    language: str,
    medium: Medium,
    links: Links,
    numbers: Mapping[str, int],
    countries: Sequence[Country] = (),
) -> SafeString:
    """The body of a section as clean HTML.

    ``numbers`` gives each cited source its number in the list the marks point to.

    Raises ContentError for an unknown box, source or link: ``manage.py guides check`` names them before."""
    parser = markdown.parser(language)
    tokens = parser.parse(_with_countries(section, countries, medium))
    pen = _Pen(section, language, medium, links, numbers)
    pen.name_headings(tokens)
    return clean(parser.renderer.render(list(pen.draw(tokens)), parser.options, {}))


def render_lists(section: Section, *, language: str, links: Links) -> Iterator[tuple[str, SafeString]]:
    """Title and items of each titled checklist of a section, to stand on sheets of their own."""
    parser = markdown.parser(language)
    pen = _Pen(section, language, Medium.SHEET, links, {})
    inside: list[Token] = []
    for token in parser.parse(section.body):
        block = opening(token.info) if token.type == markdown.BOX_OPEN else None
        if isinstance(block, Block):
            pen.boxes, inside = [block], []
        elif token.type == markdown.BOX_CLOSE:
            [block] = pen.boxes
            if block.kind == "checklist" and block.title:
                html = parser.renderer.render(list(pen.draw(inside)), parser.options, {})
                yield markdown.smarten(block.title, language), clean(html)
            pen.boxes = []
        elif pen.boxes:
            inside.append(token)


def _with_countries(section: Section, countries: Sequence[Country], medium: Medium) -> str:
    return expanded(
        section.body,
        countries,
        first=settings.COUNTRY,
        nothing=_("Nothing has been confirmed for this country yet."),
        asking=_("Not confirmed yet. Ask %(whom)s:"),
        # A paper is for the organisation's country: others would make it long, and old before its time.
        alone=medium in PRINTED,
    )


class _Pen:
    """Rewrites the tokens of one section."""

    def __init__(
        self, section: Section, language: str, medium: Medium, links: Links, numbers: Mapping[str, int]
    ) -> None:
        self.section = section
        self.language = language
        self.medium = medium
        self.printed = medium in PRINTED
        self.links = links
        self.numbers = numbers
        self.boxes: list[Block] = []
        self.prefix = f"{section.slug}-" if medium is not Medium.WEB else ""
        self.station = ""
        self.under_heading = False

    def name_headings(self, tokens: list[Token]) -> None:
        """Gives every heading an id to be linked by."""
        seen: dict[str, int] = {}
        for token, inline in pairwise(tokens):
            if token.type != "heading_open":
                continue
            text = "".join(child.content for child in inline.children or [])
            name = slugify(text) or "part"
            seen[name] = seen.get(name, 0) + 1
            anchor = f"{self.prefix}{name}" + (f"-{seen[name]}" if seen[name] > 1 else "")
            token.attrSet("id", anchor)

    def draw(self, tokens: Iterable[Token]) -> Iterator[Token]:
        """The tokens as this medium shows them."""
        for token in tokens:
            match token.type:
                case markdown.BOX_OPEN:
                    yield from self.open_box(token)
                case markdown.BOX_CLOSE:
                    folded = self.folded(self.boxes.pop())
                    end = '<div class="box-end"></div>' if self.printed else ""
                    yield _raw("</details>\n" if folded else f"{end}</div>\n")
                case "table_open" | "table_close":
                    # What scrolls sideways on a phone is reached by keyboard, too (WCAG 2.1.1).
                    yield _raw(
                        '<div class="table" tabindex="0"><table>'
                        if token.nesting == 1
                        else "</table></div>\n"
                    )
                case "th_open":
                    yield _raw('<th scope="col">')
                case _:
                    yield self.plain(token)

    def open_box(self, token: Token) -> Iterator[Token]:
        """The box, its word, and its title as a heading that keeps the order of headings."""
        block = opening(token.info)
        if isinstance(block, str):
            raise self.wrong(token, block)
        self.boxes.append(block)
        start = '<div class="box box-{}{}"><p class="box-label">{}</p>'
        if self.folded(block):
            start = '<details class="box box-{}{}"><summary class="box-label">{}</summary>'
        place = " box-country" if block.topic else ""
        # Paper repeats the word where a box is longer than a page: boxes.css.
        word = format_html('<span class="box-word">{}</span>', block.label) if self.printed else block.label
        yield _raw(format_html(start, block.kind, place, word))
        if block.title:
            level = 3 if self.under_heading and block.kind != "action" else 2
            title = markdown.parser(self.language).renderInline(block.title)
            yield _raw(f'<h{level} class="box-title">{title}</h{level}>')

    def folded(self, block: Block) -> bool:
        """Whether a box opens at a touch: what is known of a country that is not the organisation's."""
        return bool(block.topic) and block.country != settings.COUNTRY and not self.printed

    def plain(self, token: Token) -> Token:
        """Any other token: headings are noted, lists in checklists get boxes to tick, links are resolved."""
        in_checklist = bool(self.boxes) and self.boxes[-1].kind == "checklist"
        if self.boxes and self.boxes[-1].kind == "steps" and not self.printed:
            self.on_the_way(token)
        if token.type == "heading_open":
            self.under_heading = True
        if token.type == "bullet_list_open" and in_checklist:
            token.attrSet("class", "ticks")
        if token.type == "inline":
            to_tick = in_checklist and token.level > 2
            token.children = list(self.inline(token))
            if self.printed:
                token.children = list(ruled(token.children, to_tick=to_tick))
            if to_tick:
                token.children = self.tick(token.children)
        return token

    def on_the_way(self, token: Token) -> None:
        """Steps are stations of a way; their numbers are text, for those who listen and those who copy."""
        if token.type == "ordered_list_open":
            token.attrSet("class", "stations")
        elif token.type == "list_item_open":
            self.station = token.info
        elif token.type == "inline" and self.station:
            number = _raw(format_html('<span class="station">{}</span> ', self.station))
            token.children = [number, *(token.children or [])]
            self.station = ""

    def tick(self, children: list[Token]) -> list[Token]:
        """An item to tick. Browsers are told not to remember what was ticked (``autocomplete``)."""
        if self.printed:
            return [_raw('<span class="tick"></span>'), *children]
        start = '<label class="tick-label"><input type="checkbox" autocomplete="off"><span>'
        return [_raw(start), *children, _raw("</span></label>")]

    def inline(self, parent: Token) -> Iterator[Token]:
        """The children of a line of text, links and marks resolved."""
        note = ""
        dropped = False
        for token in self.told_apart(parent):
            if token.type == marks.RUN:
                yield self.marked(token, parent)
            elif token.type == "link_open":
                target = self.target(str(token.attrGet("href")), parent)
                dropped, note = not target.href, target.note
                if not dropped:
                    token.attrSet("href", target.href)
                    yield token
            elif token.type == "image":
                yield self.figure(token, parent)
            elif token.type == "link_close":
                if not dropped:
                    yield token
                if note:
                    yield _text(note)
            else:
                yield token

    def told_apart(self, parent: Token) -> Iterable[Token]:
        """The children of a line, marks side by side as one; a sheet has no list of sources to lead to."""
        children = parent.children or []
        if self.medium is Medium.SHEET:
            return (token for token in children if token.type != marks.MARK)
        return marks.gathered(children, language=self.language)

    def marked(self, run: Token, parent: Token) -> Token:
        """The numbers of sources in their order, each linked to the list."""
        for key in run.meta["keys"]:
            if key not in self.numbers:
                raise self.wrong(parent, f"[^{key}] is not among the sources of this section")
        return _raw(marks.shown(self.numbers[key] for key in run.meta["keys"]))

    def figure(self, token: Token, parent: Token) -> Token:
        """A drawing of our own, with what it shows in words; nothing else can be shown."""
        name = str(token.attrGet("src")).removeprefix("figure:")
        if name not in drawings():
            raise self.wrong(parent, f"there is no figure {name}")
        if self.medium is not Medium.WEB:
            source = f"print:/figures/{name}.svg" if self.printed else f"figures/{name}.svg"
            return _raw(format_html('<img class="figure" src="{}" alt="{}">', source, token.content))
        picture = '<img class="figure" src="{}" alt="{}" width="{}" height="{}">'
        return _raw(format_html(picture, static(f"guides/figures/{name}.svg"), token.content, *size(name)))

    def target(self, address: str, parent: Token) -> Target:
        """Where a link leads in this medium."""
        if address.startswith("https://"):
            # A file to keep asks nobody for anything, not even by mistake.
            shown = address.removeprefix("https://").rstrip("/")
            return Target("", note=f" ({shown})") if self.medium is Medium.KEPT else Target(address)
        target = self.links(address)
        if target is None:
            raise self.wrong(parent, f"link to {address}: there is no such place")
        return target

    def wrong(self, token: Token, text: str) -> ContentError:
        line = self.section.body_line + (token.map[0] if token.map else 0)
        return ContentError([Problem(self.section.file, line, text)])


def _raw(html: str) -> Token:
    return Token("html_inline", "", 0, content=html)


def _text(text: str) -> Token:
    return Token("text", "", 0, content=text)
