"""Proposals in words, for the coordinator who decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from peersupport.joining.placement.proposals import Proposal, Unplaced

RULES = {
    "size": gettext_lazy("the smallest size of a group"),
    "facilitators": gettext_lazy("two qualified facilitators for each group"),
    "load": gettext_lazy("how many groups a facilitator can take on, and never two at one time"),
    "apart": gettext_lazy("people who must not meet"),
    "together": gettext_lazy("people who wish to be together"),
    "locks": gettext_lazy("a place that you locked, where somebody does not fit"),
}


class Names(Protocol):
    """How the reader knows what the ids stand for."""

    def slot(self, slot: str) -> str:
        """A time of the week: "Tuesday evening"."""

    def language(self, language: str) -> str:
        """A language: "Finnish"."""


def reasons(proposal: Proposal, names: Names) -> list[str]:
    """Why this is proposed, and what was traded off for it; the first sentence is about the time."""
    return [*_time(proposal, names), *_wishes(proposal), *_people(proposal)]


def _time(proposal: Proposal, names: Names) -> Iterable[str]:
    found = proposal.reasons
    words = ngettext(
        "%(free)s of %(waiting)s who waits is free at every meeting on %(when)s.",
        "%(free)s of %(waiting)s who wait are free at every meeting on %(when)s.",
        found.waiting,
    )
    yield words % {"free": found.free, "waiting": found.waiting, "when": names.slot(proposal.place.slot)}


def _wishes(proposal: Proposal) -> Iterable[str]:
    found = proposal.reasons
    if found.prefer:
        words = ngettext("%(n)s of them prefers this time.", "%(n)s of them prefer this time.", found.prefer)
        yield words % {"n": found.prefer}
    if found.rather:
        words = ngettext(
            "%(n)s would rather have another time.", "%(n)s would rather have another time.", found.rather
        )
        yield words % {"n": found.rather}


def _people(proposal: Proposal) -> Iterable[str]:
    found = proposal.reasons
    if found.longest:
        words = ngettext(
            "The longest of them waits for %(n)s week.",
            "The longest of them waits for %(n)s weeks.",
            found.longest,
        )
        yield words % {"n": found.longest}
    if proposal.leaders:
        words = ngettext(
            "%(n)s facilitator could lead it.", "%(n)s facilitators could lead it.", found.leaders_free
        )
        yield words % {"n": found.leaders_free}
    if found.near:
        words = ngettext(
            "%(n)s pair may know each other, from the same place or school: ask both first.",
            "%(n)s pairs may know each other, from the same place or school: ask both first.",
            found.near,
        )
        yield words % {"n": found.near}


def what_would_help(left: Unplaced, names: Names) -> str:
    """What would make a place for somebody who has none."""
    match left.lack:
        case "time":
            return _("No time of the week is known at which they are free.")
        case "apart":
            return _("There is a match in the conflict check where they would fit.")
        case "locked":
            return _("What you locked or excluded leaves no place for them.")
        case "weighed":
            return _("A place for them would take more from others.")
    assert left.place is not None
    given = {
        "n": left.missing,
        "when": names.slot(left.place.slot),
        "language": names.language(left.place.language),
    }
    if left.lack == "people":
        return _people_missing(left) % given
    return _facilitators_missing(left) % given


def _people_missing(left: Unplaced) -> str:
    return ngettext(
        "%(n)s more parent who is free on %(when)s would make a group in %(language)s.",
        "%(n)s more parents who are free on %(when)s would make a group in %(language)s.",
        left.missing,
    )


def _facilitators_missing(left: Unplaced) -> str:
    return ngettext(
        "%(n)s more facilitator who is free on %(when)s could lead a group in %(language)s.",
        "%(n)s more facilitators who are free on %(when)s could lead a group in %(language)s.",
        left.missing,
    )


def how_good(*, optimal: bool, gap: float) -> str:
    """Whether a better plan is possible; `gap` is a share, 0 to 1."""
    if optimal:
        return _("No plan places more, or suits them better: this is proved.")
    share = {"percent": f"{gap:.1%}"}
    return _("The time was up. A better plan could be up to %(percent)s better.") % share


def contradiction(rules: Sequence[str]) -> str:
    """Which rules make it impossible, each of them alone; none where it takes more than one."""
    if not rules:
        return _("What you locked cannot be: it breaks several rules at once. Take a lock back.")
    named = "; ".join(str(RULES[rule]) for rule in rules if rule in RULES)
    return _("What you locked cannot be. It is in the way of: %(rules)s.") % {"rules": named}
