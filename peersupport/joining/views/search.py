"""Search at the desk. The words travel in a form: no address, no log and no history of a browser has them."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from peersupport.accounts.limits import within_limit
from peersupport.accounts.models import User
from peersupport.joining import searching
from peersupport.joining.access import coordinator_only
from peersupport.joining.desk_forms import SearchForm

#: Enough for a working day's calls, too few to go through everybody.
TRIES, DURING = 60, timedelta(minutes=15)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("words")
@coordinator_only
def search(request: HttpRequest, by: User) -> HttpResponse:
    """The form, and what was found."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST" and form.is_valid():
        if within_limit(what="desk-search", who=str(by.pk), most=TRIES, during=DURING, now=timezone.now()):
            found = searching.search(form.cleaned_data["words"], by=by)
        else:
            form.add_error("words", _("These were many searches. Please wait a quarter of an hour."))
    context = {"form": form, "found": found}
    return render(request, "joining/desk/search.html", context, status=400 if form.errors else 200)
