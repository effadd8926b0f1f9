"""What editors see: how every section stands in every language, what changed, and how it would look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guides import paper, typesetting
from guides.chapters import web_body
from guides.checking import check
from guides.comparing import Run, compared, followed, section_in
from guides.feedback import counts
from guides.front_matter import ContentError
from guides.models import Edition
from guides.reading import Guide, Library, Section, read_library
from guides.standing import SOURCE, Standing, standing, standings

# Editions whose answers are shown.
ANSWERED_MOST = 5

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Row:
    """A section, and how it stands in each language."""

    title: str
    slug: str
    cells: list[Standing]


@dataclass(frozen=True)
class Shelved:
    """A guide with its rows, and for each language the number of its newest edition (0: none)."""

    slug: str
    title: str
    editions: list[tuple[str, int]]
    rows: list[Row]


def editor_only(view: View) -> View:
    """For editors. To anybody else the page does not exist."""

    @wraps(view)
    def as_editor(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("guides.review"):
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(never_cache(require_safe(as_editor)))


@editor_only
def texts(request: HttpRequest) -> HttpResponse:
    """Every section by language, and what is to be put right before anything can be published."""
    today = timezone.localdate()
    try:
        library = read_library(settings.GUIDES_DIR)
    except ContentError as error:
        return render(request, "guides/editing/unreadable.html", {"problems": error.problems}, status=503)
    only_work = "work" in request.GET
    found = list(standings(library, today=today))
    context = {
        "languages": sorted({each.language for each in found}, key=lambda code: (code != SOURCE, code)),
        "shelf": [each for each in _shelved(library, found, only_work=only_work) if each.rows],
        "only_work": only_work,
        "problems": check(library, today=today),
    }
    return render(request, "guides/editing/texts.html", context)


@editor_only
def text(request: HttpRequest, language: str, guide: str, slug: str) -> HttpResponse:
    """One section: what changed in the source since it was followed, and how its page would look."""
    library, home, section = _found(language, guide, slug)
    source = (library.guide(SOURCE, guide) or home).section(slug)
    older = None
    if source is not None and language != SOURCE and section.follows:
        older = followed(guide, source, language=SOURCE, fingerprint=section.follows)
    context = {
        "guide": home,
        "section": section,
        "standing": standing(library, language, guide, slug, today=timezone.localdate()),
        "source": source if language != SOURCE else None,
        "source_language": SOURCE,
        "changes": _changes(older, source) if older and source else None,
        "body": _drawn(library, home, section),
        "last": _last(home, section),
        "answers": [each for each in counts(language, guide) if each.section == slug][:ANSWERED_MOST],
    }
    return render(request, "guides/editing/text.html", context)


@editor_only
def as_paper(request: HttpRequest, language: str, guide: str) -> HttpResponse:
    """The guide as it stands in the tree, as a PDF; nothing is published by it."""
    library, home, _section = _found(language, guide, "")
    now = timezone.now()
    draft = Edition(guide=guide, language=language, number=0, published_at=now, changes="", published_by="")
    first = next(paper.papers(library, home, draft, today=timezone.localdate(now)))
    [[a4]] = typesetting.typeset([first.order])
    answer = HttpResponse(a4.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{guide}-draft.pdf"'
    return answer


def _found(language: str, guide: str, slug: str) -> tuple[Library, Guide, Section]:
    """The tree, the guide and the section (the first where none is asked for)."""
    try:
        library = read_library(settings.GUIDES_DIR)
    except ContentError as error:
        raise Http404 from error
    home = library.guide(language, guide)
    section = (home.section(slug) if slug else home.sections[0]) if home else None
    if home is None or section is None:
        raise Http404
    return library, home, section


def _shelved(library: Library, found: list[Standing], *, only_work: bool) -> Iterator[Shelved]:
    numbers = {
        (each["language"], each["guide"]): each["number"]
        for each in Edition.objects.order_by("number").values("language", "guide", "number")
    }
    for slug, of_guide in groupby(found, key=lambda each: each.guide):
        rows = [_row(list(cells)) for _slug, cells in groupby(of_guide, key=lambda each: each.slug)]
        guides = [guide for guide in library.guides if guide.slug == slug]
        yield Shelved(
            slug=slug,
            title=min(guides, key=lambda guide: guide.language != SOURCE).title,
            editions=[(guide.language, numbers.get((guide.language, slug), 0)) for guide in guides],
            rows=[row for row in rows if not only_work or any(cell.needs_work for cell in row.cells)],
        )


def _row(cells: list[Standing]) -> Row:
    named = next(cell.section for cell in cells if cell.section)
    return Row(named.title, named.slug, cells)


def _changes(older: Section, newer: Section) -> list[Run]:
    return compared(*(f"{each.title}\n\n{each.summary}\n\n{each.body}" for each in (older, newer)))


def _last(guide: Guide, section: Section) -> list[Run] | None:
    """What would change for a reader: the section against its newest edition."""
    kept = Edition.objects.filter(guide=guide.slug, language=guide.language).order_by("-number").first()
    older = section_in(kept.source, section.slug) if kept else None
    return _changes(older, section) if older and older.fingerprint != section.fingerprint else None


def _drawn(library: Library, guide: Guide, section: Section) -> str:
    """As its page would show it. A text that cannot be drawn says why instead."""
    try:
        with translation.override(guide.language):
            return web_body(library, guide, section).html
    except ContentError as error:
        return str(error)
