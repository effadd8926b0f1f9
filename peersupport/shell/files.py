"""Static files as bytes, before Django: WhiteNoise knows them, this hands them out asynchronously.

WhiteNoise's own middleware streams every file through a thread and warns about it under ASGI.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

from peersupport.shell.asgi_types import ASGI, Receive, Scope, Send

# The drawings of the guides: a partner's site that shows a guide shows these too.
FOR_ANY_SITE = f"{settings.STATIC_URL}guides/figures/"


class StaticFiles:
    """Answers addresses of static files itself and passes everything else on."""

    def __init__(self, inner: ASGI) -> None:
        self.inner = inner
        # Only its table of files is used: found once, at the start, with the settings of the site.
        self._files = WhiteNoiseMiddleware(_nothing).files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Methods other than GET and HEAD are answered 405."""
        file = self._files.get(scope.get("path", ""))
        if scope["type"] != "http" or file is None:
            await self.inner(scope, receive, send)
            return
        answer = file.get_response(scope["method"], _environment(scope))
        body = b""
        if answer.file is not None:
            with answer.file as opened:
                body = opened.read()
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
        if scope["path"].startswith(FOR_ANY_SITE):
            headers.append((b"cross-origin-resource-policy", b"cross-origin"))
        await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _environment(scope: Scope) -> dict[str, str]:
    """The request's headers under the names that WSGI gives them."""
    return {
        "HTTP_" + name.decode("latin-1").upper().replace("-", "_"): value.decode("latin-1")
        for name, value in scope["headers"]
    }


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)
