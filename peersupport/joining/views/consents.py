"""What she agreed to: to look at, to give, to take back with one tap; asked again where a text changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from peersupport.joining import consent, consenting
from peersupport.joining.access import applicant_only
from peersupport.joining.agreement_forms import LABELS
from peersupport.joining.models import Application

LAYERS = (consent.NEEDED, *consent.OPTIONAL)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_only
def consents(request: HttpRequest, application: Application) -> HttpResponse:
    """Every layer, whether it holds, and what changed since she agreed."""
    if request.method == "POST":
        _answered(request, application)
        # Asked again for all that changed, then back to where things stand.
        return redirect("joining:consents")
    given, standing = consenting.given(application), consenting.standing(application)
    rows = [
        {
            "text": consenting.text_for(application, layer),
            "label": LABELS.get(layer, ""),
            "optional": layer in consent.OPTIONAL,
            "given": layer in given,
            "changed": layer in standing and layer not in given,
            "at": standing[layer].given_at if layer in standing else None,
        }
        for layer in LAYERS
    ]
    context = {
        "rows": rows,
        "changed": any(row["changed"] for row in rows),
        "limits": consent.limits(application.country, get_language() or consent.ENGLISH),
        "application": application,
    }
    return render(request, "joining/consents.html", context)


def _answered(request: HttpRequest, application: Application) -> None:
    now = timezone.now()
    given, taken = request.POST.get("give", ""), request.POST.get("take_back", "")
    if given in LAYERS:
        consenting.give(application=application, layer=given, now=now)
    elif taken in consent.OPTIONAL:
        consenting.take_back(application=application, layer=taken, now=now)
