"""HTML of our own making as plain text: for an edition's text file, and for what search looks through."""

from __future__ import annotations

import textwrap
from html.parser import HTMLParser

WIDTH = 76
BLOCKS = {"p", "h1", "h2", "h3", "h4", "li", "tr", "summary", "blockquote"}
UNDERLINED = {"h1": "=", "h2": "-"}


def plain(html: str, *, width: int = WIDTH) -> str:
    """The words of ``html`` in lines of ``width``: headings underlined, lists marked, boxes set apart."""
    writer = _Writer(width)
    writer.feed(html)
    writer.close()
    return writer.written()


def words_of(html: str) -> str:
    """The words alone, in one line: what stood in a line of its own ends like a sentence."""
    writer = _Writer(width=None)
    writer.feed(html)
    writer.close()
    return writer.written().strip()


class _Writer(HTMLParser):
    """Collects blocks of text with what stands before their first and their other lines."""

    def __init__(self, width: int | None) -> None:
        super().__init__()
        self.width = width
        self.blocks: list[str] = []
        self.words: list[str] = []
        self.lists: list[int | None] = []
        self.mark = ""
        self.silent = 0
        self.after_item = False

    def written(self) -> str:
        """What has been collected."""
        self.end_block("p")
        if self.width is None:
            return " ".join(self.blocks)
        return "\n\n".join(self.blocks).replace("\n\n\0", "\n").replace("\0", "") + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a block, a list or an item; notes what a picture shows."""
        given = dict(attrs)
        if given.get("class") in {"source-mark", "station", "tick"} or self.silent:
            self.silent += 1
        if tag in BLOCKS or tag in {"div", "ul", "ol", "table", "details", "section"}:
            self.end_block("p")
        if tag == "ul" or tag == "ol":
            self.lists.append(int(given.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            number = self.lists[-1] if self.lists else None
            self.mark = f"{number}. " if number else "- "
            if number:
                self.lists[-1] = number + 1
        elif tag == "img" and given.get("alt"):
            self.words.append(f"[{given['alt']}]")
        if tag in {"img", "br", "input", "hr"} and self.silent:
            self.silent -= 1

    def handle_endtag(self, tag: str) -> None:
        """Ends it again."""
        if self.silent:
            self.silent -= 1
        if tag in BLOCKS:
            self.end_block(tag)
        elif tag in {"td", "th"}:
            self.words.append(" | ")
        elif tag in {"ul", "ol"} and self.lists:
            self.end_block("li")
            self.lists.pop()

    def handle_data(self, data: str) -> None:
        """Words, except the numbers that are marks."""
        if not self.silent:
            self.words.append(data)

    def end_block(self, tag: str) -> None:
        """Sets the words collected so far as a paragraph, an item or a heading."""
        text = " ".join("".join(self.words).replace("\N{WORD JOINER}", "").split()).strip(" |")
        self.words = []
        if text and self.width:
            self.set_block(tag, text, self.width)
        elif text:
            self.blocks.append(text if text[-1] in ".!?…:;”»" else f"{text}.")

    def set_block(self, tag: str, text: str, width: int) -> None:
        """In lines, with what stands before the first and the others."""
        indent = "  " * max(len(self.lists) - 1, 0) if self.mark else "  " * len(self.lists)
        hang = indent + " " * len(self.mark)
        lines = textwrap.fill(
            text,
            width,
            initial_indent=indent + self.mark,
            subsequent_indent=hang,
            break_long_words=False,
        )
        if tag in UNDERLINED:
            lines += "\n" + UNDERLINED[tag] * min(len(text), width)
        # Items of a list stand close together; a heading has more room above it.
        close = "\0" if self.mark and self.after_item else ""
        above = "\n" if tag in UNDERLINED and self.blocks else ""
        self.blocks.append(close + above + lines)
        self.after_item, self.mark = bool(self.mark), ""
