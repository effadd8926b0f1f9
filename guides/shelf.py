"""What is published, held in memory: every path with the bytes and headers of its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max
from django.utils import timezone

from guides import addresses
from guides.headers import public_headers
from guides.models import Rendition
from guides.sharing import ANY_ORIGIN, JSON
from guides.standing import SOURCE

Headers = list[tuple[bytes, bytes]]
Version = tuple[int, int]


@dataclass(frozen=True)
class Encoded:
    """One form of a file: its bytes as they go over the line, its ETag (quoted), its headers."""

    body: bytes
    etag: bytes
    headers: Headers


@dataclass(frozen=True)
class Item:
    """A published file: as it is, and compressed where that is worth it (coding → form)."""

    plain: Encoded
    coded: Mapping[bytes, Encoded] = field(default_factory=dict)
    ranges: bool = False


@dataclass(frozen=True)
class Shelf:
    """Everything served today, and the row each path comes from.

    ``common`` are the headers of every answer, without and with https."""

    version: Version
    day: date
    items: Mapping[str, Item]
    rows: Mapping[str, int]
    common: Mapping[bool, Headers]


EMPTY = Shelf(version=(-1, -1), day=date.min, items={}, rows={}, common={False: [], True: []})


def published_chapter(chapter: str, *, language: str) -> str:
    """The address of a chapter, "guide/chapter", in a language, or in English where it is not translated;
    "" where it is published in neither.

    A chapter that was taken out must not be a way to nothing.
    """
    guide, _slash, section = chapter.partition("/")
    if not (guide and section):
        return ""
    paths = [addresses.section(each, guide, section) for each in dict.fromkeys((language, SOURCE))]
    found = set(Rendition.objects.current().filter(path__in=paths).values_list("path", flat=True))
    return next((path for path in paths if path in found), "")


def is_published(path: str) -> bool:
    """Whether something is served there."""
    return Rendition.objects.current().filter(path=path).exists()


def stock(before: Shelf) -> Shelf:
    """The shelf as it should be now: the one before where nothing was published and no day has passed.

    One small statement in that case; rows are replaced and never changed, so a count and the highest id
    tell whether anything is new."""
    found = Rendition.objects.aggregate(rows=Count("pk"), newest=Max("pk"))
    version, day = (found["rows"], found["newest"] or 0), timezone.localdate()
    if (version, day) == (before.version, before.day):
        return before
    current = Rendition.objects.current().filter(shown_from__lte=day).order_by("shown_from")
    rows = dict(current.values_list("path", "pk"))
    # Papers come one guide after another: what is here already is not read again.
    fresh = Rendition.objects.filter(pk__in=[pk for path, pk in rows.items() if before.rows.get(path) != pk])
    made = {row.path: _item(row) for row in fresh}
    return Shelf(
        version=version,
        day=day,
        items={
            path: made.get(path) or before.items[path]
            for path in rows
            if path in made or path in before.items
        },
        rows=rows,
        common={secure: public_headers(secure=secure) for secure in (False, True)},
    )


def disposition(path: str) -> str:
    """How a browser takes a file (RFC 6266): it keeps the one to keep and shows the rest. "" for a page."""
    name = path.rpartition("/")[2]
    if not name:
        return ""
    return f'{"attachment" if name.endswith(".html") else "inline"}; filename="{name}"'


def _item(row: Rendition) -> Item:
    kind = [(b"content-type", row.content_type.encode())]
    if how := disposition(row.path):
        kind.append((b"content-disposition", how.encode()))
    if row.content_type == "application/pdf":
        kind.append((b"accept-ranges", b"bytes"))
        return Item(plain=_encoded(bytes(row.body), row.etag, kind), ranges=True)
    if row.content_type == JSON:
        kind.append((ANY_ORIGIN[0].lower().encode(), ANY_ORIGIN[1].encode()))
    kind.append((b"vary", b"Accept-Encoding"))
    coded = {
        coding: _encoded(bytes(body), f"{row.etag}-{coding.decode()}", [*kind, (b"content-encoding", coding)])
        for coding, body in ((b"br", row.brotli), (b"gzip", row.gzip))
        if body
    }
    return Item(plain=_encoded(bytes(row.body), row.etag, kind), coded=coded)


def _encoded(body: bytes, etag: str, headers: Headers) -> Encoded:
    quoted = f'"{etag}"'.encode()
    return Encoded(
        body=body, etag=quoted, headers=[*headers, (b"content-length", b"%d" % len(body)), (b"etag", quoted)]
    )
