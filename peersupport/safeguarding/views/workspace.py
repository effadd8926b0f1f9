"""What a facilitator does when something worries her. Works without a script."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.safeguarding import raising, telling
from peersupport.safeguarding.access import excerpts_for, facilitator_only, raised_for
from peersupport.safeguarding.forms import MoreForm
from peersupport.safeguarding.models import Concern, Entry, Look
from peersupport.safeguarding.protocol import protocol_card
from peersupport.safeguarding.views import asking

Both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@facilitator_only
def mine(request: HttpRequest, by: User) -> HttpResponse:
    """What she raised and how it stands, what she asked for, and words that wait for a second person."""
    raised = Concern.objects.filter(raised_by=by.pk).order_by("-raised_at")[:50]
    now = timezone.now()
    looks = [(look, look.state(now)) for look in Look.objects.filter(asked_by=by.pk)[:20]]
    context = {"raised": raised, "looks": looks, "words": excerpts_for(by)[:20]}
    return render(request, "safeguarding/mine.html", context)


@Both
@facilitator_only
def raise_concern(request: HttpRequest, by: User, member_id: UUID) -> HttpResponse:
    """A concern about a member of a group she leads."""
    return asking.raise_page(request, by, member_id, desk=False)


@Both
@facilitator_only
def received(request: HttpRequest, by: User, concern_id: UUID) -> HttpResponse:
    """That it was received, and what she may know of it; she can add what else she saw."""
    concern = raised_for(by, concern_id)
    form = MoreForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            raising.add(concern, by=by, now=timezone.now(), **form.cleaned_data)
        except raising.Over:
            messages.warning(request, _("It is closed. If there is something new, raise another one."))
        else:
            messages.success(request, _("Added. Thank you."))
        return redirect(request.path)
    record(what="concern.receipt_read", by=by, about=concern)
    answers = concern.entries.filter(kind=Entry.Kind.ANSWER)
    return render(
        request, "safeguarding/received.html", {"concern": concern, "answers": answers, "form": form}
    )


@Both
@facilitator_only
def words(request: HttpRequest, by: User, excerpt_id: UUID) -> HttpResponse:
    """The second person: whether a colleague's wish is granted and words of the room are kept."""
    return asking.words_page(request, by, excerpt_id, back="safeguarding:mine")


@Both
@facilitator_only
def ask_who(request: HttpRequest, by: User, member_id: UUID) -> HttpResponse:
    """Asks who a member of her group is."""
    return asking.ask_page(request, by, member_id, desk=False)


@require_safe
@facilitator_only
def who(request: HttpRequest, by: User, look_id: UUID) -> HttpResponse:
    """Who it is, while that is open to her."""
    return asking.shown_page(request, by, look_id, desk=False)


@require_safe
@facilitator_only
def levels(request: HttpRequest, by: User) -> HttpResponse:
    """The levels as a chart, with the numbers of her country."""
    card = protocol_card(get_language() or "en", by.country)
    return render(
        request, "safeguarding/levels.html", {"card": card, "gravest": card.levels[::-1], "desk": False}
    )


@require_POST
@login_required
def told(request: HttpRequest, look_id: UUID) -> HttpResponse:
    """Whoever was looked at has read that it was."""
    assert isinstance(request.user, User)
    telling.read(look_id, by=request.user, now=timezone.now())
    return redirect("groups:mine")
