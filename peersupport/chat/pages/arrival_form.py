"""What a parent is asked at the door: her screen, whether she just reads, where she is if she likes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from peersupport.chat.models import Whereabouts

PLACE_MOST = 120


class ArrivalForm(forms.Form):
    """One page. Whether somebody sees the screen is hers to weigh: the answer is kept nowhere."""

    #: The version of the group's agreement as it is now, where the page is sent in.
    agreement = ""

    seen = forms.ChoiceField(
        label=_("Can someone else see this screen?"),
        choices=[("no", _("No, nobody but me")), ("yes", _("Yes, or perhaps"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these. Nobody is told, and both let you in.")},
    )
    quiet = forms.BooleanField(
        label=_("I'm just reading today"),
        help_text=_(
            "It stands beside your name, so that nobody waits for you. It is as good as writing, and you can "
            "change it in the room."
        ),
        required=False,
    )
    place = forms.CharField(
        label=_("Where are you now?"),
        max_length=PLACE_MOST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    call = forms.CharField(
        label=_("Whom shall we call if we are worried?"),
        help_text=_("A name and a number. It may be your own."),
        max_length=PLACE_MOST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    may_use = forms.BooleanField(
        label=_("You may keep this for the meeting and use it if you are worried about me"), required=False
    )
    keep = forms.BooleanField(
        label=_("Keep it for the next meeting, so that I need not write it again"), required=False
    )

    @classmethod
    def prefilled(cls, found: Whereabouts | None, *, written: QueryDict | None = None) -> ArrivalForm:
        """The page as she finds it: with what she wrote last time, where she wanted that.

        `written`: what she has just sent from this page, which stands for it.
        """
        if written and any(written.get(name) for name in ("place", "call")):
            return cls(initial={name: written.get(name) for name in cls.base_fields})
        if found is None:
            return cls()
        return cls(initial={"place": found.place, "call": found.call, "may_use": True, "keep": found.kept})

    @property
    def tells_where(self) -> bool:
        """Whether that part of the page stands open."""
        return any(self[name].value() for name in ("place", "call"))

    def clean(self) -> dict[str, Any]:
        """What she did not allow us to keep is not kept; she is asked rather than guessed at."""
        given: dict[str, Any] = super().clean() or {}
        # Nobody agrees to what she has not read: a page from before the agreement changed is shown again.
        if self.agreement and self.data.get("agreement", self.agreement) != self.agreement:
            self.add_error(
                None, _("What the group agrees on has changed meanwhile. Please read it once more.")
            )
        if (given.get("place") or given.get("call")) and not given.get("may_use"):
            self.add_error("may_use", _("Tick this, or leave the two lines above empty."))
        return given
