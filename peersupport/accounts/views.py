"""A person's own account: what she chose, how she signs in, what is kept of her."""

from __future__ import annotations

from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peersupport.accounts import addressing, ending, sessions, switches, where
from peersupport.accounts import contact as contacts
from peersupport.accounts.languages import remember
from peersupport.accounts.models import Mail, SafeContact, User
from peersupport.accounts.opening import AddressTaken
from peersupport.accounts.own_forms import MailsForm, PreferencesForm, ReachForm
from peersupport.audit.recording import record
from peersupport.vault import keys

OUTBOX_SHOWS = 50
CHOSEN = ("language", "country", "time_zone")


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Everything about her account on one page, each with its way to change it."""
    user = _person(request)
    facts = {
        "contact": contacts.of(user),
        "country": where.country_name(user.country),
        "language": dict(settings.LANGUAGES).get(user.language, user.language),
        "clock": where.city(user.time_zone),
        "second_steps": Authenticator.objects.filter(user=user).exists(),
    }
    return render(request, "accounts/account.html", facts)


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Language, country, clock."""
    user = _person(request)
    form = PreferencesForm(_posted(request), initial={name: getattr(user, name) for name in CHOSEN})
    if request.method == "POST" and form.is_valid():
        for name in CHOSEN:
            setattr(user, name, form.cleaned_data[name])
        user.save(update_fields=CHOSEN)
        _keep_clock_of_contact(user)
        messages.success(request, _("Kept."))
        answer = redirect("accounts:account")
        remember(answer, user.language)
        return answer
    return render(request, "accounts/preferences.html", {"form": form})


@require_http_methods(["GET", "POST"])
@login_required
def reach(request: HttpRequest) -> HttpResponse:
    """Whether, where and when a mail is safe."""
    user = _person(request)
    contact = contacts.of(user)
    form = ReachForm(_posted(request), contact=contact)
    if request.method == "POST" and form.is_valid():
        contacts.keep(
            contact=contact or SafeContact(user=user, subject=user.pk),
            wishes=form.wishes(),
            time_zone=user.time_zone,
            by=user,
        )
        messages.success(request, _("Kept. It holds from now on, also for what was waiting to be sent."))
        return redirect("accounts:account")
    return render(request, "accounts/reach.html", {"form": form})


@require_http_methods(["GET", "POST"])
@login_required
def mails(request: HttpRequest) -> HttpResponse:
    """Which kinds of mails she gets."""
    user = _person(request)
    form = MailsForm(_posted(request), initial={"wanted": switches.on(user)})
    if request.method == "POST" and form.is_valid():
        switches.keep(user=user, wanted=form.cleaned_data["wanted"], now=timezone.now())
        if form.leaves_out_needed():
            messages.warning(request, _("Kept. Please look here yourself whether a date still holds."))
        else:
            messages.success(request, _("Kept."))
        return redirect("accounts:account")
    return render(request, "accounts/mails.html", {"form": form})


@csrf_exempt  # a mail program has no form of ours (RFC 8058); the token in the address is what allows it
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link in a mail leads. Opening changes nothing: guards of mailboxes open links, too."""
    found = switches.behind(token)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        switches.switch_off(user=user, kind=kind, by=None, now=timezone.now())
    context = {
        "kind": kind.label,
        "needed": kind in switches.NEEDED,
        "off": switches.is_off(user=user, kind=kind),
    }
    return render(request, "accounts/switch.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # the library is untyped
def address(request: HttpRequest) -> HttpResponse:
    """Signing in with the safe address: asked for here, confirmed by a link."""
    user = _person(request)
    contact = contacts.of(user)
    if request.method == "POST":
        if "drop" in request.POST:
            addressing.drop(by=user)
            messages.success(request, _("Done. From now on you sign in with your sign-in name."))
        else:
            _ask_for_link(request, user)
        return redirect("accounts:account")
    return render(request, "accounts/address.html", {"contact": contact})


def _ask_for_link(request: HttpRequest, user: User) -> None:
    try:
        asked = addressing.ask(user=user, now=timezone.now())
    except addressing.AskedTooOften:
        messages.warning(request, _("Several links were sent already. Please wait an hour, then ask again."))
        return
    if asked:
        messages.success(request, _("A link is on its way to your address, in the hours you called safe."))


@require_http_methods(["GET", "POST"])
@login_required
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link in the mail leads. Opening changes nothing yet: mail programs open links, too."""
    user = _person(request)
    try:
        found = addressing.address_in(token, user=user)
        if request.method == "POST":
            addressing.confirm(token=token, by=user)
            messages.success(request, _("Done. You can now sign in with this address, too."))
            return redirect("accounts:account")
    except addressing.LinkTooOld:
        return render(request, "accounts/link_too_old.html", status=410)
    except AddressTaken:
        return render(request, "accounts/address_taken.html", status=409)
    return render(request, "accounts/confirm_address.html", {"address": found})


@require_POST
@login_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Ends every session of hers, this one included."""
    user = _person(request)
    ending.sign_out_everywhere(user=user, by=user)
    request.session.flush()
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")


@require_safe
@login_required
def data(request: HttpRequest) -> HttpResponse:
    """What is kept of her, and for how long."""
    user = _person(request)
    whole = sessions.whole_time(user)
    days = {
        "room_text_days": settings.ROOM_TEXT_DAYS,
        "application_days": settings.APPLICATION_DAYS,
        "mail_days": settings.MAIL_DAYS,
        "audit_days": settings.AUDIT_DAYS,
        "idle_minutes": settings.SESSION_COOKIE_AGE // 60,
        "sign_in_days": whole.days,
        "sign_in_hours": whole.seconds // 3600,
    }
    return render(request, "accounts/data.html", {**days, "contact": contacts.of(user)})


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The mails of the demonstration that have words by now. Anywhere else there is no such page."""
    if not settings.DEMO:
        raise Http404
    mails = list(Mail.objects.exclude(title="").order_by("-due_at")[:OUTBOX_SHOWS])
    keys.load({mail.subject for mail in mails})
    return render(request, "accounts/outbox.html", {"mails": mails})


def _posted(request: HttpRequest) -> QueryDict | None:
    # An empty form that was sent is still one that was sent.
    return request.POST if request.method == "POST" else None


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _keep_clock_of_contact(user: User) -> None:
    changed = SafeContact.objects.filter(user=user).exclude(time_zone=user.time_zone)
    if changed.update(time_zone=user.time_zone):
        record(what="contact.clock_changed", by=user, about=user)
