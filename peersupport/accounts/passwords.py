"""Passwords that somebody who knows the site or the person would try first (ASVS 5.0, 6.2.11)."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Of a password there must be so much left without the words of the place and the person.
LEFT_AT_LEAST = 6
OF_THE_PLACE = ("peersupport", "password", "parent", "group", "support")


class NotOfThisPlace:
    """Refuses what is little more than the site's name, her own name here, or what the site is about."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError where hardly anything but such words is in it."""
        left = re.sub(r"[\W_]", "", password.casefold())
        for word in _words(user):
            left = left.replace(word, "")
        if len(left) < LEFT_AT_LEAST:
            raise ValidationError(self.get_help_text(), code="password_of_this_place")

    def get_help_text(self) -> str:
        """What is asked of a password."""
        return _("Choose something that has nothing to do with this site or with your name here.")


def _words(user: Any) -> list[str]:
    known = [settings.SITE_NAME, *OF_THE_PLACE, getattr(user, "email", ""), getattr(user, "sign_in_name", "")]
    parts = {part for text in known if text for part in re.split(r"[\W_]+", text.casefold())}
    return sorted((part for part in parts if len(part) >= 4), key=len, reverse=True)
