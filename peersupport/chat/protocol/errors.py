"""What a command can be refused for, in the words of the protocol."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "closed": _("The room is closed. Nothing was sent."),
    "paused": _("The room is paused. Your words were not sent; you can send them when it goes on."),
    "arrive": _("The meeting is on. Please come in by the page of the room first."),
    "turn": _("Somebody else has the turn just now. Your words were not sent; you can send them afterwards."),
    "muted": _("The facilitators have asked you to read for a while. Nothing was sent."),
    "not_allowed": _("This is not possible here."),
    "empty": _("Please write something first."),
    "too_long": _("This is too long. Please make it shorter."),
    "invalid": _("This could not be read."),
    "conflict": _("Something else was already sent under this number. Please write it again."),
    "rate_limited": _("That was very quick. Please wait a moment and try again."),
    "confirm": _("Your message seems to hold personal details. Please look at it once more."),
    "unknown_command": _("This is not a command the room knows."),
    "internal": _("Something went wrong on our side. Your words were not sent; please try again."),
}

SLOWLY = _("Each parent writes at most once in %(seconds)s seconds just now. Nothing was sent yet.")


class Refused(Exception):
    """A command that was understood and not carried out. `code` is one of MESSAGES; `more` goes along."""

    def __init__(self, code: str, message: str = "", **more: Any) -> None:
        super().__init__(code)
        self.code, self.more = code, more
        self._message = message

    def wire(self) -> dict[str, Any]:
        """The `error` object of a reply."""
        usual = SLOWLY % {"seconds": self.more["slow"]} if "slow" in self.more else str(MESSAGES[self.code])
        return {"code": self.code, "message": self._message or usual, **self.more}
