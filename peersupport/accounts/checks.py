"""What is asked when the site starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from peersupport.accounts.sending import server


@checks.register("accounts")
def mail_can_be_sent(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """EMAIL_URL is readable, and set wherever mails are to leave the house."""
    if not settings.EMAIL_URL:
        hint = "Set EMAIL_URL; until then every mail waits."
        return (
            [] if settings.DEMO else [checks.Warning("No mail server is set.", hint=hint, id="accounts.W001")]
        )
    try:
        server(settings.EMAIL_URL)
    except ValueError as error:
        return [checks.Error(str(error), id="accounts.E001")]
    return []
