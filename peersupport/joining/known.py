"""How an applicant said that she may be reached, for the one case in which it has to be known."""

from __future__ import annotations

from peersupport.accounts.known import Known
from peersupport.accounts.models import User
from peersupport.joining import choices
from peersupport.joining.models import Application
from peersupport.vault.keys import KeyDestroyed


def known_of(user: User) -> Known | None:
    """What she is called and how a call is safe; nothing of what happened. None where nothing is kept."""
    application = Application.objects.filter(user=user).order_by("-started_at").first()
    if application is None:
        return None
    try:
        told = application.told
    except KeyDestroyed:
        return None
    calls = told.reach == "phone"
    return Known(
        called=told.called,
        phone=told.phone if calls else "",
        hours=f"{told.from_hour}–{told.until_hour}" if calls and told.from_hour else "",
        opener=choices.name_of(told.opener, choices.OPENERS),
        never=tuple(choices.name_of(one, choices.NEVER) for one in told.never),
    )
