"""A place is offered: she looks at it, takes it, or says no."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peersupport.accounts.models import User
from peersupport.accounts.opening import AddressTaken
from peersupport.groups import pseudonyms, schedule
from peersupport.groups.access import memberships_of
from peersupport.groups.membership import AlreadyMember, PseudonymTaken
from peersupport.groups.models import Meeting, SupportGroup
from peersupport.joining import answering
from peersupport.joining.accepting import AcceptForm
from peersupport.joining.access import applicant_only, hold, invited, let_go, may_try, reads_her_mailbox
from peersupport.joining.models import Application, Placement

IN_SESSION = "pseudonyms"
BACKEND = "peersupport.accounts.signing_in.PersonBackend"
LINKS_TRIED = 60


@require_safe
def invited_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail. Looking changes nothing; the token leaves the address at once."""
    now = timezone.now()
    application = None
    if may_try(request, what="invitation", most=LINKS_TRIED, now=now):
        application = invited(token, now)
    if application is None:
        return render(request, "joining/link_gone.html", status=404)
    hold(request, application, by_mail=True)
    return redirect("joining:invitation")


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_only
def invitation(request: HttpRequest, application: Application) -> HttpResponse:
    """The place that is kept for her: what it is, the name she will go by, how she will sign in."""
    now = timezone.now()
    placement = _offer(application)
    if placement is None or not placement.is_open(now):
        return redirect("joining:application")
    user = request.user if isinstance(request.user, User) else None
    form = AcceptForm(
        request.POST if request.method == "POST" else None,
        names=_names(request, placement),
        contact=application.contact,
        mailbox_read=reads_her_mailbox(request),
        signed_in=user is not None,
    )
    if request.method == "POST" and form.is_valid():
        done = _accept(request, form, placement, user)
        if done is not None:
            return done
    meetings = list(placement.group.meetings.order_by("starts_at")[:60])
    context = {
        "form": form,
        "placement": placement,
        "application": application,
        "account": user,
        "next": next(iter(schedule.upcoming(meetings, now)), None),
        "count": len(meetings),
    }
    return render(request, "joining/invitation.html", context)


@require_POST
@applicant_only
def decline(request: HttpRequest, application: Application) -> HttpResponse:
    """She says no to this place; she keeps waiting, and may withdraw from there."""
    placement = _offer(application)
    if placement is not None:
        try:
            answering.decline(placement=placement, now=timezone.now())
        except answering.OfferGone:
            return redirect("joining:application")
        request.session.pop(IN_SESSION, None)
    return redirect("joining:application")


@require_safe
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """After accepting: what she signs in with, to note down, when her group meets next, and the way there."""
    assert isinstance(request.user, User)
    newest = memberships_of(request.user).order_by("-since").first()
    context = {
        "membership": newest,
        "next": _next_meeting(newest.group, timezone.now()) if newest else None,
        "zone": request.user.time_zone,
        "city": schedule.city(ZoneInfo(request.user.time_zone)),
    }
    return render(request, "joining/welcome.html", context)


def _next_meeting(group: SupportGroup, now: datetime) -> Meeting | None:
    return next(iter(schedule.upcoming(group.meetings.order_by("starts_at")[:60], now)), None)


def _offer(application: Application) -> Placement | None:
    offers = application.placements.select_related("group__programme")
    return offers.filter(state=Placement.State.OFFERED).first()


def _names(request: HttpRequest, placement: Placement) -> list[str]:
    """Three names to choose from; the same three at each look, unless somebody took one meanwhile."""
    taken = pseudonyms.taken(placement.group)
    held = request.session.get(IN_SESSION, {})
    kept = [name for name in held.get(str(placement.pk), []) if pseudonyms.folded(name) not in taken]
    fresh = [name for name in pseudonyms.free(placement.group, most=6) if name not in kept]
    names = [*kept, *fresh][:3]
    request.session[IN_SESSION] = {str(placement.pk): names}
    return names


def _accept(
    request: HttpRequest, form: AcceptForm, placement: Placement, user: User | None
) -> HttpResponse | None:
    """Takes the place and signs her in; None where the form has an error to show."""
    try:
        member = answering.accept(
            placement=placement,
            pseudonym=form.cleaned_data["pseudonym"],
            user=user,
            password=form.cleaned_data.get("password"),
            with_email=form.cleaned_data.get("sign_in") == "email",
            now=timezone.now(),
        )
    except PseudonymTaken:
        request.session.pop(IN_SESSION, None)
        form.add_error("pseudonym", _("Somebody has just taken this name. Please choose another one."))
    except AddressTaken:
        form.add_error("sign_in", form.HAS_ACCOUNT)
    except AlreadyMember:
        form.add_error(None, _("You belong to this group already."))
    except (answering.OfferGone, answering.NotGiven):
        # Why it was not given is not hers to read, nor anybody's beside her: the page says one thing.
        return redirect("joining:application")
    else:
        let_go(request)
        request.session.pop(IN_SESSION, None)
        if user is None:
            login(request, member.user, backend=BACKEND)
        return redirect("joining:welcome")
    return None
