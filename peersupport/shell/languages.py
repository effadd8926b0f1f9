"""The language of the pages: what a reader can choose, and her choice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from guides import addresses
from peersupport.accounts.languages import remember
from peersupport.accounts.models import User
from peersupport.registries.routes import rule_for

#: A language that a link brought along: whoever chooses one is not held to it.
CARRIED = re.compile(r"(?<=[?&])in=[^&]*(&|$)")


@dataclass(frozen=True)
class Choice:
    """One language: its code, its name in itself, whether this page is in it."""

    code: str
    name: str
    here: bool


def choices() -> list[Choice]:
    """The languages that pages are in; none where there is nothing to choose."""
    if len(settings.LANGUAGES) < 2:
        return []
    now = get_language()
    return [Choice(code, str(name), code == now) for code, name in settings.LANGUAGES]


# Without a token of Django's: it comes with a cookie, and no public page sets one. What another site could
# bring about is a page in another language, and for who is signed in not even that: her session's cookie
# does not come along (SameSite).
@csrf_exempt
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the language that was chosen, and show the page again."""
    code = request.POST.get("language", "")
    chosen = code in dict(settings.LANGUAGES) and _asked_here(request)
    answer = HttpResponse(status=303)
    answer["Location"] = _back(request.POST.get("next", ""), code if chosen else "")
    if chosen:
        remember(answer, code)
        if isinstance(request.user, User):
            request.user.speak(code)
    return answer


def _asked_here(request: HttpRequest) -> bool:
    """Browsers that say where a form stood must say: here. Old ones say nothing."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def _back(path: str, code: str) -> str:
    """The page she was on, in the language chosen where that stands in its address; home where it is none
    of ours, or answers forms only."""
    first, slash, rest = path.removeprefix("/").partition("/")
    if code and slash and first in dict(settings.LANGUAGES):
        path = f"/{code}/{rest}"
    path = CARRIED.sub("", path) if code else path
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return "/"
    try:
        found = resolve(urlsplit(path).path)
    except Resolver404:
        return "/"
    if code and found.view_name == "guides:edition":
        # Editions are numbered in each language by itself: the same number is another text, or none.
        return addresses.editions(code, found.kwargs["guide"])
    rule = rule_for(found.view_name)
    return iri_to_uri(path) if rule and "GET" in rule.methods else "/"
