"""What the page frame needs where no request and no context processor is at hand."""

from __future__ import annotations

from django import template
from django.forms import BoundField, CheckboxInput
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from peersupport.shell.context import Site
from peersupport.shell.context import site as current_site
from peersupport.shell.places import Place, places_of

register = template.Library()

FRAME = ("tokens", "reset", "base", "layout")
COMPONENTS = (
    "skip-links",
    "top-bar",
    "help-now",
    "demo-banner",
    "page-header",
    "button",
    "card",
    "notice",
    "field",
    "error-summary",
    "table",
    "summary-list",
    "chip",
    "steps",
    "tabs",
    "empty",
    "fold",
    "link-list",
    "mark",
    "bottom-bar",
    "footer",
)


@register.simple_tag
def site() -> Site:
    """The site's name, country, leave address and whether it is a demonstration; needs no request."""
    return current_site()


@register.simple_tag
def stylesheets() -> SafeString:
    """The links to the shell's style sheets, tokens first: they name the order of the layers."""
    paths = [f"css/{name}.css" for name in FRAME]
    paths += [f"css/components/{name}.css" for name in COMPONENTS]
    paths.append("css/utilities.css")
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', ((static(path),) for path in paths))


@register.simple_tag
def guide_path(slug: str = "") -> str:
    """The address of a guide in the reader's language, or of the list of guides without a slug."""
    start = f"/{get_language() or 'en'}/guides/"
    return f"{start}{slug}/" if slug else start


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
