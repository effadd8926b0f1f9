"""What is asked when the site starts: that every word list can be used."""

from __future__ import annotations

from typing import Any

from django.core import checks

from peersupport.chat.nudges import lists


@checks.register("chat")
def word_lists_can_be_used(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """A broken list of the organisation's own stops the start, not the first message of an evening."""
    try:
        lists.files()
    except lists.BadList as bad:
        return [checks.Error(f"A word list cannot be used: {bad}", id="chat.E001")]
    return []
