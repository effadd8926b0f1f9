"""Whether words may say that somebody is not well or not safe. For facilitators' eyes; it guarantees nothing.

Precision matters as much as recall: an alarm that goes off all the time is not heard. What is denied ("I do
not want to …") counts for nothing, what lies behind somebody ("back then", "she used to") one level less.
"""

from __future__ import annotations

from collections.abc import Sequence

from peersupport.chat.keeping.deciding import Distress
from peersupport.chat.nudges import lists
from peersupport.chat.nudges.folding import Text, Word
from peersupport.chat.nudges.matching import Hit, Matcher

# How many words a denial reaches forward, and how far a word of the past reaches, both within a sentence.
DENIED_WITHIN = 4
PAST_WITHIN = 9
LEVELS = ("", "watch", "urgent")
# Which comes first where a text holds several of one level.
ORDER = ("own_life", "danger", "child", "violence", "self_harm", "despair")

Found = Hit[tuple[str, str]]


class Signs:
    """Finds signs of distress by the phrases of the `distress` lists."""

    def __init__(self) -> None:
        files = lists.of("distress")
        self._matcher = Matcher(
            (phrase, (one.kind, one.level)) for file in files for one in file.lists for phrase in one.phrases
        )
        self._around = Matcher(
            (phrase, key)
            for file in files
            for key in ("denied", "past", "harmless")
            for phrase in file.beside[key]
        )
        self.telling = self._matcher.telling
        self._joins = {join for file in files for join in file.beside["joins"]}

    def worst(self, text: Text) -> Distress | None:
        """The most urgent sign in a text, or None."""
        hits = _longest(self._matcher.hits(text))
        if not hits:
            return None
        around = self._around.hits(text)
        # "I can't go on": its "can't" is spent and denies nothing that follows.
        around = [one for one in around if one.mark != "denied" or not any(_inside(one, hit) for hit in hits)]
        levels = [(hit.mark[0], self._level(hit, around, text.words)) for hit in hits]
        found = [Distress(kind, level) for kind, level in levels if level]
        return max(found, key=lambda one: (LEVELS.index(one.level), -ORDER.index(one.kind)), default=None)

    def _level(self, hit: Found, around: Sequence[Hit[str]], words: Sequence[Word]) -> str:
        level = LEVELS.index(hit.mark[1])
        for other in around:
            if other.mark == "harmless" and other.first < hit.last and hit.first < other.last:
                return ""
            if other.mark == "denied" and self._reaches(other, hit, words):
                return ""
        if any(other.mark == "past" and _near(other, hit, words) for other in around):
            # Whoever once thought of dying is still worth an eye.
            level = max(level - 1, hit.mark[0] == "own_life")
        return LEVELS[level]

    def _reaches(self, denial: Hit[str], hit: Found, words: Sequence[Word]) -> bool:
        between = words[denial.last : hit.first + 1]
        return denial.last <= hit.first <= denial.last + DENIED_WITHIN and not any(
            word.comma or word.text in self._joins for word in between
        )


def _longest(hits: list[Found]) -> list[Found]:
    """Without those that stand inside a longer one, which says more precisely what is meant."""
    return [
        hit
        for hit in hits
        if not any(
            other.first <= hit.first
            and hit.last <= other.last
            and other.last - other.first > hit.last - hit.first
            for other in hits
        )
    ]


def _inside(one: Hit[str], hit: Found) -> bool:
    return hit.first <= one.first and one.last <= hit.last


def _near(other: Hit[str], hit: Found, words: Sequence[Word]) -> bool:
    first, last = min(other.last, hit.last), max(other.first, hit.first)
    if last - first > PAST_WITHIN:
        return False
    return not any(word.breaks for word in words[min(other.first, hit.first) + 1 : last + 1])
