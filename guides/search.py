"""Search in one language: PostgreSQL's dictionaries, and the guides' own vocabulary against typing errors.

What somebody looks for is kept nowhere. It comes in the body of a form, so that no address, history or
access log holds it; and it goes to the database as parameters apart from the statement, so that no list of
running statements and no log of the database does either."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from django.utils.safestring import SafeString

from guides import dictionaries
from guides.bounds import Bucket
from guides.snippets import Shown, Term
from guides.spelling import Words

LONGEST = 100
MOST_WORDS = 8
MOST_FOUND = 10
# Of all readers together, in one process.
TAKEN = Bucket(per_second=20, burst=60)
VOCABULARY = """
SELECT v.id, CASE WHEN v.id = %s THEN NULL ELSE v.words::text END,
    ARRAY(SELECT coalesce((ts_lexize(%s::regdictionary, word))[1], '')
          FROM unnest(%s::text[]) WITH ORDINALITY AS asked (word, place) ORDER BY place)
FROM guides_vocabulary v WHERE v.language = %s
"""
PASSAGES = """
WITH asked AS (SELECT to_tsquery(%s::regconfig, %s) AS whole, to_tsquery(%s::regconfig, %s) AS part)
SELECT p.path, p.guide, p.title, p.text FROM guides_passage p, asked
WHERE p.language = %s AND p.vector @@ part
ORDER BY p.vector @@ whole DESC, ts_rank(p.vector, part) DESC, p.path LIMIT %s
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
    words = known[1] if stored is None else _remember(language, number, json.loads(stored))
    terms = [
        Term(word, stem, tuple(words.meant(word, stem)))
        for word, stem in zip(asked, stems, strict=True)
        if stem  # "what is it" says nothing
    ]
    rows = _ask(PASSAGES, _parameters(language, terms))
    shown = Shown(words, terms)
    found = tuple(Found(url, guide, title, shown.snippet(text)) for url, guide, title, text in rows)
    also = dict.fromkeys(word for term in terms for word in term.meant)
    return Result(found, tuple(also), empty=not terms)


def _parameters(language: str, terms: Sequence[Term]) -> list[Any]:
    name = dictionaries.configuration(language)
    groups = [term.query for term in terms]
    whole, part = " & ".join(f"({group})" for group in groups), " | ".join(groups)
    return [name, whole, name, part, language, MOST_FOUND]


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
