"""Places to write on, on paper: where a text has a row of dots or underscores, or an item to tick ends in a
colon. What is drawn there instead is as long as a hand needs, whatever the writer typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token

_ROW = re.compile(r"\s*(?:…{2,}|\.{4,}|_{3,})")
_WITHIN = '<span class="blank"></span>'
#: Below the words, from margin to margin.
_LINE = '<span class="blank blank-line"></span>'


def ruled(children: Iterable[Token], *, to_tick: bool) -> Iterator[Token]:
    """The tokens of a line of text with places to write; ``to_tick``: the line is an item of a checklist."""
    line = list(children)
    for token in line:
        last = token is line[-1]
        yield from _parts(token, last=last) if token.type == "text" else [token]
    if to_tick and line and line[-1].type == "text" and line[-1].content.endswith(":"):
        yield _raw(_LINE)


def _parts(token: Token, *, last: bool) -> Iterator[Token]:
    start = 0
    for row in _ROW.finditer(token.content):
        yield Token("text", "", 0, content=token.content[start : row.start()])
        yield _raw(_LINE if last and not token.content[row.end() :].strip() else _WITHIN)
        start = row.end()
    yield Token("text", "", 0, content=token.content[start:]) if start else token


def _raw(html: str) -> Token:
    return Token("html_inline", "", 0, content=html)
