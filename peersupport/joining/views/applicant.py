"""The public way in: what is coming, the questions, and where an application stands."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peersupport.joining import applying, choices, consent, consenting, elsewhere, erasing, questions
from peersupport.joining.access import applicant_only, application_in, hold, let_go, may_try
from peersupport.joining.agreement_forms import AgreementForm
from peersupport.joining.coming import coming
from peersupport.joining.forms import QuestionForm
from peersupport.joining.models import Application
from peersupport.joining.questionnaire import FORMS
from peersupport.joining.return_forms import WithdrawForm
from peersupport.joining.standing import standing, told_rows
from peersupport.joining.views.card import use_card_kept

State = Application.State
FIRST = questions.SLUGS[0]
BEGUN = 60


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Which groups are coming, for whom, how it works, and what stays confidential."""
    now = timezone.now()
    application = application_in(request)
    country = _country(request) or (application.country if application is not None else settings.COUNTRY)
    context = {
        "groups": coming(now),
        "application": application,
        "now": now,
        "limits": consent.limits(country, get_language() or consent.ENGLISH),
        "country": country,
        "country_name": choices.name_of(country, choices.countries()),
        "countries": choices.countries(),
        "elsewhere": elsewhere.instead(country, timezone.localdate()),
    }
    return render(request, "joining/start.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """One question. The first answer begins the application; every answer is saved by itself."""
    asked = questions.question_for(slug)
    if asked is None:
        raise Http404
    application = application_in(request)
    if application is not None and application.state != State.DRAFT:
        return redirect("joining:application")
    if request.method != "POST":
        elsewhere = _too_early(application, slug)
        if elsewhere is not None:
            return redirect("joining:question", slug=elsewhere) if elsewhere else redirect("joining:start")
    form = _form(request, asked, application)
    if request.method == "POST" and form.is_valid():
        return _answered(request, slug, form, application)
    if application is not None and "later" in request.POST and _is_blank(request, form):
        return redirect("joining:code")
    context = {
        "asked": asked,
        "form": form,
        "back": questions.before(slug, application or applying.blank()),
        "step": questions.progress(slug),
        "application": application,
        "checking": request.GET.get("then") == "check" or request.POST.get("then") == "check",
    }
    return render(request, "joining/question.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_only
def check(request: HttpRequest, application: Application) -> HttpResponse:
    """Her answers to look over, and the button that sends them."""
    if application.state != State.DRAFT:
        return redirect("joining:application")
    still_open = questions.missing(application)
    if still_open is not None:
        return redirect("joining:question", slug=still_open)
    if consenting.changed(application):
        return redirect("joining:consents")
    if request.method == "POST":
        try:
            applying.send(application=application, now=timezone.now())
        except (applying.Incomplete, applying.NotPossibleNow):
            return redirect("joining:check")
        return redirect("joining:code")
    context = {"rows": told_rows(application), "application": application}
    return render(request, "joining/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_only
def code(request: HttpRequest, application: Application) -> HttpResponse:
    """Her return code, to note or print. Once she says she has it, it is shown no more."""
    if request.method == "POST":
        if application.state != State.DRAFT:
            applying.forget_code(application=application)
        return redirect("joining:application")
    return render(request, "joining/code.html", {"application": application})


@require_safe
@applicant_only
def application_page(request: HttpRequest, application: Application) -> HttpResponse:
    """Where her application stands, in plain words, and what she can do now.

    A text that she agreed to and that reads otherwise now is asked for first.
    """
    if consenting.changed(application):
        return redirect("joining:consents")
    context = standing(application, now=timezone.now())
    return render(request, "joining/application.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_only
def withdraw(request: HttpRequest, application: Application) -> HttpResponse:
    """Takes the application back: kept for a while so that she can return, or erased at once."""
    form = WithdrawForm(request.POST or None, placed=application.state == State.PLACED)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if form.cleaned_data["how"] == "erase":
            erasing.erase(application=application, by=None, why="asked", now=now)
            let_go(request)
            return redirect("joining:erased")
        with suppress(applying.NotPossibleNow):
            applying.withdraw(application=application, now=now)
        return redirect("joining:application")
    context = {"form": form, "application": application, "days": settings.DRAFT_DAYS}
    return render(request, "joining/withdraw.html", context)


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Says that everything she wrote is gone."""
    return render(request, "joining/erased.html")


@require_POST
@applicant_only
def come_back(request: HttpRequest, application: Application) -> HttpResponse:
    """Takes a withdrawn application up again."""
    with suppress(applying.NotPossibleNow):
        applying.come_back(application=application, now=timezone.now())
    return redirect("joining:application")


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """This device forgets the application; the code brings it back anywhere."""
    let_go(request)
    return redirect("joining:return")


def _form(request: HttpRequest, asked: questions.Question, application: Application | None) -> QuestionForm:
    now = timezone.now()
    return FORMS[asked.slug](
        request.POST if request.method == "POST" else None,
        application=application or applying.blank(),
        groups=coming(now) if asked.slug == "course" else [],
        now=now,
        why=str(asked.why),
        # The text of another country, to look at before anything is written.
        initial={"country": _country(request)} if asked.slug == FIRST else None,
    )


def _country(request: HttpRequest) -> str:
    """The country asked for in the address; empty where it is none."""
    asked = request.GET.get("country", "")
    return asked if asked in dict(choices.countries()) else ""


def _is_blank(request: HttpRequest, form: QuestionForm) -> bool:
    """Nothing was entered: whoever stops here is not held up by a question she has not come to."""
    return not any(
        value.strip() and value not in _stood_there(form, name)
        for name in form.fields
        for value in request.POST.getlist(name)
    )


def _stood_there(form: QuestionForm, name: str) -> set[str]:
    """What the page itself had put into a field."""
    initial = form.initial.get(name)
    return {str(one) for one in initial} if isinstance(initial, list) else {str(initial)}


def _too_early(application: Application | None, slug: str) -> str | None:
    """Where to go instead of a question whose turn has not come: a slug, "" the start, None nowhere."""
    if application is None:
        return None if slug == FIRST else ""
    still_open = questions.missing(application)
    if still_open is None or questions.SLUGS.index(slug) <= questions.SLUGS.index(still_open):
        return None
    return still_open


def _answered(
    request: HttpRequest, slug: str, form: QuestionForm, application: Application | None
) -> HttpResponse:
    now = timezone.now()
    if application is None:
        # Also where a session ended while she wrote: the answer opens a new one, so that nothing is lost.
        if not may_try(request, what="begin", most=BEGUN, now=now):
            return render(request, "joining/busy.html", status=429)
        application, _code = applying.begin(now=now)
        hold(request, application)
        use_card_kept(request, application, now=now)
    try:
        application = applying.answer(application=application, question=slug, given=form.given(), now=now)
    except applying.NotPossibleNow:
        return redirect("joining:application")
    if isinstance(form, AgreementForm) and form.explained():
        messages.info(request, form.explained())
    if "later" in request.POST:
        return redirect("joining:code")
    following = _following(slug, application, checking=request.POST.get("then") == "check")
    return redirect("joining:question", slug=following) if following else redirect("joining:check")


def _following(slug: str, application: Application, *, checking: bool) -> str | None:
    """The question to go on with; None for the page that shows all answers."""
    still_open = questions.missing(application)
    if checking and still_open is None:
        return None
    if slug == FIRST and still_open is not None:
        # Asked again for another country: on to where she was.
        return still_open
    following = questions.after(slug, application)
    if following is None or (still_open and _before(still_open, following)):
        return still_open
    return following


def _before(one: str, other: str) -> bool:
    return questions.SLUGS.index(one) < questions.SLUGS.index(other)
