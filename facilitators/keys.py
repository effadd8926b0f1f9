"""The keys of the console. The page lists them; console.js obeys the same list, sent along with the page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Key:
    """One key and what it does. It works wherever the cursor is not in a text."""

    key: str
    does: str | Promise


KEYS = (
    Key("w", _("Write a message")),
    Key("o", _("Open the room")),
    Key("p", _("Pause, or go on")),
    Key("c", _("Close the room (asks first)")),
    Key("m", _("Choose which messages wait")),
    Key("n", _("Choose how often each parent writes")),
    Key("s", _("Go to the first hard words")),
    Key("h", _("Go to the first message that waits")),
    Key("v", _("Show the covered words that wait, or those you are on; or cover them again")),
    Key("r", _("Release the message that waits")),
    Key("d", _("Decline the message that waits (asks for a reason)")),
    Key("a", _("The report, or the hard words you are on, are seen to")),
    Key("j", _("Next message in the room")),
    Key("k", _("Message before")),
    Key("x", _("Remove the message you are on (asks for a reason)")),
    Key("l", _("Go to the people")),
    Key("u", _("Let the person you are on only read, or write again")),
    Key("e", _("Put the person you are on out of the group (asks for a reason)")),
    Key("z", _("Undo the last act, where that is possible")),
    Key("?", _("Show this list")),
)
