"""Gives back what somebody wrote in a room's form whose answer would have lost it.

Without a script a form is answered by a page, and her words are in that page or nowhere. A sign-in that has
ended, a page that was open too long, a room that is hers no more, a database that is away: each has a page
of its own for an answer. Her words stand in that very answer, which is `no-store`; they are kept nowhere.

They are shown to her alone. Her form was made for one session and one person, and says so under a keyed hash.
The words come back where the request still has that session's cookie, be the session an ended one (the answer
then takes the cookie away: asked for once more, by whoever sits there next, it says nothing), or where that
person is signed in. Whoever has left has neither, nor has whoever sits there after her.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.http.request import UnreadablePostError
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from peersupport.vault.hashing import keyed_hash

FIELD = "kept"
#: What she writes herself, and under which name it is given back.
WORDS = {
    "body": _("Your message"),
    "note": _("Its note"),
    "reason": _("What you wrote to the facilitators"),
    "check_in_note": _("What you wrote beside the number"),
}
#: What belongs to it: the message's own id above all, so that sent twice it is one message.
CARRIED = ("id", "reply_to", "report", "appeal", "check_in")

# Answers that know nothing of what was sent: sent on to sign in, refused, not there, failed, unreachable.
LOSING = {302, 403, 404, 500, 503}
OF_THE_OLD_ANSWER = {"Content-Type", "Content-Length", "Location"}


class Kind(NamedTuple):
    """Why it was not taken in. `again`: the form can be sent from the answer itself."""

    name: str
    again: bool = False


SIGNED_OUT, SECOND_STEP, GONE = Kind("signed_out"), Kind("second_step"), Kind("gone")
TOO_OLD, AWAY, BROKEN = Kind("too_old", again=True), Kind("away", again=True), Kind("broken", again=True)


def made_for(request: HttpRequest) -> str:
    """What a room's form carries as `kept`: for which session and which person it was made."""
    return f"{_mark(session=_cookie(request))}.{_mark(person=str(request.user.pk))}"


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
        if given is None or kind is None or not _is_hers(request, given.get(FIELD, "")):
            return response
        return _with_words(request, response, kind, given)


def _kind(request: HttpRequest, response: HttpResponse) -> Kind | None:
    if response.status_code == 302:
        way = response["Location"].partition("?")[0]
        return SIGNED_OUT if way == resolve_url(settings.LOGIN_URL) else None
    if response.status_code == 403:
        if not _signed_in(request):
            return SIGNED_OUT
        # The second step of staff is asked for before any form is looked at, and answered in JSON.
        return SECOND_STEP if response["Content-Type"].startswith("application/json") else TOO_OLD
    return {404: GONE, 500: BROKEN, 503: AWAY}.get(response.status_code)


def _given(request: HttpRequest) -> QueryDict | None:
    """The room's form with words in it, or None."""
    try:
        given = request.POST
    except (SuspiciousOperation, UnreadablePostError):
        return None
    return given if FIELD in given and any(given.get(name, "").strip() for name in WORDS) else None


def _is_hers(request: HttpRequest, kept: str) -> bool:
    session, _dot, person = kept.partition(".")
    cookie = _cookie(request)
    if cookie and constant_time_compare(session, _mark(session=cookie)):
        return True
    return _signed_in(request) and constant_time_compare(person, _mark(person=str(request.user.pk)))


def _with_words(request: HttpRequest, response: HttpResponse, kind: Kind, given: QueryDict) -> HttpResponse:
    """An answer with her words, and with the cookies and headers of the one in whose place it stands."""
    context = {
        "kind": kind.name,
        "again": kind.again,
        "words": [(name, label, given[name]) for name, label in WORDS.items() if given.get(name, "").strip()],
        "carried": [(name, given[name]) for name in CARRIED if given.get(name)],
        "act": _act(given),
        "room_path": _room_path(request),
        "sign_in_path": f"{resolve_url(settings.LOGIN_URL)}?next={_room_path(request)}",
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


def _room_path(request: HttpRequest) -> str:
    """Where the words belong: from the page before a meeting to the room, which leads there again."""
    try:
        match = resolve(request.path_info)
    except Http404:
        return request.path
    if match.view_name == "chat:arrive":
        return reverse("chat:room", kwargs=match.kwargs)
    return request.path


def _signed_in(request: HttpRequest) -> bool:
    try:
        return bool(request.user.is_authenticated)
    except (AttributeError, DatabaseError):
        return False


def _cookie(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


def _mark(**whose: str) -> str:
    ((purpose, value),) = whose.items()
    return keyed_hash(value, purpose=f"kept words: {purpose}").hex()[:32]
