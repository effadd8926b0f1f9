"""Back to an application: with the code, by a link in a mail, or with a one-time code from a coordinator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from peersupport.accounts.resetting import reset_path
from peersupport.joining import returning
from peersupport.joining.access import found_by_code, hold, may_try
from peersupport.joining.models import Application
from peersupport.joining.return_forms import LinkForm, ReturnForm

# A whole household or office may share an address; a code has 80 bits, so this only stops noise.
CODES_TRIED = 30
LINKS_ASKED = 10
LINKS_TRIED = 60


@require_http_methods(["GET", "HEAD", "POST"])
def return_code(request: HttpRequest) -> HttpResponse:
    """Back to an application with the code. Wrong and unknown codes get the same answer."""
    form = ReturnForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if not may_try(request, what="return-code", most=CODES_TRIED, now=now):
            form.add_error("code", form.TOO_OFTEN)
            status = 429
        else:
            application = found_by_code(form.cleaned_data["code"])
            if application is not None:
                hold(request, application)
                return redirect("joining:application")
            application = returning.by_paper(form.cleaned_data["code"], now=now)
            if application is not None:
                return _with_paper(request, application)
            form.add_error("code", form.NOT_FOUND)
    return render(request, "joining/return.html", {"form": form, "by_mail": LinkForm()}, status=status)


@require_POST
def ask_link(request: HttpRequest) -> HttpResponse:
    """A link to an address that was marked as safe. The same answer for every address."""
    form = LinkForm(request.POST)
    status = 200
    if form.is_valid():
        now = timezone.now()
        if may_try(request, what="return-link", most=LINKS_ASKED, now=now):
            returning.ask(address=form.cleaned_data["address"], now=now)
            return render(request, "joining/link_asked.html")
        form.add_error("address", form.TOO_OFTEN)
        status = 429
    return render(request, "joining/return_by_mail.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail. Opening changes nothing, as mail programs open links; the button uses it up."""
    now = timezone.now()
    if may_try(request, what="return-link-opened", most=LINKS_TRIED, now=now):
        if request.method == "POST":
            application = returning.by_link(token, now=now)
            if application is not None:
                hold(request, application, by_mail=True)
                return redirect("joining:application")
        elif returning.open_link(token, now):
            return render(request, "joining/by_link.html")
    return render(request, "joining/link_gone.html", status=404)


def _with_paper(request: HttpRequest, application: Application) -> HttpResponse:
    """Whoever has an account by now sets a new password; anybody else notes her new return code."""
    user = application.user
    if application.state == Application.State.PLACED and user is not None and returning.is_parent_alone(user):
        return redirect(reset_path(user))
    hold(request, application)
    return redirect("joining:code")
