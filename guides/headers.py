"""The headers of a public page: asked of the site's own middleware once, not written twice."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import resolve, reverse
from django.utils.module_loading import import_string

# Of the page that is asked for, not of every page.
OWN = {"content-type", "content-length", "content-language", "vary", "set-cookie", "etag", "last-modified"}


def public_headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """Name (lower case) and value of every header that a public page answered by Django carries.

    A request for the helplines page goes through the middleware to a view that says nothing. ``secure``:
    whether the reader came by https (HSTS depends on it)."""
    answer: Callable[[HttpRequest], HttpResponseBase] = _say_nothing
    for name in reversed(settings.MIDDLEWARE):
        answer = import_string(name)(answer)
    response = answer(_request(secure=secure))
    return [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.items()
        if name.lower() not in OWN
    ]


def _request(*, secure: bool) -> HttpRequest:
    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": reverse("guides:help"),
        "SERVER_NAME": host,
        "SERVER_PORT": "443" if secure else "80",
        "wsgi.url_scheme": "https" if secure else "http",
        "wsgi.input": BytesIO(),
    }
    if secure and settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        environ[name] = value
    return WSGIRequest(environ)


def _say_nothing(request: HttpRequest) -> HttpResponse:
    request.resolver_match = resolve(request.path_info)
    return HttpResponse()
