"""Words and templates that depend on an application."""

from __future__ import annotations

from django import template

from peersupport.joining import choices
from peersupport.joining.models import Application

register = template.Library()

CHIPS = {"sent": "chip-accent", "waiting": "chip-warn", "offered": "chip-tint"}


@register.filter
def language_name(code: str) -> str:
    """The name of a language: "fi" → "Finnish"."""
    return choices.language_name(code)


@register.filter
def state_template(application: Application) -> str:
    """The template that says where an application stands."""
    return f"joining/states/{Application.State(application.state).value}.html"


@register.filter
def chip(application: Application) -> str:
    """The class of the chip that shows a state; its words say the same without colour."""
    return CHIPS.get(application.state, "")
