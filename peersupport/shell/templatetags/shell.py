"""What the page frame needs where no request and no context processor is at hand."""

from __future__ import annotations

from django import template
from django.forms import BoundField, CheckboxInput
from django.template import Context
from django.utils.translation import get_language

from guides import offered
from peersupport.shell.context import Site
from peersupport.shell.context import site as current_site
from peersupport.shell.languages import Choice, choices
from peersupport.shell.places import Place, places_of

register = template.Library()


@register.simple_tag
def site() -> Site:
    """The site's name, country, leave address and whether it is a demonstration; needs no request."""
    return current_site()


@register.simple_tag
def guide_path(slug: str = "") -> str:
    """The address of a guide, or of the list of guides without a slug; in English where the reader's language
    has none."""
    return offered.path(get_language(), slug)


@register.simple_tag
def languages() -> list[Choice]:
    """The languages a reader can choose from; none where pages are in one alone."""
    return choices()


@register.simple_tag(takes_context=True)
def places(context: Context) -> list[Place]:
    """The places of whoever is signed in; none without a request or a sign-in."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return []
    return places_of(user, path=request.path)


@register.filter
def first_control(field: BoundField) -> str:
    """The id an error leads to: the field's control, or the first of a group of them."""
    if field.use_fieldset and not isinstance(field.field.widget, CheckboxInput):
        return f"{field.auto_id}_0"
    return field.id_for_label
