"""Form fields for what people write, paste and mistype."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

# Marks that turn the direction of text around them: pasted by accident, or to make a line read otherwise.
TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    """The text without direction marks and control characters; line ends become one kind, tabs spaces.

    A NUL stays: Django's own validator answers it with a message beside the field.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(one for one in text if one in "\n\0" or not _hidden(one))


class PlainTextField(forms.CharField):
    """Text in her own words: one line, or several with `lines`."""

    def __init__(self, *args: Any, lines: int = 1, **options: Any) -> None:
        if lines > 1:
            options.setdefault("widget", forms.Textarea(attrs={"rows": lines}))
        super().__init__(*args, **options)
        # What is too long comes back whole, with a message; a browser that cut it would lose words silently.
        self.widget.attrs.pop("maxlength", None)
        self._lines = lines

    def to_python(self, value: object) -> str:
        text = plain(super().to_python(value) or "")
        return text if self._lines > 1 else " ".join(text.split("\n"))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


def _hidden(character: str) -> bool:
    return character in TURNING or unicodedata.category(character) == "Cc"
