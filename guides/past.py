"""Editions by number, also those that are no longer the newest.

They are asked for seldom and there are more of them every year, so they do not stand in memory: each answer
is read from its stored row and let go. Nothing is rendered from a guide's text: what is shown is the main
part of the file to keep that was made when the edition was published."""

from __future__ import annotations

from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from guides import addresses
from guides.keeping import main_of
from guides.models import Edition, Rendition
from guides.shelf import disposition


@require_safe
def edition_page(request: HttpRequest, language: str, guide: str, number: int) -> HttpResponse:
    """All of one edition on one page, and its files; a banner where there is a newer one."""
    ours = Edition.objects.filter(language=language, guide=guide)
    edition = ours.filter(number=number).defer("source").first()
    kept = _stored(edition, addresses.kept(language, guide)) if edition else None
    if edition is None or kept is None:
        raise Http404
    newest = ours.aggregate(newest=Max("number"))["newest"]
    files = edition.renditions.exclude(path__endswith="/").order_by("path").values_list("path", flat=True)
    context = {
        "edition": edition,
        "older": number < newest,
        "main": main_of(bytes(kept.body).decode()),
        "guide_url": addresses.guide(language, guide),
        "editions_url": addresses.editions(language, guide),
        "files": [path.rpartition("/")[2] for path in files],
    }
    with translation.override(language):
        answer = render(request, "guides/edition.html", context)
    answer["Content-Language"] = language
    return _not_for_search_engines(answer)


@require_safe
def edition_file(request: HttpRequest, language: str, guide: str, number: int, file: str) -> HttpResponse:
    """A file of one edition, as it was published: a PDF, the file to keep, the text, the checksums."""
    edition = Edition.objects.filter(language=language, guide=guide, number=number).only("pk").first()
    stored = _stored(edition, f"{addresses.guide(language, guide)}{file}") if edition else None
    if stored is None:
        raise Http404
    etag = f'"{stored.etag}"'
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(bytes(stored.body), content_type=stored.content_type)
        answer["Content-Disposition"] = disposition(stored.path)
    answer["ETag"] = etag
    return _not_for_search_engines(answer)


def _stored(edition: Edition, path: str) -> Rendition | None:
    return edition.renditions.filter(path=path).defer("gzip", "brotli").first()


def _not_for_search_engines(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex"
    return answer
