"""What a meeting should hold by the plan, to be ticked when it is talked over. Our own words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Where the plan of a meeting says nothing of its own.
GENERAL: tuple[Promise, ...] = (
    _("Everybody who came was greeted by name."),
    _("What we agreed on was called to mind."),
    _("Each had a turn, and could pass."),
    _("We stayed with feelings and coping, and did not ask what was done."),
    _("It closed calmly, with a word on where help is."),
)
