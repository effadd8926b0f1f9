"""The dialect guides are written in: CommonMark with tables, typed boxes (``::: action``) and source
marks (``[^KEY]``); no raw HTML, and no images but our own (``figure:name``)."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.container import container_plugin

BOX_OPEN, BOX_CLOSE = "container_box_open", "container_box_close"
SOURCE_MARK = re.compile(r"\[\^(?P<key>[A-Za-z0-9-]+)\]")

# Opening and closing marks of first and second level, as each language's typographers set them.
QUOTES = {
    "en": "“”‘’",
    "fi": "””’’",
    "sv": "””’’",
    "fr": ["«\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}»", "“", "”"],
}


@cache
def parser(language: str) -> MarkdownIt:
    """The parser for texts in this language: they differ in their quotation marks only."""
    quotes = QUOTES.get(language, QUOTES["en"])
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": True, "quotes": quotes})
    markdown.enable(["table", "smartquotes"])
    container_plugin(markdown, "box", validate=lambda params, _markup: bool(params.strip()))
    markdown.inline.ruler.before("link", "source_mark", _source_mark)
    return markdown


def smarten(text: str, language: str) -> str:
    """A line of plain text (a title, a summary) with the quotation marks of its language."""
    inline = parser(language).parseInline(text)[0]
    return "".join(child.content or "\n" * (child.type == "softbreak") for child in inline.children or [])


def _source_mark(state: StateInline, silent: bool) -> bool:
    match = SOURCE_MARK.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        # The mark belongs to the word before it: no space may part them at the end of a line.
        state.pending = state.pending.rstrip(" ")
        state.push("source_mark", "", 0).meta = {"key": match["key"]}
    state.pos = match.end()
    return True
