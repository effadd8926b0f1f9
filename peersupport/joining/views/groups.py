"""A group at the desk: its dates, and what coordinators say of it that its room has to know."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import running
from peersupport.groups.models import SupportGroup
from peersupport.groups.rearranging import OPEN
from peersupport.joining import dates_desk, desk
from peersupport.joining.access import coordinator_only
from peersupport.joining.conflicts import checking
from peersupport.joining.desk_forms import CasesForm


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def group(request: HttpRequest, by: User, slug: str) -> HttpResponse:
    """One group: how it stands, its dates, and whether criminal cases of its families may be open."""
    now = timezone.now()
    found = desk.place(slug, now).first()
    if found is None:
        raise Http404
    form = CasesForm(
        request.POST if request.method == "POST" else None, initial={"cases": CasesForm.of(found.cases_open)}
    )
    if request.method == "POST" and form.is_valid():
        _say(request, found, are_open=form.are_open, by=by)
        return redirect("joining:desk_group", slug=slug)
    if request.method != "POST":
        record(what="group.dates_read", by=by, about=found)
    context = {
        "group": found,
        "form": form,
        "said": desk.who_said_cases(found, by),
        "dates": dates_desk.dates_of(found, parents=found.parents, now=now),
        "may_call_off": found.state in OPEN,
        "clash": checking.within([found]).get(found.pk),
    }
    return render(request, "joining/desk/group.html", context, status=400 if form.errors else 200)


def _say(request: HttpRequest, found: SupportGroup, *, are_open: bool, by: User) -> None:
    if are_open == found.cases_open:
        messages.info(request, _("It stands so already. Nothing was changed."))
        return
    running.say_cases_are_open(group=found, are_open=are_open, by=by)
    messages.success(request, _("Kept. It counts for whoever opens the room from now on."))
