"""Who somebody is, at the desk: asking, the second key, and when the person concerned is told."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups.models import Membership
from peersupport.safeguarding import looking, record_page
from peersupport.safeguarding.access import coordinator_only, looks_for
from peersupport.safeguarding.forms import PutOffForm
from peersupport.safeguarding.models import Look
from peersupport.safeguarding.raising import AboutHerself
from peersupport.safeguarding.views import asking

Both = require_http_methods(["GET", "HEAD", "POST"])


@Both
@coordinator_only
def ask_who(request: HttpRequest, by: User, member_id: UUID) -> HttpResponse:
    """A coordinator asks who a member is."""
    return asking.ask_page(request, by, member_id, desk=True)


@require_safe
@coordinator_only
def who(request: HttpRequest, by: User, look_id: UUID) -> HttpResponse:
    """Who it is, while that is open to the coordinator who asked."""
    return asking.shown_page(request, by, look_id, desk=True)


@Both
@coordinator_only
def second_key(request: HttpRequest, by: User, look_id: UUID) -> HttpResponse:
    """The second key: the reason is read, and it is opened, refused, or told of later."""
    look = looks_for(by).filter(pk=look_id).first()
    if look is None:
        raise Http404
    form = PutOffForm(request.POST if request.POST.get("do") == "later" else None)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        _decide(request, by, look, form)
        return redirect(request.path)
    record(what="identity.asking_read", by=by, about=look)
    return render(request, "safeguarding/second_key.html", _context(look, by, form))


def _decide(request: HttpRequest, by: User, look: Look, form: PutOffForm) -> None:
    now, do = timezone.now(), request.POST.get("do")
    try:
        if do == "later":
            looking.put_off(look.pk, by=by, **form.cleaned_data)
        elif do == "refuse":
            looking.refuse(look.pk, by=by, now=now)
        elif do == "confirm":
            looking.confirm(look.pk, by=by, now=now)
    except looking.SamePerson:
        messages.warning(request, _("You asked for it yourself: the second key is somebody else’s."))
    except looking.NotWaiting:
        messages.warning(request, _("It was decided already, or its time is over."))
    except AboutHerself:
        raise Http404 from None
    else:
        messages.success(request, _("Noted."))


def _context(look: Look, by: User, form: PutOffForm) -> dict[str, object]:
    now = timezone.now()
    return {
        "look": look,
        "state": look.state(now),
        "asked_by": record_page.names_of({look.asked_by})[look.asked_by],
        "member": Membership.objects.select_related("group").filter(pk=look.member).first(),
        "mine": look.asked_by == by.pk,
        "form": form,
        "put_off_by": record_page.names_of({look.put_off_by})[look.put_off_by] if look.put_off_by else "",
    }
