"""The search, and the answers to "Did this help?"."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from guides import addresses, feedback, search
from guides.models import Vocabulary
from guides.shelf import is_published


# A form that changes nothing and knows nobody needs no token; and a page made of bytes has none to give.
@csrf_exempt
@sensitive_post_parameters("q")
def search_page(request: HttpRequest, language: str) -> HttpResponse:
    """The search form, and by POST what was found: what is asked never stands in an address."""
    if request.method != "POST":
        if not Vocabulary.objects.filter(language=language).exists():
            raise Http404
        return _search_answer(request, language, {})
    if not search.TAKEN.take():
        return _search_answer(request, language, {"busy": True}, status=503)
    asked = request.POST.get("q", "")[: search.LONGEST]
    result = search.search(language, asked)
    if result is None:
        raise Http404
    return _search_answer(request, language, {"asked": asked.replace("\0", ""), "result": result})


def _search_answer(
    request: HttpRequest, language: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    shared = {"search_url": addresses.search(language), "library_url": addresses.library(language)}
    with translation.override(language):
        answer = render(request, "guides/search.html", {**shared, **context}, status=status)
    answer["Content-Language"] = language
    return answer


# There is no session that a foreign page could use; that it is no foreign page's is asked of the browser.
@csrf_exempt
def answer_page(request: HttpRequest, language: str, guide: str, section: str) -> HttpResponse:
    """Counts an answer to "Did this help?" and leads to the thanks, which a reload does not count again."""
    if request.method == "POST":
        return _take_answer(request, language, guide, section)
    chapter = addresses.section(language, guide, section)
    if not is_published(chapter):
        raise Http404
    context = {"chapter_url": chapter, "guide_url": addresses.guide(language, guide)}
    with translation.override(language):
        answer = render(request, "guides/thanks.html", context)
    answer["Content-Language"] = language
    return answer


def _take_answer(request: HttpRequest, language: str, guide: str, section: str) -> HttpResponse:
    if not _from_our_page(request):
        raise PermissionDenied
    number, said = request.POST.get("edition", ""), request.POST.get("answer", "")
    if said not in feedback.ANSWERS or not (number.isdecimal() and len(number) < 9):
        raise Http404
    edition = feedback.edition_of(language, guide, section, int(number))
    if edition is None:
        raise Http404
    feedback.count(edition, section, said)
    return HttpResponseRedirect(addresses.answer(language, guide, section), status=303)


def _from_our_page(request: HttpRequest) -> bool:
    """What browsers say of where a form was sent from (Fetch Metadata; else the Origin of RFC 6454).

    Old ones say nothing: they may answer, since whoever writes a program may as well."""
    if where := request.headers.get("Sec-Fetch-Site"):
        return where == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()
