"""What became of the mails, at the desk."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.joining import desk, mails_sent
from peersupport.joining.access import coordinator_only


@require_safe
@coordinator_only
def mails(request: HttpRequest, by: User) -> HttpResponse:
    """Every mail as due, sent, not sent, failed or unsure, and why; by filter and page."""
    state = request.GET.get("state", "")[:20]
    page = Paginator(mails_sent.mails(state), desk.PAGE).get_page(request.GET.get("page"))
    rows = mails_sent.shown(page.object_list)
    record(what="mails.read", by=by, about="accounts.mail", count=len(rows))
    context = {
        "page": page,
        "rows": rows,
        "totals": mails_sent.totals(),
        "state": state,
        "filters": mails_sent.FILTERS,
    }
    return render(request, "joining/desk/mails.html", context)
