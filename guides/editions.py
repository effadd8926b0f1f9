"""Publishing: the guide tree becomes editions and the bytes that are served.

Idempotent. The same text makes no new edition; where only the frame, the renderer, a style sheet or a
helpline changed, the renditions of the edition are made anew and its number stays."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import brotli
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from guides import addresses, indexing, keeping, sharing
from guides.blocks import country_name
from guides.chapters import web_body
from guides.checking import check
from guides.front_matter import ContentError
from guides.models import Edition, Rendition
from guides.pages import ALWAYS, Kept, Page, editions_page, guide_pages, library_page
from guides.printing import Press, press, set_all, sums
from guides.reading import Guide, Library

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
WORTH_COMPRESSING = {HTML, TEXT, sharing.JSON}
# Any number: it names the lock under which one process at a time publishes.
LOCK = 7_302_001


@dataclass(frozen=True)
class Outcome:
    """What publishing did with one guide: the edition it has now, whether it is new, how much was rebuilt."""

    edition: Edition
    new: bool
    rebuilt: int


def publish(library: Library, *, by: str, now: datetime, with_papers: bool = True) -> list[Outcome]:
    """Publish every guide of the tree. ``by`` names who or what published; ``now`` is aware.

    Without papers the pages come at once, and say which papers are still to be made (``print_papers``).
    ContentError where ``guides check`` would find something, and NotSet where a PDF cannot be made;
    then nothing has changed."""
    today = timezone.localdate(now)
    if problems := check(library, today=today):
        raise ContentError(problems)
    with _alone():
        presses = [_press(library, guide, by=by, now=now) for guide in library.guides]
        if with_papers:
            fresh = set_all(presses)
            papers = [[*one.stored(), *new] for one, new in zip(presses, fresh, strict=True)]
        else:
            papers = [one.stored(older=True) for one in presses]
        prepared = [
            _prepare(library, *each, today=today)
            for each in zip(library.guides, presses, papers, strict=True)
        ]
        lists = [library_page(library, language) for language in sorted({g.language for g in library.guides})]
        with transaction.atomic():
            _replace(None, [_html(page) for page in lists])
            outcomes = [_store(*each) for each in prepared]
            for guide, outcome in zip(library.guides, outcomes, strict=True):
                indexing.index(outcome.edition, guide, _bodies(library, guide))
            indexing.learn(sorted({guide.language for guide in library.guides}))
            return outcomes


def _bodies(library: Library, guide: Guide) -> list[str]:
    with translation.override(guide.language):
        return [web_body(library, guide, section).html for section in guide.sections]


def print_papers(library: Library, *, now: datetime) -> Iterator[Outcome]:
    """Make the papers that published guides still lack, guide by guide: each is served once it is made.

    A guide whose text has changed since waits until it is published. NotSet where a paper cannot be made."""
    for guide in library.guides:
        with _alone():
            edition = _latest(guide)
            if edition is None or edition.checksum != guide.checksum:
                continue
            today = timezone.localdate(now)
            one = press(library, guide, edition, today=today)
            [fresh] = set_all([one])
            prepared = _prepare(library, guide, one, [*one.stored(), *fresh], today=today)
            with transaction.atomic():
                outcome = _store(*prepared)
        yield outcome


def _press(library: Library, guide: Guide, *, by: str, now: datetime) -> Press:
    """The papers of the edition a guide is to have, which is saved or not."""
    edition = _latest(guide)
    if edition is None or edition.checksum != guide.checksum:
        edition = _next(guide, edition, by=by, now=now)
    return press(library, guide, edition, today=timezone.localdate(now))


def _prepare(
    library: Library, guide: Guide, one: Press, papers: list[Rendition], *, today: date
) -> tuple[Edition, list[Rendition]]:
    """The edition and all that will be served of it."""
    edition = one.edition
    files = _files(library, guide, edition, papers, today=today)
    kept = Kept(*((file.path, len(file.body)) for file in files))
    listed = one.shown(papers)
    pages = [
        *guide_pages(library, guide, edition, listed, kept),
        editions_page(library, guide, _all(edition)),
    ]
    data = sharing.shared(library, guide, edition, [*listed.books, *listed.lists])
    as_data = _rendition(addresses.data(guide.language, guide.slug), ALWAYS, sharing.JSON, data)
    return edition, [*papers, *files, as_data, *map(_html, pages)]


def _files(
    library: Library, guide: Guide, edition: Edition, papers: list[Rendition], *, today: date
) -> list[Rendition]:
    """The file to keep, the same as plain text, and the checksums of these and the papers."""
    document = keeping.kept(library, guide, edition, today=today)
    where = guide.language, guide.slug
    kept = _file(addresses.kept(*where), HTML, document)
    text = _file(addresses.text(*where), TEXT, keeping.text(document))
    each = sorted((row.path.rpartition("/")[2], total) for row, total in sums([*papers, kept, text]))
    return [kept, text, _file(addresses.sums(*where), TEXT, keeping.checksums(each))]


def _all(edition: Edition) -> list[Edition]:
    """The editions of a guide, the newest (saved or not) first, without their sources."""
    ours = Edition.objects.filter(guide=edition.guide, language=edition.language, number__lt=edition.number)
    return [edition, *ours.defer("source").order_by("-number")]


def _latest(guide: Guide) -> Edition | None:
    return Edition.objects.filter(guide=guide.slug, language=guide.language).order_by("-number").first()


def _next(guide: Guide, before: Edition | None, *, by: str, now: datetime) -> Edition:
    with translation.override(guide.language):
        changes = "\n".join(describe_changes(before.source if before else None, guide))
    return Edition(
        guide=guide.slug,
        language=guide.language,
        number=before.number + 1 if before else 1,
        checksum=guide.checksum,
        source=dict(guide.files),
        changes=changes,
        published_at=now.replace(microsecond=0),
        published_by=by,
    )


def describe_changes(before: dict[str, str] | None, guide: Guide) -> Iterator[str]:
    """One line for every file that is new, changed or gone since the edition before; one for the first."""
    if before is None:
        yield _("First edition.")
        return
    for name in sorted(before.keys() | guide.files.keys()):
        title = _called(name, guide.files.get(name) or before[name])
        if name not in before:
            yield _("New: %(title)s") % {"title": title}
        elif name not in guide.files:
            yield _("Removed: %(title)s") % {"title": title}
        elif before[name] != guide.files[name]:
            yield _("Changed: %(title)s") % {"title": title}


def _called(name: str, text: str) -> str:
    """What a reader calls a file of a guide: its title, the guide itself, or a country's name."""
    if country := re.search(r"countries/([a-z]{2})\.yaml$", name):
        return country_name(country[1])
    title = re.search(r"^title: *(.+)$", text, re.MULTILINE)
    return title[1].strip(" \"'") if title else name


