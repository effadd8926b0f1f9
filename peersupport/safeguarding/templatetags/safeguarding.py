"""What other rooms' pages show of safeguarding, without importing it."""

from __future__ import annotations

from django import template
from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.safeguarding import keeping, telling
from peersupport.safeguarding.models import Look

register = template.Library()


@register.simple_tag
def looked_at(user: object) -> list[Look]:
    """Looks at this person that she has not read of yet. One statement."""
    return telling.for_person(user, now=timezone.now()) if isinstance(user, User) else []


@register.simple_tag
def unopened_concerns(user: object) -> int:
    """How many concerns wait for a coordinator to open them. One statement."""
    return keeping.waiting_number(user) if isinstance(user, User) else 0
