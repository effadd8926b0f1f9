"""Search in one language: PostgreSQL's dictionaries, and the guides' own vocabulary against typing errors.

What somebody looks for is kept nowhere. It comes in the body of a form, so that no address, history or
access log holds it; and it goes to the database as parameters apart from the statement, so that no list of
running statements and no log of the database does either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from guides import dictionaries
from guides.bounds import Bucket
from guides.spelling import Words

LONGEST = 100
MOST_WORDS = 8
MOST_FOUND = 10
# Of all readers together, in one process.
TAKEN = Bucket(per_second=20, burst=60)
# Private letters of Unicode: they stand around the words found until everything else is escaped.
START, STOP = "\ue000", "\ue001"
SNIPPET = (
    f'StartSel="{START}", StopSel="{STOP}", MaxFragments=2, MinWords=8, MaxWords=22, '
    'FragmentDelimiter=" … ", HighlightAll=false'
)
VOCABULARY = """
SELECT v.id, CASE WHEN v.id = %s THEN NULL ELSE v.words END,
    ARRAY(SELECT coalesce((ts_lexize(%s::regdictionary, word))[1], '')
          FROM unnest(%s::text[]) WITH ORDINALITY AS asked (word, place) ORDER BY place)
FROM guides_vocabulary v WHERE v.language = %s
"""
PASSAGES = """
WITH asked AS (SELECT to_tsquery(%s::regconfig, %s) AS whole, to_tsquery(%s::regconfig, %s) AS part),
found AS (
    SELECT p.path, p.guide, p.title, p.text, p.vector @@ whole AS fits, ts_rank(p.vector, part) AS rank
    FROM guides_passage p, asked WHERE p.language = %s AND p.vector @@ part
    ORDER BY fits DESC, rank DESC, p.path LIMIT %s)
SELECT path, guide, title, ts_headline(%s::regconfig, text, part, %s)
FROM found, asked ORDER BY fits DESC, rank DESC, path
"""


@dataclass(frozen=True)
class Found:
    """A section in which the words were found, with a few words around them."""

    url: str
    guide: str
    title: str
    snippet: SafeString


@dataclass(frozen=True)
class Result:
    """What was found; ``also`` are words that were looked for beside those typed. ``empty``: no word of the
    question says anything ("what is it")."""

    found: tuple[Found, ...] = ()
    also: tuple[str, ...] = ()
    empty: bool = False


def search(language: str, text: str) -> Result | None:
    """Where the guides of a language speak of what ``text`` asks; None where there are none in it.

    Two statements, whatever is asked."""
    asked = dictionaries.words(text[:LONGEST])[:MOST_WORDS]
    known = _known_words(language)
    row = _ask(VOCABULARY, [known[0], dictionaries.dictionary(language), asked, language])
    if not row:
        return None
    number, stored, stems = row[0]
    words = _remember(language, number, stored) if stored is not None else known[1]
    groups, also = _groups(asked, stems, words)
    rows = _ask(PASSAGES, _parameters(language, groups))
    return Result(tuple(_found(row) for row in rows), tuple(dict.fromkeys(also)), empty=not groups)


def _groups(asked: Sequence[str], stems: Sequence[str], words: Words) -> tuple[list[str], list[str]]:
    """For each word that says something, a query of it and what may have been meant by it."""
    groups, also = [], []
    for word, stem in zip(asked, stems, strict=True):
        if not stem:
            continue
        meant = words.meant(word, stem)
        also += meant
        # The beginning of a compound is found as well: anmäl, rikos.
        groups.append(" | ".join([f"{word}:*" if len(word) > 3 else word, *meant]))
    return groups, also


def _parameters(language: str, groups: Sequence[str]) -> list[Any]:
    name = dictionaries.configuration(language)
    whole, part = " & ".join(f"({group})" for group in groups), " | ".join(groups)
    return [name, whole, name, part, language, MOST_FOUND, name, SNIPPET]


def _found(row: Sequence[str]) -> Found:
    url, guide, title, text = row
    first, *marked = text.split(START)
    parts = [(inside, after) for inside, _stop, after in (each.partition(STOP) for each in marked)]
    rest = format_html_join("", "<mark>{}</mark>{}", parts)
    return Found(url, guide, title, format_html("{}{}", first, rest))


def _ask(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Parameters go apart from the statement: Django's own cursors would write them into it."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement.encode(), parameters).fetchall()


_vocabularies: dict[str, tuple[int, Words]] = {}


def _known_words(language: str) -> tuple[int, Words]:
    """The vocabulary this process knows of a language, with its row's id."""
    return _vocabularies.get(language, (0, Words({})))


def _remember(language: str, number: int, stored: dict[str, str]) -> Words:
    # One a language that is published: rows decide, not readers.
    _vocabularies[language] = number, Words(stored)
    return _vocabularies[language][1]
