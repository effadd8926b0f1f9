"""Sentences that are kind to read for whoever is concerned: a facilitator picks one or writes her own."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Reasons = tuple[tuple[str, str | Promise], ...]

#: Her own words instead of one of the sentences.
OWN = "own"

# The writer alone reads it.
DECLINE: Reasons = (
    (
        "names",
        _("It names a person, a school or a place. Please write it again without the name."),
    ),
    ("contact", _("It holds a number or an address. For everybody's safety we keep those out of the room.")),
    (
        "details",
        _("It goes into details that are heavy to read for others. How you are with it is welcome here."),
    ),
    ("evidence", _("It touches what the police or a court may ask about. Please leave that part out.")),
)

# Everybody in the room reads it.
REMOVE: Reasons = (
    ("names", _("It named a person or a place.")),
    ("contact", _("It held a number or an address.")),
    ("details", _("It went into details that are heavy to read for others.")),
    ("evidence", _("It touched what the police or a court may ask about.")),
    ("tone", _("It could hurt somebody here.")),
)

# For the record; facilitators and the coordinator read it.
MUTE: Reasons = (
    ("pause", _("To give the others room to speak.")),
    ("calm", _("To let a difficult moment pass.")),
    ("rules", _("What we agreed on was not kept, after a reminder.")),
)

EJECT: Reasons = (
    ("harm", _("Somebody in the group was attacked or threatened.")),
    ("identity", _("There were attempts to find out who others are.")),
    ("impostor", _("We doubt that this is the person we know.")),
    ("danger", _("Somebody's safety is at stake.")),
)


def sentence(reasons: Reasons, chosen: str, own_words: str) -> str:
    """The reason as it is kept and shown, in the facilitator's language."""
    return own_words if chosen == OWN else str(dict(reasons)[chosen])
