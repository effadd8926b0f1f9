"""Which papers an edition has, which are missing, and having those made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Func, IntegerField, TextField, Value

from guides import addresses, paper, typesetting
from guides.kinds import LABELS
from guides.models import Edition, Rendition
from guides.pages import ALWAYS, Paper, Papers
from guides.paper import Wanted
from guides.reading import Guide, Library

PDF = "application/pdf"
# Asked of the database, so that no paper is read to be listed.
SIZE = Func(F("body"), function="octet_length", output_field=IntegerField())
TOTAL = Func(Func(F("body"), function="sha256"), Value("hex"), function="encode", output_field=TextField())


@dataclass(frozen=True)
class Press:
    """The papers of one edition: those it is to have, each under its path with what it is made from."""

    edition: Edition
    wanted: tuple[Wanted, ...]
    paths: dict[str, str]
    made_from: dict[str, str]

    def stored(self, *, older: bool = False) -> list[Rendition]:
        """The papers that are there, without their bytes; with ``older`` also those that are to be made
        anew because a helpline or a style sheet has changed."""
        if self.edition.pk is None:
            return []
        rows = self.edition.renditions.filter(content_type=PDF).annotate(size=SIZE, total=TOTAL)
        return [
            row
            for row in rows.defer("body", "gzip", "brotli")
            if row.path in self.made_from and (older or row.built_from == self.made_from[row.path])
        ]

    def missing(self) -> list[Wanted]:
        """What is to be set."""
        there = {row.path for row in self.stored()}
        return [each for each in self.wanted if not there.issuperset(self.paths[kind] for kind in each.kinds)]

    def printed(
        self, missing: Sequence[Wanted], made: Sequence[Sequence[typesetting.Document]]
    ) -> list[Rendition]:
        """The papers that were missing, not saved yet."""
        return [
            self._rendition(self.paths[kind], document)
            for each, documents in zip(missing, made, strict=True)
            for kind, document in zip(each.kinds, documents, strict=True)
        ]

    def shown(self, there: Sequence[Rendition]) -> Papers:
        """What the guide's page says of the papers that are there."""
        by_path = {row.path: row for row in there}
        listed = [
            Paper(url=row.path, kind=kind, title=each.title, pages=row.pages or 0, size=_size(row))
            for each in self.wanted
            for kind in each.kinds
            if (row := by_path.get(self.paths[kind]))
        ]
        books = [each for each in listed if each.kind in LABELS]
        return Papers(
            books=tuple(sorted(books, key=lambda each: list(LABELS).index(each.kind))),
            lists=tuple(each for each in listed if each.kind not in LABELS),
            complete=len(listed) == len(self.paths),
        )

    def _rendition(self, path: str, document: typesetting.Document) -> Rendition:
        return Rendition(
            path=path,
            shown_from=ALWAYS,
            content_type=PDF,
            body=document.pdf,
            etag=hashlib.sha256(document.pdf).hexdigest()[:32],
            built_from=self.made_from[path],
            pages=document.pages,
        )


def press(library: Library, guide: Guide, edition: Edition, *, today: date) -> Press:
    """The papers of an edition, composed and not set."""
    wanted = tuple(paper.papers(library, guide, edition, today=today))
    paths = {kind: addresses.pdf(guide.language, guide.slug, kind) for each in wanted for kind in each.kinds}
    made_from = {paths[kind]: each.order.fingerprint for each in wanted for kind in each.kinds}
    return Press(edition, wanted, paths, made_from)


def set_all(presses: Sequence[Press]) -> list[list[Rendition]]:
    """What is missing of several editions, made side by side. Raises NotSet where one cannot be made."""
    missing = [each.missing() for each in presses]
    made = iter(typesetting.typeset([each.order for some in missing for each in some]))
    return [one.printed(some, [next(made) for _ in some]) for one, some in zip(presses, missing, strict=True)]


def sums(rows: Iterable[Rendition]) -> Iterator[tuple[Rendition, str]]:
    """Each rendition, just made or stored, with its SHA-256."""
    for row in rows:
        yield row, row.total if hasattr(row, "total") else hashlib.sha256(row.body).hexdigest()


def _size(row: Rendition) -> int:
    return row.size if hasattr(row, "size") else len(row.body)