def _html(page: Page) -> Rendition:
    return _rendition(page.path, page.shown_from, HTML, page.body)


def _file(path: str, kind: str, text: str) -> Rendition:
    return _rendition(path, ALWAYS, kind, text.encode())


def _rendition(path: str, shown_from: date, kind: str, body: bytes) -> Rendition:
    etag = _etag(body)
    return Rendition(
        path=path, shown_from=shown_from, content_type=kind, body=body, etag=etag, built_from=etag
    )


def _store(edition: Edition, renditions: list[Rendition]) -> Outcome:
    new = edition.pk is None
    if new:
        edition.save(force_insert=True)
    return Outcome(edition=edition, new=new, rebuilt=_replace(edition, renditions))


def _replace(edition: Edition | None, renditions: Iterable[Rendition]) -> int:
    """Makes these the renditions of the edition; rows that are the same stay. The number of new rows."""
    stored = {
        (row.path, row.shown_from): row for row in Rendition.objects.filter(edition=edition).defer("body")
    }
    fresh = []
    for rendition in renditions:
        row = stored.get((rendition.path, rendition.shown_from))
        if row and (row.etag, row.built_from) == (rendition.etag, rendition.built_from):
            del stored[row.path, row.shown_from]
        else:
            fresh.append(rendition)
    Rendition.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    for rendition in fresh:
        rendition.edition = edition
        if rendition.content_type in WORTH_COMPRESSING:
            rendition.gzip = gzip.compress(rendition.body, compresslevel=9, mtime=0)
            rendition.brotli = brotli.compress(rendition.body, quality=11)
    Rendition.objects.bulk_create(fresh)
    return len(fresh)


def _etag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: a lock of the session, so that a build holds no transaction open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
