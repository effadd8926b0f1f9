"""At publishing: the sections of an edition as search looks through them, and the vocabulary of a language.

The dictionaries and weights are PostgreSQL's: title A, summary and headings B, text D. What has not changed
stays as it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain

from django.db import connection

from guides import addresses
from guides.dictionaries import configuration, dictionary, words
from guides.markdown import smarten
from guides.models import Edition, Passage, Vocabulary
from guides.plain import words_of
from guides.reading import Guide

# Another way to make them from the same text: a higher number makes all anew.
WAY = 2
HEADINGS = re.compile(r"<h[2-4]\b.*?</h[2-4]>", re.DOTALL)
INSERT = """
INSERT INTO guides_passage (edition_id, language, path, guide, title, text, built_from, vector)
VALUES (%s, %s, %s, %s, %s, %s, %s,
    setweight(to_tsvector(%s::regconfig, %s), 'A')
    || setweight(to_tsvector(%s::regconfig, %s), 'B')
    || setweight(to_tsvector(%s::regconfig, %s), 'D'))
"""


def index(edition: Edition, guide: Guide, bodies: Sequence[str]) -> None:
    """Makes the passages of this edition, from the HTML of its sections, those that search finds."""
    rows = [_passage(guide, number, html) for number, html in enumerate(bodies)]
    built_from = _fingerprint(rows)
    ours = Passage.objects.filter(language=guide.language, edition__guide=guide.slug)
    if ours.filter(edition=edition, built_from=built_from).count() == len(rows):
        return
    ours.delete()
    name = configuration(guide.language)
    with connection.cursor() as cursor:
        for path, title, headings, text in rows:
            # Our own words, one space apart: the parser of the database would take a typographer's apostrophe
            # for a letter, and quotation marks with it.
            weighed = [(name, " ".join(words(each))) for each in (title, headings, text)]
            row = (edition.pk, guide.language, path, smarten(guide.title, guide.language), title, text)
            cursor.execute(INSERT, [*row, built_from, *chain(*weighed)])


def learn(languages: Iterable[str]) -> None:
    """Brings the vocabulary of each language up to date with its passages."""
    for language in languages:
        found = Passage.objects.filter(language=language).order_by("path")
        texts = [f"{title} {text}" for title, text in found.values_list("title", "text")]
        built_from = _fingerprint(texts)
        if Vocabulary.objects.filter(language=language, built_from=built_from).exists():
            continue
        Vocabulary.objects.filter(language=language).delete()
        stems = _stems(language, sorted({word for text in texts for word in words(text)}))
        Vocabulary.objects.create(language=language, words=stems, built_from=built_from)


def _passage(guide: Guide, number: int, html: str) -> tuple[str, str, str, str]:
    section = guide.sections[number]
    headings = " ".join(words_of(heading) for heading in HEADINGS.findall(html))
    summary = smarten(section.summary, guide.language)
    path = addresses.section(guide.language, guide.slug, section.slug)
    title = smarten(section.title, guide.language)
    return path, title, f"{summary} {headings}", f"{summary} {words_of(html)}"


def _stems(language: str, known: list[str]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, coalesce((ts_lexize(%s::regdictionary, word))[1], '') FROM unnest(%s::text[]) word",
            [dictionary(language), known],
        )
        return dict(cursor.fetchall())


def _fingerprint(rows: object) -> str:
    return hashlib.sha256(json.dumps([WAY, rows]).encode()).hexdigest()
