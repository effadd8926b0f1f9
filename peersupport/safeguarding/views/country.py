"""Whether an authority is told: a country's questions, one by one, and the decision of two."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peersupport.accounts.models import User
from peersupport.accounts.where import country_name
from peersupport.safeguarding import keeping, reporting
from peersupport.safeguarding.access import concern_for, coordinator_only
from peersupport.safeguarding.forms import QuestionForm, ReportForm, SecondForm
from peersupport.safeguarding.models import Asked, Concern
from peersupport.safeguarding.raising import Over
from peersupport.safeguarding.record_page import names_of


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def country(request: HttpRequest, by: User, concern_id: UUID) -> HttpResponse:
    """The list with its clock, and every proposal to report or not to."""
    if request.method != "POST":
        return _page(request, by, keeping.read(concern_id, by=by))
    found = concern_for(by, concern_id)
    form = _form(request.POST.get("do", ""), request.POST)
    if not form.is_valid():
        return _page(request, by, found, wrong=form)
    try:
        _do(request, by, found, form)
    except Over:
        messages.warning(request, _("It is closed."))
    except reporting.SamePerson:
        messages.warning(request, _("You proposed it yourself: somebody else has to decide."))
    except reporting.DecidedAlready:
        messages.warning(request, _("Somebody else was quicker. Thank you."))
    else:
        messages.success(request, _("Noted."))
    return redirect(request.path)


def _form(do: str, data: object) -> forms.Form:
    kinds: dict[str, type[forms.Form]] = {"propose": ReportForm, "second": SecondForm}
    return kinds.get(do, QuestionForm)(data)  # type: ignore[arg-type]  # what was posted


def _do(request: HttpRequest, by: User, found: Concern, form: forms.Form) -> None:
    now, data = timezone.now(), form.cleaned_data
    match form:
        case ReportForm():
            reporting.propose(found.pk, report=data["report"] == "yes", reason=data["reason"], by=by, now=now)
        case SecondForm():
            waiting = found.reportings.filter(decided_by=None).first()
            if waiting is None:
                raise reporting.DecidedAlready
            reporting.decide(waiting.pk, agree=data["agree"] == "yes", reason=data["reason"], by=by, now=now)
        case _:
            given = {"answer": Asked.Answer(data["answer"]), "words": data["words"]}
            reporting.answer(found.pk, question=request.POST.get("question", ""), by=by, now=now, **given)


def _page(request: HttpRequest, by: User, found: Concern, *, wrong: forms.Form | None = None) -> HttpResponse:
    found_list = reporting.checklist(found, get_language() or "en")
    decisions = list(found.reportings.all())
    lines = found_list.lines if found_list else ()
    ids = {line.asked.by for line in lines if line.asked} | {one.by for one in decisions}
    names = names_of(ids | {one.decided_by for one in decisions if one.decided_by})
    asked = [
        (line, names[line.asked.by] if line.asked else "", QuestionForm(auto_id=f"{line.question.code}-%s"))
        for line in lines
    ]
    waiting = next((one for one in decisions if one.decided_by is None), None)
    context = {
        "concern": found,
        "country": country_name(found.country),
        "checklist": found_list,
        "lines": asked,
        "late": bool(
            found_list and found_list.until and found_list.left and found_list.until < timezone.now()
        ),
        "decisions": [
            (one, names[one.by], names[one.decided_by] if one.decided_by else "") for one in decisions
        ],
        "waiting": waiting,
        "mine": waiting is not None and waiting.by == by.pk,
        "propose": wrong if isinstance(wrong, ReportForm) else ReportForm(),
        "second": wrong if isinstance(wrong, SecondForm) else SecondForm(),
        "form": wrong,
    }
    return render(request, "safeguarding/country.html", context, status=422 if wrong else 200)
