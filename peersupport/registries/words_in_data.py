"""Texts that pages and mails show through gettext and that stand in no code, but in a data file beside it.

`manage.py makemessages` and `manage.py languages` both ask here, so that a text is in every catalogue or
missed aloud.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

#: By file: the fields whose texts are shown, and the code that gives them to gettext.
SHOWN: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "peersupport/accounts/mails.toml": (
        frozenset({"subject"}),
        frozenset({"peersupport/accounts/mail.py", "peersupport/joining/mails_sent.py"}),
    ),
    "peersupport/chat/moderating/kind_words.toml": (
        frozenset({"choose", "words"}),
        frozenset({"peersupport/chat/moderating/kind_words.py"}),
    ),
    "peersupport/joining/needs.toml": (
        frozenset({"label"}),
        frozenset({"peersupport/joining/needs.py", "peersupport/joining/talk_forms.py"}),
    ),
}


def is_shown(path: str) -> bool:
    """Whether texts of this file, by its path from the root, are shown."""
    return path in SHOWN


def texts_in(path: str, content: str) -> list[str]:
    """The texts of a file that are shown, each once, in its order. KeyError for a file that is not listed."""
    fields, _readers = SHOWN[path]
    return list(dict.fromkeys(_strings(tomllib.loads(content), fields)))


def as_code(path: str, content: str) -> str:
    """The same as calls of gettext, one in a line, for the programs that gather texts from code."""
    return "".join(f"gettext({text!r})\n" for text in texts_in(path, content))


def _strings(table: dict[str, Any], fields: frozenset[str]) -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _strings(value, fields)
        elif name in fields:
            yield str(value)
