"""Gives back what somebody wrote in a form of hers whose answer would have lost it: in a room, and about one.

Without a script a form is answered by a page, and her words are in that page or nowhere. A sign-in that has
ended, a page that was open too long, a room that is hers no more, a database that is away: each has a page
of its own for an answer. Her words stand in that very answer, which is `no-store`; they are kept nowhere.

They are shown to her alone: `accounts.whose_form`. Where her session is an ended one the answer takes its
cookie away: asked for once more, by whoever sits there next, it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.http.request import UnreadablePostError
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.whose_form import FIELD, is_hers, signed_in

#: What she writes herself, and under which name it is given back.
WORDS: dict[str, Promise] = {
    "body": _("Your message"),
    "note": _("Its note"),
    "reason": _("What you wrote to the facilitators"),
    "check_in_note": _("What you wrote beside the number"),
    "place": _("Where you are now"),
    "call": _("Whom we shall call"),
}
#: What belongs to it: the message's own id above all, so that sent twice it is one message.
CARRIED = ("id", "reply_to", "report", "appeal", "check_in", "seen", "quiet", "may_use", "keep")

# Answers that know nothing of what was sent: sent on to sign in, refused, not there, failed, unreachable.
LOSING = {302, 403, 404, 500, 503}
OF_THE_OLD_ANSWER = {"Content-Type", "Content-Length", "Location"}


class Form(NamedTuple):
    """A form outside the room: what is written in it, and what its button says."""

    words: dict[str, Promise]
    button: Promise


OTHERS = {
    "groups:ask": Form(
        {"words": _("What you would like the coordinators to know")},
        _("Send it to the coordinators"),
    ),
    "chat:words": Form({"words": _("Your words, one on each line")}, _("Keep this")),
}


class Kind(NamedTuple):
    """Why it was not taken in. `again`: the form can be sent from the answer itself."""

    name: str
    again: bool = False


SIGNED_OUT, SECOND_STEP, GONE = Kind("signed_out"), Kind("second_step"), Kind("gone")
TOO_OLD, AWAY, BROKEN = Kind("too_old", again=True), Kind("away", again=True), Kind("broken", again=True)


class WordsBackMiddleware:
    """Looks at what a form was answered with, by a view or in its place.

    Within the middleware that checks the form's token, which then gives the new one its cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "POST" or not isinstance(response, HttpResponse):
            return response
        # In this order: only a form with words in it is worth asking who is signed in.
        given = _given(request) if response.status_code in LOSING else None
        kind = _kind(request, response) if given is not None else None
        if given is None or kind is None or not is_hers(request, given.get(FIELD, "")):
            return response
        return _with_words(request, response, kind, given)


def _kind(request: HttpRequest, response: HttpResponse) -> Kind | None:
    if response.status_code == 302:
        way = response["Location"].partition("?")[0]
        return SIGNED_OUT if way == resolve_url(settings.LOGIN_URL) else None
    if response.status_code == 403:
        if not signed_in(request):
            return SIGNED_OUT
        # The second step of staff is asked for before any form is looked at, and answered in JSON.
        return SECOND_STEP if response["Content-Type"].startswith("application/json") else TOO_OLD
    return {404: GONE, 500: BROKEN, 503: AWAY}.get(response.status_code)


def _given(request: HttpRequest) -> QueryDict | None:
    """A form of hers with words in it, or None."""
    try:
        given = request.POST
    except (SuspiciousOperation, UnreadablePostError):
        return None
    return given if FIELD in given and _written(given, _words(request)) else None


def _written(given: QueryDict, words: dict[str, Promise]) -> list[tuple[str, Promise, str]]:
    texts = [(name, label, given.get(name, "")) for name, label in words.items()]
    return [text for text in texts if text[2].strip()]


def _words(request: HttpRequest) -> dict[str, Promise]:
    other = OTHERS.get(_view(request))
    return other.words if other else WORDS


def _with_words(request: HttpRequest, response: HttpResponse, kind: Kind, given: QueryDict) -> HttpResponse:
    """An answer with her words, and with the cookies and headers of the one in whose place it stands."""
    context = {
        "kind": kind.name,
        "again": kind.again,
        "other": OTHERS.get(_view(request)),
        "words": _written(given, _words(request)),
        "carried": [(name, given[name]) for name in CARRIED if given.get(name)],
        "act": _act(given),
        "path": _path(request),
        "sign_in_path": f"{resolve_url(settings.LOGIN_URL)}?next={_page_path(request)}",
        "kept": given[FIELD],
        # Made anew where the old one was refused; elsewhere nobody may have looked at it yet.
        "token": get_token(request) if kind is TOO_OLD else given.get("csrfmiddlewaretoken", ""),
    }
    answer = HttpResponse(render_to_string("chat/words_back.html", context), status=response.status_code)
    for name in sorted({*response.headers} - OF_THE_OLD_ANSWER):
        answer[name] = response[name]
    answer.cookies = response.cookies
    if kind is SIGNED_OUT:
        # The middleware of sessions takes the cookie of one that has ended away with this answer.
        answer.status_code = 403
    return answer


def _act(given: QueryDict) -> str:
    """The button that leads back to where her words stand in the room's own form. None sends anything."""
    for name in ("report", "appeal"):
        if given.get(name) and given.get("reason"):
            return f"{name}:{given[name]}"
    return "say" if given.get("check_in_note") else "refresh"


def _path(request: HttpRequest) -> str:
    """Where the words are sent to: from the page before a meeting to the room, which leads there again."""
    if _view(request) == "chat:arrive":
        return reverse("chat:room", kwargs=resolve(request.path_info).kwargs)
    return request.path


def _page_path(request: HttpRequest) -> str:
    """The page on which they were written, or the one that leads there."""
    return reverse("groups:mine") if _view(request) == "groups:ask" else _path(request)


def _view(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Http404:
        return ""
