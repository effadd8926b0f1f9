"""Which language a person's pages and mails are in: only one that is offered, never half a catalogue."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def spoken(code: str) -> str:
    """The language itself where pages are offered in it, else the site's own."""
    return code if code in dict(settings.LANGUAGES) else str(settings.LANGUAGE_CODE)


def chosen(request: HttpRequest) -> str:
    """The language that was chosen on this device; empty where none was, or one that pages are not in."""
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return code if code in dict(settings.LANGUAGES) else ""


def remember(answer: HttpResponse, code: str) -> None:
    """Keep a choice on the device until the browser closes: a cookie that says a language and nothing else.

    Also for who is signed in: what a browser may keep of a public page hangs on its cookies, so that a page
    kept in the language of before is not shown again. "Leave this page" takes it away.
    """
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
