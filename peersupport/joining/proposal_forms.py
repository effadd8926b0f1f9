"""What a coordinator decides about proposals: when groups could begin, and who stays, goes or moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.groups.neutral import telling
from peersupport.joining.placement.facts import Locks, Place
from peersupport.joining.placement.proposals import Proposal

# So far ahead a group can be planned.
MOST_DAYS = 366
KEEP, NEVER = "keep", "never"
# No page proposes a thousand groups; a longer number is nobody's choice.
MOST_DIGITS = 3


class StartForm(forms.Form):
    """From which day on groups could begin."""

    starts_on = forms.DateField(
        label=_("From which day on could new groups begin?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Name a day."),
            "invalid": _("Write the day like this: 2026-03-24"),
        },
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if not self.today < day <= self.today + timedelta(days=MOST_DAYS):
            raise forms.ValidationError(gettext("Name a day within the next twelve months."))
        return day


class NameForm(forms.Form):
    """What a new group is called."""

    name = forms.CharField(
        label=_("Name of the group"),
        max_length=60,
        error_messages={
            "required": _("Give the group a name that says nothing, such as a tree."),
            "max_length": _("A shorter name, please: at most 60 letters."),
        },
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if telling(name):
            raise forms.ValidationError(gettext("This name says too much. A tree or a bird says nothing."))
        return name


def locks_from(
    posted: Mapping[str, str], proposals: Sequence[Proposal], before: Locks, *, accepted: Sequence[int] = ()
) -> Locks:
    """What was decided on the page; what it did not show stays as it was, unless everything is freed.

    Fields: `p-<person>` is empty, "keep", "never" or the number of another proposal; `g-<number>` closes the
    time of a new group; `free` takes everything back. Whatever else is posted is left aside, and so are
    proposals that were `accepted`.
    """
    if "free" in posted:
        return Locks()
    at, never, closed = dict(before.at), set(before.never), set(before.closed)
    others = {number: one for number, one in enumerate(proposals) if number not in accepted}
    for number, proposal in others.items():
        if proposal.place.is_new and posted.get(f"g-{number}"):
            closed.add(proposal.place)
        places = {other: one.place for other, one in others.items()}
        for person in proposal.parents:
            _decide(person, proposal.place, posted.get(f"p-{person}", ""), places, at, never)
        for person in proposal.leaders:
            # Who leads stays or goes; another place would be another decision.
            _decide(person, proposal.place, posted.get(f"p-{person}", ""), {}, at, never)
    at = {person: place for person, place in at.items() if place not in closed}
    return Locks(at=at, never=frozenset(never), closed=frozenset(closed))


def _decide(
    person: str,
    place: Place,
    said: str,
    places: Mapping[int, Place],
    at: dict[str, Place],
    never: set[tuple[str, Place]],
) -> None:
    if at.get(person) == place:
        del at[person]
    if said == KEEP:
        at[person] = place
    elif said == NEVER:
        never.add((person, place))
    elif said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS:
        moved = places.get(int(said), place)
        if moved != place:
            at[person] = moved
            never.discard((person, moved))
