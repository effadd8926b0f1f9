"""A parent goes over to another group, at the desk: where there is a seat, and why it fits or not."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.joining import desk, placing, transferring
from peersupport.joining.access import application_for_desk, coordinator_only
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.desk_forms import OfferForm
from peersupport.joining.models import Application
from peersupport.joining.standing import told_rows

NOT_HERE = gettext_lazy("There is a match in this group: not here. Nothing was changed.")
LOOK_FIRST = gettext_lazy(
    "There may be a match in this group. Nothing was changed: look into it, and say what you have found out."
)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def transfer(request: HttpRequest, by: User, application_id: UUID) -> HttpResponse:
    """Groups with a free seat, and why each fits or not; leads her over into one."""
    found = application_for_desk(application_id)
    if request.method == "POST":
        return _lead_over(request, found, by)
    record(what="application.read", by=by, about=found)
    seat = transferring.seat_of(found)
    fits = desk.fits(found, timezone.now()) if seat is not None else []
    context = {
        "application": found,
        "called": found.told.called,
        "seat": seat,
        "rows": [row for row in told_rows(found) if row.question in {"course", "language", "clock", "times"}],
        "fits": [
            (fit, OfferForm.of(fit.group, fit.clash))
            for fit in fits
            if seat is None or fit.group.pk != seat.group_id
        ],
    }
    return render(request, "joining/desk/transfer.html", context)


def _lead_over(request: HttpRequest, found: Application, by: User) -> HttpResponse:
    form = OfferForm(request.POST)
    into = form.chosen()
    try:
        transferring.transfer(
            application=found,
            into=into,
            by=by,
            now=timezone.now(),
            looked_into=form.cleaned_data["looked_into"],
            seen=form.cleaned_data["seen"],
        )
    except placing.NoSeat:
        messages.warning(request, _("The last seat of this group has just been taken. Nothing was changed."))
    except placing.Conflict as conflict:
        messages.warning(request, NOT_HERE if conflict.clash.is_sure else LOOK_FIRST)
    except placing.GroupClosed:
        messages.warning(request, _("This group takes nobody in any more. Nothing was changed."))
    except NotPossibleNow:
        messages.warning(request, _("Something has changed meanwhile. Nothing was done: please look again."))
    else:
        messages.success(request, _("Done. The old place is ended, and they are told when it begins."))
        return redirect("joining:desk_application", application_id=found.pk)
    return redirect("joining:desk_transfer", application_id=found.pk)
