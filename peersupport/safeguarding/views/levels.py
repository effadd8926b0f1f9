"""The levels at the desk: the chart, and writing a new edition."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from peersupport.accounts.models import User
from peersupport.safeguarding import protocol
from peersupport.safeguarding.access import coordinator_only
from peersupport.safeguarding.forms import LevelsForm, as_entered
from peersupport.safeguarding.models import LevelsEdition
from peersupport.safeguarding.record_page import names_of


@require_safe
@coordinator_only
def levels(request: HttpRequest, by: User) -> HttpResponse:
    """The chart, and which editions there were."""
    editions = list(LevelsEdition.objects.all()[:20])
    names = names_of({edition.by for edition in editions})
    card = protocol.protocol_card(get_language() or "en", by.country)
    context = {
        "card": card,
        "gravest": card.levels[::-1],
        "desk": True,
        "editions": [(edition, names[edition.by]) for edition in editions],
    }
    return render(request, "safeguarding/levels.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def edit(request: HttpRequest, by: User) -> HttpResponse:
    """A new edition in two languages. What somebody else wrote meanwhile is never overwritten."""
    posted = request.POST if request.method == "POST" else None
    form = LevelsForm(posted, initial=as_entered(*protocol.content()))
    if posted is not None and form.is_valid():
        try:
            protocol.write(
                content=form.content(), based_on=form.cleaned_data["based_on"], by=by, now=timezone.now()
            )
        except protocol.Wrong as wrong:
            form.mark(wrong)
        except protocol.Changed:
            form.add_error(
                None, _("Somebody else has changed it meanwhile. Keep your words, and open it anew.")
            )
        else:
            messages.success(request, _("Written. Everybody sees it from now on; the one before is kept."))
            return redirect("safeguarding:levels")
    context = {"form": form, "parts": form.parts()}
    return render(
        request, "safeguarding/edit_levels.html", context, status=422 if posted is not None else 200
    )
