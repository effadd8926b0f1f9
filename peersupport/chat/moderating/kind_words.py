"""Reasons that are kind to read: templates from kind_words.toml, by what is decided and why."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext

from peersupport.chat.protocol.errors import Refused

WRITTEN = Path(__file__).with_name("kind_words.toml")
#: What the audit says of a reason in a facilitator's own words.
OWN = "own"


@dataclass(frozen=True)
class Reason:
    """Why something was decided: a template, or words of the facilitator's own, which then stand for it."""

    template: str = ""
    words: str = ""

    @property
    def category(self) -> str:
        """What may be said of it without saying it."""
        return self.template or OWN


@cache
def _written() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(WRITTEN.read_text(encoding="utf-8"))


def templates(act: str) -> tuple[str, ...]:
    """The templates for an act: "decline", "remove", "mute" or "eject"."""
    return tuple(_written()[act])


def choices(act: str) -> list[tuple[str, str]]:
    """Templates with what a facilitator picks them by, in the reader's language."""
    # In two steps: a program that gathers texts would take the key for one.
    listed = [(name, entry["choose"]) for name, entry in _written()[act].items()]
    return [(name, gettext(text)) for name, text in listed]


def sentence(act: str, template: str) -> str:
    """What is read by whom it concerns, in the reader's language; "" for no template."""
    entry = _written()[act].get(template, {})
    text = entry.get("words")
    return gettext(text) if text else ""


def said(act: str, *, template: str, words: str) -> str:
    """The reason as it is shown: the facilitator's own words where there are some, else the template's."""
    return words or sentence(act, template)


def reason(act: str, *, template: str, words: str) -> Reason:
    """A reason as somebody gave it. Refused("invalid") for an unknown template, "empty" without any."""
    if template and template not in templates(act):
        raise Refused("invalid", field="template")
    if not template and not words:
        raise Refused("empty", field="reason")
    return Reason(template=template, words=words)
