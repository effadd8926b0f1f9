"""Somebody lost the return code: the coordinator asks for the code word and hands a one-time code over."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peersupport.accounts.models import User
from peersupport.joining import returning
from peersupport.joining.access import application_for_desk, coordinator_only
from peersupport.joining.desk_forms import CodeWordForm


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def one_time_code(request: HttpRequest, by: User, application_id: UUID) -> HttpResponse:
    """Types what was said; if it is the code word, a code stands on the page, once and to be printed."""
    found = application_for_desk(application_id)
    form = CodeWordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = _code(form, application_id, by)
        if code is not None:
            return render(request, "joining/desk/one_time_code.html", {"application": found, "code": code})
    return render(request, "joining/desk/code_word.html", {"form": form, "application": found})


def _code(form: CodeWordForm, application_id: UUID, by: User) -> str | None:
    found = application_for_desk(application_id)
    try:
        code = returning.one_time_code(
            application=found, said=form.cleaned_data["said"], by=by, now=timezone.now()
        )
    except returning.Locked:
        form.add_error("said", _("Three wrong words were said. This way is closed for a day."))
        return None
    except returning.NoCodeWord:
        form.add_error("said", _("No code word was agreed in a talk, so nothing can be compared."))
        return None
    if code is None:
        form.add_error(
            "said", _("This is not the word. After three wrong ones this way is closed for a day.")
        )
    return code
