"""What the API says of guides, their editions, and helplines."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml
from rest_framework import serializers

from guides import addresses
from guides.helplines import Line
from guides.models import Edition
from guides.needs import NEEDS
from guides.reading import STATUSES
from guides.sharing import whole


class GuideFacts(serializers.Serializer[Edition]):
    """A guide in one language, in its newest edition."""

    language = serializers.CharField()
    guide = serializers.CharField(help_text="The same in every language.")
    title = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()
    easy_read = serializers.SerializerMethodField(help_text="Whether it is in easy language.")
    edition = serializers.IntegerField(source="number")
    published_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField(help_text="Its page.")
    as_json = serializers.SerializerMethodField(help_text="Where all of it is, as JSON.")

    def get_title(self, edition: Any) -> str:
        """As its page has it."""
        return str(_facts(edition.pk, edition.facts)["title"])

    def get_summary(self, edition: Any) -> str:
        """In a sentence or two."""
        return str(_facts(edition.pk, edition.facts)["summary"])

    def get_easy_read(self, edition: Any) -> bool:
        """Whether it is in easy language."""
        return bool(_facts(edition.pk, edition.facts).get("easy_read", False))

    def get_url(self, edition: Edition) -> str:
        """Its page."""
        return whole(addresses.guide(edition.language, edition.guide))

    def get_as_json(self, edition: Edition) -> str:
        """Where all of it is, as JSON."""
        return whole(addresses.data(edition.language, edition.guide))


@lru_cache(maxsize=256)
def _facts(_edition: int, text: str) -> dict[str, Any]:
    """What the guide.yaml of an edition says; an edition never changes."""
    found: dict[str, Any] = yaml.safe_load(text)
    return found


class EditionOf(serializers.Serializer[Any]):
    """Which edition this is."""

    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    changes = serializers.CharField(help_text="What changed since the edition before, a line for each.")
    url = serializers.CharField()


class StepOf(serializers.Serializer[Any]):
    """A stage of the way through the guide, such as the first hour."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field, which the class has under its name too
    sections = serializers.ListField(child=serializers.CharField())


class SectionOf(serializers.Serializer[Any]):
    """One section. Show `standing` and, after `review_by`, that a review is overdue."""

    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    minutes = serializers.IntegerField()
    url = serializers.CharField()
    html = serializers.CharField(help_text="Clean HTML: no script, no style; headings from h2 on.")
    text = serializers.CharField(help_text="The same as plain text.")
    sources = serializers.ListField(child=serializers.IntegerField())
    next = serializers.ListField(child=serializers.CharField())
    written_by = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    standing = serializers.CharField(help_text="A sentence for the reader, or nothing.")
    reviewed = serializers.DateField()
    review_by = serializers.DateField()


class SourceOf(serializers.Serializer[Any]):
    """A source under the number of its marks; they lead to `#source-` and that number."""

    number = serializers.IntegerField()
    org = serializers.CharField()
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    url = serializers.CharField(allow_null=True)


class PaperOf(serializers.Serializer[Any]):
    """A PDF: a whole guide (`a4`, `large` …), a card, or one of its checklists."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # likewise
    url = serializers.CharField()
    pages = serializers.IntegerField()
    bytes = serializers.IntegerField()


class WholeGuide(serializers.Serializer[Any]):
    """A guide in one language with everything in it."""

    language = serializers.CharField()
    guide = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    audience = serializers.CharField()
    publisher_note = serializers.CharField()
    easy_read = serializers.BooleanField()
    url = serializers.CharField()
    edition = EditionOf()
    path = StepOf(many=True)
    sections = SectionOf(many=True)
    sources = SourceOf(many=True)
    papers = PaperOf(many=True)


class EditionFacts(serializers.Serializer[Edition]):
    """One edition of a guide. Editions never change."""

    language = serializers.CharField()
    guide = serializers.CharField()
    number = serializers.IntegerField()
    newest = serializers.BooleanField()
    published_at = serializers.DateTimeField()
    changes = serializers.CharField(help_text="What changed since the edition before, a line for each.")
    checksum = serializers.CharField(help_text="SHA-256 over its text and the sources it cites.")
    url = serializers.SerializerMethodField(help_text="All of it on one page, with its files.")

    def get_url(self, edition: Edition) -> str:
        """All of it on one page, with its files."""
        return whole(addresses.edition(edition.language, edition.guide, edition.number))


class PhoneOf(serializers.Serializer[Any]):
    """A number as people write it, and as a telephone dials it."""

    shown = serializers.CharField()
    tel = serializers.CharField()


class HelplineFacts(serializers.Serializer[Line]):
    """A helpline as a reader may see it today. Show `mark` beside it: it says how far it can be trusted."""

    id = serializers.CharField()
    name = serializers.CharField()
    needs = serializers.ListField(child=serializers.ChoiceField(choices=[*NEEDS]))
    phones = PhoneOf(many=True)
    url = serializers.CharField(help_text="Its own site, or nothing.")
    chat = serializers.BooleanField()
    languages = serializers.ListField(child=serializers.CharField())
    hours = serializers.CharField()
    cost = serializers.CharField()
    now = serializers.CharField(help_text="Whether it is open, in words; nothing where that is not known.")
    mark = serializers.CharField(help_text="When we confirmed it, or that we have not.")
