"""What the API is: its description for programs, and the page for people. Nothing comes from elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from peersupport.accounts.api import A_MINUTE, Pages
from peersupport.shell.api_description import description, operations

OPENAPI = "application/vnd.oai.openapi+json"


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The description in OpenAPI 3, as JSON."""
    return JsonResponse(description(get_language() or "en"), content_type=OPENAPI)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every address with what it takes and gives. Works without a script."""
    found = operations(description(get_language() or "en"))
    context = {
        "groups": [
            (True, [one for one in found if one.open_to_all]),
            (False, [one for one in found if not one.open_to_all]),
        ],
        "limits": A_MINUTE,
        "page_size": Pages.page_size,
        "most": Pages.max_page_size,
    }
    return render(request, "shell/api.html", context)
