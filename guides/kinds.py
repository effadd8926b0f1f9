"""The kinds of paper a guide comes on: what each is called in front of the reader."""

from __future__ import annotations

from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

#: In the order in which the page of a guide lists them. A checklist is called by its title.
LABELS: MappingProxyType[str, str | Promise] = MappingProxyType(
    {
        "card": gettext_lazy("One sheet for right now"),
        "a4": gettext_lazy("The whole guide on A4"),
        "a5": gettext_lazy("The whole guide on small pages, A5"),
        "booklet": gettext_lazy("A booklet to print"),
        "large": gettext_lazy("The whole guide in large print"),
    }
)
NOTES: MappingProxyType[str, str | Promise] = MappingProxyType(
    {
        "card": gettext_lazy("A4, to fold: nothing is seen from outside."),
        "booklet": gettext_lazy("Only for printing: A4 on both sides, to fold and staple."),
        "large": gettext_lazy("A4, letters of 18 points."),
    }
)
