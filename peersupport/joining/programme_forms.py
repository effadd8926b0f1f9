"""Programmes at the desk: a pack that is pasted, and the form in which one is adapted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from peersupport.groups import packs
from peersupport.groups.packs import BOUNDS, Content, NotAPack, Pack, Topic
from peersupport.joining.desk_forms import TOO_LONG
from peersupport.joining.fields import PlainTextField

NEEDED = _("Write something here.")
NUMBERS = {
    "minimum": _("Parents that a group begins with, at least"),
    "planned": _("Parents that are planned"),
    "maximum": _("Parents at most, such as after two groups have joined"),
    "goes_on_from": _("Parents with whom a group that has begun goes on, at least"),
    "minutes": _("Minutes of a meeting"),
    "every_weeks": _("Weeks from one meeting to the next"),
    "follow_up_weeks": _("Weeks after the last one until the group meets again; 0: not at all"),
}
KINDS = (
    ("online", _("It happened online")),
    ("close", _("Somebody in the family or close to it")),
    ("outside", _("Somebody else")),
)


class PackForm(forms.Form):
    """A pack as it stands in its file."""

    file = forms.CharField(
        label=_("The pack"),
        help_text=_("Open the file that you were given, and paste all of it here. Nothing is kept yet."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        max_length=packs.MOST_BYTES,
        error_messages={"required": _("Paste the pack first."), "max_length": TOO_LONG},
        strip=False,
    )

    def clean_file(self) -> str:
        """The text; what it says is read on the way."""
        text: str = self.cleaned_data["file"]
        try:
            self.pack = packs.read(text)
        except NotAPack as wrong:
            raise ValidationError([str(one) for one in wrong.problems[:10]]) from wrong
        return text


class ProgrammeForm(forms.Form):
    """What a programme is."""

    title = PlainTextField(
        label=_("Title"), max_length=120, error_messages={"required": NEEDED, "max_length": TOO_LONG}
    )
    audience = PlainTextField(
        label=_("Who it is for"),
        lines=4,
        max_length=4000,
        error_messages={"required": NEEDED, "max_length": TOO_LONG},
    )
    not_for = PlainTextField(
        label=_("Who it is not for, and where to go instead"),
        lines=4,
        max_length=4000,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )
    kinds = forms.MultipleChoiceField(
        label=_("What happened, where it is not for all"),
        choices=KINDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = PlainTextField(
        label=_("The meetings"),
        help_text=_("One in each line: title | a sentence about it | guide/chapter. The title is enough."),
        lines=12,
        max_length=40_000,
        error_messages={"required": NEEDED, "max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, content: Content, slug: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = _entered(content)
        self._slug = slug
        limits = {name: (least, most) for name, least, most in BOUNDS}
        for name, label in NUMBERS.items():
            least, most = limits[name]
            words = _("A whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
            messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), words)
            self.fields[name] = forms.IntegerField(
                label=label, min_value=least, max_value=most, error_messages=messages
            )

    def clean(self) -> dict[str, Any]:
        """The content as a pack would have it: what holds for packs holds here."""
        data = super().clean() or {}
        if self.errors:
            return data
        topics = [_topic(line) for line in data["topics"].split("\n") if line.strip()]
        plain = {name: data[name] for name in ("title", "audience", "not_for", *NUMBERS)}
        content = Content(kinds=tuple(data["kinds"]), topics=tuple(topics), **plain)
        try:
            self.content = packs.read(packs.written(Pack(self._slug, 1, content))).content
        except NotAPack as wrong:
            for one in wrong.problems[:10]:
                name = one.where.partition("[")[0].partition(",")[0]
                self.add_error(name if name in self.fields else None, f"{one.where}: {one.words}")
        return data


def _entered(content: Content) -> dict[str, Any]:
    lines = [" | ".join(part for part in _parts(topic)) for topic in content.topics]
    return {**vars(content), "kinds": list(content.kinds), "topics": "\n".join(lines)}


def _parts(topic: Topic) -> list[str]:
    parts = [topic.title, topic.about, topic.chapter]
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _topic(line: str) -> Topic:
    title, about, chapter = (*(part.strip() for part in line.split("|", 2)), "", "")[:3]
    return Topic(title=title, about=about, chapter=chapter)
