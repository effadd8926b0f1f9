"""How well the word lists find what they should: recall and false alarms, and the sentences they fail at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from peersupport.chat import nudges
from tests.chat.sentences import LEVELS, Sentence, sentences


@dataclass
class Score:
    """Shares of 1. `missed` and `alarmed` name the sentences, for whoever mends a list."""

    wanted: int = 0
    unwanted: int = 0
    missed: list[str] = field(default_factory=list)
    alarmed: list[str] = field(default_factory=list)

    @property
    def misses(self) -> float:
        """The share of what should be found and was not: 1 - recall."""
        return len(self.missed) / max(1, self.wanted)

    @property
    def alarms(self) -> float:
        """The share of harmless sentences that were found."""
        return len(self.alarmed) / max(1, self.unwanted)

    def __str__(self) -> str:
        return (
            f"recall {1 - self.misses:.3f} of {self.wanted}, "
            f"false alarms {self.alarms:.3f} of {self.unwanted}"
        )


def score(about: str, language: str = "") -> Score:
    """Details, accounts of what happened, or signs of distress, of one language or all."""
    judge = {"details": _details, "evidence": _evidence, "distress": _distress}[about]
    found = Score()
    for sentence in sentences(about):
        if language in ("", sentence.language):
            judge(sentence, found)
    return found


def languages() -> Iterator[str]:
    """Those that there are sentences of."""
    yield from dict.fromkeys(sentence.language for sentence in sentences("details"))


def _details(sentence: Sentence, score: Score) -> None:
    kinds = {finding.kind for finding in nudges.look_over(sentence.text, country="FI").findings}
    if sentence.wanted == "none":
        score.unwanted += 1
        if kinds:
            score.alarmed.append(f"{sentence.text} → {sorted(kinds)}")
    else:
        score.wanted += 1
        if sentence.wanted not in kinds:
            score.missed.append(f"{sentence.wanted}: {sentence.text} → {sorted(kinds)}")


def _evidence(sentence: Sentence, score: Score) -> None:
    found = nudges.look_over(sentence.text, country="FI", cases_open=True).findings
    asked = any(finding.kind == "evidence" for finding in found)
    if sentence.wanted == "evidence":
        score.wanted += 1
        if not asked:
            score.missed.append(sentence.text)
    else:
        score.unwanted += 1
        if asked:
            score.alarmed.append(sentence.text)


def _distress(sentence: Sentence, score: Score) -> None:
    found = nudges.look_over(sentence.text, country="FI").distress
    level = found.level if found else "none"
    if sentence.wanted != "none":
        score.wanted += 1
        if LEVELS.index(level) < LEVELS.index(sentence.wanted):
            score.missed.append(f"{sentence.wanted}: {sentence.text} → {found}")
    if sentence.wanted != "urgent":
        # An alarm above what is meant is one too many, too.
        score.unwanted += 1
        if LEVELS.index(level) > LEVELS.index(sentence.wanted):
            score.alarmed.append(f"{sentence.wanted}: {sentence.text} → {found}")
