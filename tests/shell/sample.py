"""Pages that show every component once, and raise every error: what the shell's tests look at."""

from __future__ import annotations

from typing import NoReturn

from django import forms
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

handler400 = "peersupport.shell.errors.bad_request"
handler403 = "peersupport.shell.errors.not_allowed"
handler404 = "peersupport.shell.errors.not_found"
handler500 = "peersupport.shell.errors.server_error"


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="What shall we call you?", help_text="Any name you like to hear.")
    email = forms.EmailField(label="E-mail address", required=False)
    about = forms.CharField(label="What would you like us to know?", widget=forms.Textarea)
    country = forms.ChoiceField(label="Country", choices=[("fi", "Finland"), ("se", "Sweden")])
    how = forms.ChoiceField(
        label="How may we reach you?",
        help_text="You can change this later.",
        choices=[("mail", "By e-mail"), ("code", "Only here, with my return code")],
        widget=forms.RadioSelect,
    )
    when = forms.MultipleChoiceField(
        label="Which evenings could suit you?",
        required=False,
        choices=[("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday")],
        widget=forms.CheckboxSelectMultiple,
    )
    date = forms.DateField(label="Date", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    agree = forms.BooleanField(label="I have read how my words are kept", help_text="It takes a minute.")
    kept = forms.CharField(widget=forms.HiddenInput, required=False)


def form(request: HttpRequest) -> HttpResponse:
    """The form, empty or with what was sent and what is wrong with it."""
    shown = SampleForm(request.POST) if request.method == "POST" else SampleForm()
    return render(request, "sample/form.html", {"form": shown})


def form_drawn_by_django(request: HttpRequest) -> HttpResponse:
    """The same form through `{{ form }}` alone."""
    return render(request, "sample/drawn.html", {"form": SampleForm(request.POST or None)})


def components(request: HttpRequest) -> HttpResponse:
    """Every other component."""
    return render(request, "sample/components.html", {"eight": range(8)})


def private(request: HttpRequest) -> HttpResponse:
    """A page that only this reader may see: it says how often it was asked for, and starts a session."""
    request.session["asked"] = request.session.get("asked", 0) + 1
    return render(request, "sample/private.html", {"asked": request.session["asked"]})


def invalid(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation("not as expected")


def closed(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def missing(request: HttpRequest, number: int) -> NoReturn:
    raise Http404(f"no row {number}")


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("broken on purpose")


def away(request: HttpRequest) -> NoReturn:
    raise OperationalError("the database is away")


sample_patterns = [
    path("form/", form, name="form"),
    path("drawn/", form_drawn_by_django, name="drawn"),
    path("components/", components, name="components"),
    path("private/", private, name="private"),
    path("400/", invalid, name="invalid"),
    path("403/", closed, name="closed"),
    path("404/<int:number>/", missing, name="missing"),
    path("500/", broken, name="broken"),
    path("503/", away, name="away"),
]

urlpatterns = [
    path("", include("peersupport.urls")),
    path("sample/", include((sample_patterns, "sample"))),
    path("api/v1/sample/", include((sample_patterns, "api_sample"))),
]
