"""The headers every answer carries: pages, errors, files, and what never reaches Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from peersupport.shell.asgi_types import ASGI, Message, Receive, Scope, Send

FEATURES_NOBODY_NEEDS = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)


@cache
def fixed() -> dict[str, str]:
    """The headers that are the same on every answer, by lower-case name."""
    return {
        "content-security-policy": build_policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": settings.X_FRAME_OPTIONS,
        "referrer-policy": settings.SECURE_REFERRER_POLICY,
        "cross-origin-opener-policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in FEATURES_NOBODY_NEEDS),
    }


def missing(present: Mapping[str, str]) -> dict[str, str]:
    """What has to be added to an answer that has these headers already (by lower-case name).

    What does not say otherwise may not be kept anywhere, and what may not be kept may not be found by search.
    """
    wanted = {**fixed(), "cache-control": "no-store"}
    if "no-store" in present.get("cache-control", "no-store"):
        wanted["x-robots-tag"] = "noindex, nofollow"
    return {name: value for name, value in wanted.items() if name not in present}


class HeadersMiddleware:
    """The outermost middleware: also what other middleware answers by itself carries the headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        present = {name.lower(): value for name, value in response.headers.items()}
        for name, value in missing(present).items():
            response.headers[name.title()] = value
        return response


def with_headers(app: ASGI) -> ASGI:
    """`app`, each of its HTTP answers with the headers: for what is answered before Django."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                present = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
                added = missing(present).items()
                headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in added]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, headed)

    return wrapped
