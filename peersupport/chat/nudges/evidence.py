"""Whether a message reads like an account of what happened rather than of how somebody is.

Asked about only in a group where criminal cases are open: what is told there in detail can be used against
a child's own words. Never a judgement: the writer decides. `static/chat/looking.js` does the same in a
browser.
"""

from __future__ import annotations

import re

from peersupport.chat.nudges import lists
from peersupport.chat.nudges.details import Finding
from peersupport.chat.nudges.folding import Text
from peersupport.chat.nudges.matching import Matcher

DATE = re.compile(r"\b[0-9]{1,2}\.[0-9]{1,2}\.|\b[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{2}")
TELLING = ("act", "statement")


class Evidence:
    """Finds accounts by the phrases of the `evidence` lists."""

    def __init__(self) -> None:
        self._matcher = Matcher(
            (phrase, one.kind)
            for file in lists.of("evidence")
            for one in file.lists
            for phrase in one.phrases
        )

    def finding(self, text: Text) -> Finding | None:
        """The first telling place of an account, or None where the text is none."""
        hits = self._matcher.hits(text, among=TELLING)
        kinds = {hit.mark for hit in hits} | ({"day"} if DATE.search(text.folded) else set())
        if not _is_account(kinds):
            return None
        telling = next(hit for hit in hits if hit.mark in TELLING)
        return Finding("evidence", text.words[telling.first].start, text.words[telling.last - 1].end)


def _is_account(kinds: set[str]) -> bool:
    """An act together with a day, an official or the child's words; or the child's words with both others."""
    return ("act" in kinds and len(kinds) > 1) or {"statement", "official", "day"} <= kinds
