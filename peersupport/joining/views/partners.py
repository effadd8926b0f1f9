"""Tokens of partners at the desk: made, shown once, ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from peersupport.accounts import partner_tokens
from peersupport.accounts.models import ApiToken, User
from peersupport.joining import desk
from peersupport.joining.access import coordinator_only
from peersupport.joining.partner_forms import TokenForm


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def partners(request: HttpRequest, by: User) -> HttpResponse:
    """Every token with what became of it, and the form of a new one, which stands in the answer alone."""
    now = timezone.now()
    form = TokenForm(request.POST if request.method == "POST" else None)
    made = _made(request, form, by) if request.method == "POST" and form.is_valid() else None
    page = Paginator(ApiToken.objects.all(), desk.PAGE).get_page(request.GET.get("page"))
    names = dict(ApiToken.Scope.choices)
    context = {
        "form": TokenForm() if made else form,
        "made": made,
        "page": page,
        "rows": [(one, [names[scope] for scope in one.scopes], _works(one, now)) for one in page.object_list],
    }
    return render(request, "joining/desk/partners.html", context, status=400 if form.errors else 200)


@require_POST
@coordinator_only
def end(request: HttpRequest, by: User, token_id: UUID) -> HttpResponse:
    """Ends one. To end what has ended already changes nothing."""
    if not ApiToken.objects.filter(pk=token_id).exists():
        raise Http404
    partner_tokens.revoke(token_id=token_id, by=by, now=timezone.now())
    messages.success(request, _("Ended. It opens nothing any more."))
    return redirect("joining:desk_partners")


def _made(request: HttpRequest, form: TokenForm, by: User) -> tuple[ApiToken, str] | None:
    now = timezone.now()
    try:
        return partner_tokens.make(
            partner=form.cleaned_data["partner"],
            scopes=form.what_for(),
            until=form.until(now),
            by=by,
            now=now,
        )
    except partner_tokens.Enough:
        messages.warning(request, _("There are many already. Please end some first."))
        return None


def _works(token: ApiToken, now: datetime) -> bool:
    return token.revoked_at is None and token.until > now
