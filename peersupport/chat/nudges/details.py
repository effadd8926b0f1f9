"""Personal details in a text: addresses, numbers, names from other services, streets and schools.

`static/chat/looking.js` does the same in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick
from django.conf import settings

from peersupport.chat.nudges import lists
from peersupport.chat.nudges.folding import Text
from peersupport.chat.nudges.matching import Matcher
from peersupport.chat.nudges.numbers import numbers

# All on folded text, and only where it holds a sign that they need. Each has one way to read a text.
DOMAIN = re.compile(r"@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
LOCAL = re.compile(r"[a-z0-9.+_-]{1,64}$")
PROVIDERS = ("gmail", "hotmail", "outlook", "icloud", "yahoo", "proton", "protonmail")
SPOKEN_MAIL = re.compile(
    rf"(?:{'|'.join(sorted(PROVIDERS, reverse=True))})"
    r" ?(?:\.|\(?dot\)?|piste|punkt|point) ?(?:com|fi|se|fr|me|ch)\b"
)
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]{2,200}")
DOTTED = re.compile(r"\.[a-z]")
SITE = re.compile(
    r"\b[a-z0-9-]{2,63}\.(?:(?:com|org|net|info|app|eu|fi|uk|ie|gg)\b(?:/[^\s<>\"]{0,200})?"
    r"|[a-z]{2,6}/[^\s<>\"]{1,200})"
)
HANDLE = re.compile(r"@[a-z0-9_.]{3,30}")
SERVICES = (
    *("snap", "snapchat", "insta", "instagram", "ig", "discord", "telegram", "tiktok", "kik", "skype"),
    *("steam", "roblox", "threema"),
)
ELSEWHERE = re.compile(rf"\b(?:{'|'.join(sorted(SERVICES, reverse=True))}) ?[:=] ?[a-z0-9_.#-]{{3,40}}")
# Whole words, as a text's `spaced` has them.
NAMES = tuple(f" {name} " for name in (*PROVIDERS, *SERVICES))
NAMED = AhoCorasick(NAMES)
TAGGED = re.compile(r"\b[a-z0-9_.]{2,32}#[0-9]{4}\b")


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a text, in code points, that looks like something to think twice about."""

    kind: str
    start: int
    end: int

    def wire(self) -> dict[str, str | int]:
        """The finding of the protocol."""
        return {"kind": self.kind, "start": self.start, "end": self.end}


def may_hold_signs(text: Text) -> bool:
    """False where `signs` finds nothing unless the text holds one of NAMES."""
    folded = text.folded
    return text.digits or "@" in folded or "#" in folded or DOTTED.search(folded) is not None


def signs(text: Text, *, country: str) -> Iterator[Finding]:
    """What is told by its signs: e-mail addresses, links, handles and numbers, most telling first."""
    folded = text.folded
    if "@" in folded:
        yield from _mails(folded)
    named = NAMED.find_matches_as_indexes(text.spaced)
    if named:
        yield from _found("email", SPOKEN_MAIL, folded)
    if DOTTED.search(folded):
        yield from _found("link", LINK, folded)
        yield from _found("link", SITE, folded)
    if "@" in folded:
        yield from _handles(folded)
    if "#" in folded:
        yield from _found("handle", TAGGED, folded)
    if named:
        yield from _found("handle", ELSEWHERE, folded)
    if text.digits:
        for kind, start, end in numbers(folded, country=country or settings.COUNTRY):
            yield Finding(kind, start, end)


def _found(kind: str, pattern: re.Pattern[str], folded: str) -> Iterator[Finding]:
    for match in pattern.finditer(folded):
        yield Finding(kind, match.start(), match.end())


def _mails(folded: str) -> Iterator[Finding]:
    # From each "@" outwards: a pattern for the whole would try every letter before it.
    for domain in DOMAIN.finditer(folded):
        local = LOCAL.search(folded[max(0, domain.start() - 64) : domain.start()])
        if local:
            yield Finding("email", domain.start() - len(local[0]), domain.end())


def _handles(folded: str) -> Iterator[Finding]:
    for match in HANDLE.finditer(folded):
        before = folded[match.start() - 1] if match.start() else " "
        if not before.isalnum() and before not in "@.":
            yield Finding("handle", match.start(), match.end())


class Places:
    """Streets with a number, and schools with a name, by the phrases of the `details` lists."""

    def __init__(self) -> None:
        files = lists.of("details")
        never = {word for one in files for word in one.beside["never_names"]}
        self.streets = Matcher(_phrases(files, "street"), never_names=never)
        self.schools = Matcher(_phrases(files, "school"), never_names=never)
        self.telling = (*self.streets.telling, *self.schools.telling)

    def findings(self, text: Text) -> Iterator[Finding]:
        """Streets, then schools."""
        for matcher in (self.streets, self.schools) if text.digits else (self.schools,):
            for hit in matcher.hits(text):
                yield Finding(hit.mark, text.words[hit.first].start, text.words[hit.last - 1].end)


def _phrases(files: Sequence[lists.WordFile], kind: str) -> Iterator[tuple[str, str]]:
    for file in files:
        for one in file.lists:
            if one.kind == kind:
                yield from ((phrase, kind) for phrase in one.phrases)
