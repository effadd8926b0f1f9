"""Short exercises for a pause of the whole room. Original texts, not a treatment; anyone may skip them.

To be reviewed by a professional of the organisation before a real group uses them (`reviewed_by`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS_MOST = 60


@dataclass(frozen=True)
class Exercise:
    """A heading and a few sentences, at most WORDS_MOST words together."""

    name: Promise
    steps: tuple[Promise, ...]
    reviewed_by: str = ""


EXERCISES = {
    "breath": Exercise(
        name=_("A longer breath out"),
        steps=(
            _("Let your shoulders sink. Breathe in as you like."),
            _("Breathe out slowly, as if you cooled a cup of tea. Let it take longer than the breath in."),
            _("Do this five times, in your own time."),
        ),
    ),
    "senses": Exercise(
        name=_("Five things you see"),
        steps=(
            _("Look around you, slowly. Name five things you see, to yourself."),
            _("Then four you can touch, three you hear, two you smell, one you taste."),
            _("You are here, in this room, now."),
        ),
    ),
    "feet": Exercise(
        name=_("Feet on the floor"),
        steps=(
            _("Put both feet on the floor. Press them down a little, and let go."),
            _("Feel the chair that holds your back, and your hands where they lie."),
            _("Let the floor carry you for a few breaths."),
        ),
    ),
}
