"""What a browser needs to look a message over by itself: the same lists, carried by the room's page."""

from __future__ import annotations

from typing import Any

from peersupport.chat.nudges import lists
from peersupport.chat.nudges.private import CASES, CLITICS, PrivateWords


def for_browser(private: PrivateWords, *, cases_open: bool) -> dict[str, Any]:
    """The lists of `static/chat/looking.js`. Those of distress are no business of a browser."""
    details = lists.of("details")
    never = {word for one in details for word in one.beside["never_names"]}
    return {
        "street": _phrases("details", "street"),
        "school": _phrases("details", "school"),
        "neverNames": sorted(never),
        "evidence": {kind: _phrases("evidence", kind) for kind in lists.KINDS["evidence"]}
        if cases_open
        else None,
        "private": private.entries,
        "cases": CASES,
        "clitics": CLITICS,
    }


def _phrases(purpose: str, kind: str) -> list[str]:
    files = lists.of(purpose)
    return [phrase for file in files for one in file.lists if one.kind == kind for phrase in one.phrases]
