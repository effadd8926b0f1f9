"""The typed boxes of a guide: what each kind is called in front of the reader."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guides.countries import TOPICS

KINDS: dict[str, str | Promise] = {
    "action": gettext_lazy("To do"),
    "say": gettext_lazy("You can say"),
    "avoid": gettext_lazy("Better to avoid"),
    "why": gettext_lazy("Why"),
    "checklist": gettext_lazy("Checklist"),
    "conversation": gettext_lazy("How a talk can go"),
    "steps": gettext_lazy("Step by step"),
    "countries": gettext_lazy("In your country"),
    "law": gettext_lazy("The law"),
    "editor": gettext_lazy("Not confirmed yet: please ask"),
}
TITLED = {"action", "checklist", "editor", "steps"}
CLOSING = {"action", "say"}


@dataclass(frozen=True)
class Block:
    """The opening line of a box: ``::: action Title``, ``::: law fi``, or of a country's box on a topic."""

    kind: str
    title: str
    country: str
    topic: str = ""

    @property
    def label(self) -> str:
        """The word above the box, in the language in use."""
        if self.kind == "law" and self.topic not in {"", "law"}:
            return country_name(self.country)
        if self.kind == "law":
            return _("The law: %(country)s") % {"country": country_name(self.country)}
        return str(KINDS[self.kind])


def opening(text: str) -> Block | str:
    """The box that ``text`` (what follows the colons) opens, or a sentence that says what is wrong."""
    kind, _space, rest = text.strip().partition(" ")
    rest = rest.strip()
    if kind not in KINDS:
        return f"unknown block {kind!r}: known are {', '.join(KINDS)}"
    if kind == "law":
        return _law(rest)
    if kind == "countries":
        return Block(kind, "", "") if rest in TOPICS else f"countries needs a topic: {', '.join(TOPICS)}"
    if rest and kind not in TITLED:
        return f"{kind} takes no title"
    return Block(kind, rest, "")


def _law(rest: str) -> Block | str:
    """``law fi``; the boxes of ``countries TOPIC`` name their topic too: ``law fi reporting``."""
    code, _space, topic = rest.partition(" ")
    if code.upper() not in Locale("en").territories or len(code) != 2 or topic not in ("", *TOPICS):
        return f"law needs a country code, not {rest!r}"
    return Block("law", "", code.lower(), topic)


def country_name(code: str) -> str:
    """The name of a country (lower-case ISO 3166-1 code) in the language in use."""
    names = Locale(get_language() or "en").territories
    return str(names.get(code.upper(), code.upper()))
