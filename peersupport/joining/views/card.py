"""A card that a professional hands over, and the parent who uses it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peersupport.accounts.limits import within_limit
from peersupport.joining import referring
from peersupport.joining.access import application_in, may_try
from peersupport.joining.models import Application, Referral
from peersupport.joining.return_forms import CardForm, UseCardForm

IN_SESSION = "card"
# From one place in a quarter of an hour, and for one address in a day.
CARDS_MADE, CARDS_OF_ONE = 10, 30
CARDS_TRIED = 30


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """For professionals: a card to hand over. It takes nothing about whom it is for."""
    form = CardForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        address = form.cleaned_data["address"]
        if may_try(request, what="card", most=CARDS_MADE, now=now) and within_limit(
            what="card-of", who=address.lower(), most=CARDS_OF_ONE, during=timedelta(days=1), now=now
        ):
            _referral, code = referring.make(now=now, **form.cleaned_data)
            return render(request, "joining/card_made.html", {"code": code})
        form.add_error(None, _("Very many cards were made just now. Please come back later today."))
        status = 429
    return render(request, "joining/card.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def use(request: HttpRequest) -> HttpResponse:
    """She was given a card: she types its code, and says whether anybody may learn of it."""
    form = UseCardForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        known = None
        if may_try(request, what="card-used", most=CARDS_TRIED, now=now):
            known = referring.found(form.cleaned_data["code"], now)
        else:
            status = 429
        if known is not None and _keep(request, known, form.cleaned_data["may_tell"], now):
            return redirect("joining:application" if application_in(request) else "joining:start")
        form.add_error("code", form.NOT_FOUND)
    return render(request, "joining/use_card.html", {"form": form}, status=status)


def use_card_kept(request: HttpRequest, application: Application, *, now: datetime) -> None:
    """A card that was shown before she began counts for what she begins."""
    kept = request.session.pop(IN_SESSION, None)
    referral = Referral.objects.filter(pk=UUID(kept["card"])).first() if kept else None
    if referral is not None:
        with suppress(referring.CardGone):
            referring.confirm(referral=referral, application=application, may_tell=kept["may_tell"], now=now)


def _keep(request: HttpRequest, card: Referral, may_tell: bool, now: datetime) -> bool:
    application = application_in(request)
    if application is None:
        request.session[IN_SESSION] = {"card": str(card.pk), "may_tell": may_tell}
        return True
    try:
        referring.confirm(referral=card, application=application, may_tell=may_tell, now=now)
    except referring.CardGone:
        return False
    return True
