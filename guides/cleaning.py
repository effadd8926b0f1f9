"""The last gate of a rendered text: HTML with nothing in it but what a guide may contain."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString

from guides.blocks import KINDS

TAGS = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "div", "hr", "br"),
    *("strong", "em", "code", "a", "sup", "span", "label", "input", "img"),
    *("details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    "h2": {"id"},
    "h3": {"id"},
    "a": {"href"},
    "ol": {"start"},
    "th": {"scope"},
    "img": {"src", "alt", "width", "height"},
}
ATTRIBUTE_VALUES = {"div": {"tabindex": {"0"}}, "input": {"type": {"checkbox"}, "autocomplete": {"off"}}}
CLASSES = {
    "div": {"box", "box-end", "box-country", "table", *(f"box-{kind}" for kind in KINDS)},
    "details": {"box", "box-law", "box-country"},
    "summary": {"box-label"},
    "p": {"box-label"},
    "h2": {"box-title"},
    "h3": {"box-title"},
    "ul": {"ticks"},
    "ol": {"stations"},
    "sup": {"source-mark"},
    "span": {"blank", "blank-line", "box-word", "tick", "station", "visually-hidden"},
    "label": {"tick-label"},
    "img": {"figure"},
}


def clean(html: str) -> SafeString:
    """The same HTML without any other tag, attribute, class or kind of address."""
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        tag_attribute_values=ATTRIBUTE_VALUES,
        allowed_classes=CLASSES,
        url_schemes={"https", "print"},  # print: on paper, our drawings; nothing else is reached by it
        link_rel=None,  # every answer says Referrer-Policy: no-referrer, and no link opens a window
    )
    return SafeString(cleaned)
