"""The marks of sources in a line of text: those that stand side by side are one run, each source once, and
the run stands where the language puts it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from markdown_it.token import Token

#: What the parser makes of one mark, and what ``gathered`` makes of those side by side.
MARK, RUN = "source_mark", "source_marks"
#: Languages that set a mark before the point, not after it: Lexique des règles typographiques en usage à
#: l'Imprimerie nationale, "Appels de note".
BEFORE_POINTS = {"fr"}
_POINTS = re.compile(r"\s*[.,;:!?…]+$")


def gathered(children: Iterable[Token], *, language: str) -> list[Token]:
    """The tokens of a line, with a token RUN for marks side by side; its ``meta["keys"]`` are the sources."""
    line: list[Token] = []
    for marked, group in groupby(children, key=lambda token: token.type == MARK):
        if not marked:
            line += group
            continue
        points = _taken(line) if language in BEFORE_POINTS else ""
        keys = dict.fromkeys(token.meta["key"] for token in group)
        line += [Token(RUN, "", 0, meta={"keys": list(keys)}), *[_text(points)] * bool(points)]
    return line


def shown(numbers: Iterable[int]) -> SafeString:
    """A run: its numbers in their order, each linked to the list, and named for those who listen."""
    # Two marks in a row, 7 and 6, must not read as 76.
    between = format_html('<sup class="source-mark">,{}</sup>', "\N{NARROW NO-BREAK SPACE}")
    return format_html_join(between, "{}", ((_shown(number),) for number in sorted(numbers)))


def _shown(number: int) -> SafeString:
    name = _("Source %(number)s") % {"number": number}
    return format_html(
        '\N{WORD JOINER}<sup class="source-mark"><a href="#source-{}">'
        '<span class="visually-hidden">{} </span>{}</a></sup>',
        number,
        name.removesuffix(str(number)).strip(),
        number,
    )


def _taken(line: Sequence[Token]) -> str:
    """The points that end the words so far, with the space before them; they are taken from the words."""
    if not line or line[-1].type != "text" or not (found := _POINTS.search(line[-1].content)):
        return ""
    line[-1].content = line[-1].content[: found.start()]
    return found[0]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
