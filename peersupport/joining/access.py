"""Who may see an application: whoever brought its return code, and coordinators once it was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from peersupport.accounts.addresses import client_address, neighbourhood
from peersupport.accounts.limits import within_limit
from peersupport.accounts.models import User
from peersupport.joining import return_codes
from peersupport.joining.models import Application, Placement
from peersupport.vault.hashing import keyed_hash

State = Application.State
View = Callable[..., HttpResponse]

IN_SESSION = "application"
MAILBOX_READ = "mailbox_read"
# What coordinators see: neither what was not sent yet nor what was taken back.
SEEN_AT_THE_DESK = (
    State.SENT,
    State.WAITING,
    State.OFFERED,
    State.PLACED,
    State.NOT_NOW,
    State.REFERRED,
)


def application_in(request: HttpRequest) -> Application | None:
    """The application this session holds, or None."""
    held = request.session.get(IN_SESSION)
    if held is None:
        return None
    return Application.objects.select_related("contact", "wanted_group__programme").filter(pk=held).first()


def hold(request: HttpRequest, application: Application, *, by_mail: bool = False) -> None:
    """From now on this session is the applicant's. A new key: nobody else can have known it before.

    `by_mail`: she came by a link that stood in her mail alone.
    """
    request.session.cycle_key()
    request.session[IN_SESSION] = str(application.pk)
    request.session[MAILBOX_READ] = by_mail


def reads_her_mailbox(request: HttpRequest) -> bool:
    """Whether this session has shown that the address of its application is hers. A return code has not."""
    return bool(request.session.get(MAILBOX_READ))


def let_go(request: HttpRequest) -> None:
    """The session forgets the application; whoever takes up the device next needs the code."""
    request.session.pop(IN_SESSION, None)
    request.session.pop(MAILBOX_READ, None)
    request.session.cycle_key()


def applicant_only(view: Callable[Concatenate[HttpRequest, Application, ...], HttpResponse]) -> View:
    """For pages of the applicant alone: gives the view her application, or asks for the return code."""

    @wraps(view)
    def held(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        application = application_in(request)
        if application is None:
            return redirect("joining:return")
        return view(request, application, *args, **kwargs)

    return held


def found_by_code(entered: str) -> Application | None:
    """The application of a return code as somebody typed it, or None. By its hash: no time tells more."""
    code = return_codes.read(entered)
    if code is None:
        return None
    return Application.objects.filter(code_hash=return_codes.code_hash(code)).first()


def token_hash(token: str) -> bytes:
    """What is stored of an invitation's token."""
    return keyed_hash(token, purpose="invitation")


def address_hash(address: str) -> bytes:
    """What an applicant is found by who asks for a link to her address."""
    return keyed_hash(address.strip().lower(), purpose="applicant-address")


def way_hash(token: str) -> bytes:
    """What is stored of a link or a code that works once."""
    return keyed_hash(token, purpose="way-back")


def card_hash(code: str) -> bytes:
    """What is stored of the code on a card that a professional hands over."""
    return keyed_hash(code, purpose="card")


def invited(token: str, now: datetime) -> Application | None:
    """The application an invitation's link belongs to, while its offer is open."""
    offers = Placement.objects.select_related("application").filter(token_hash=token_hash(token))
    placement = offers.first()
    return placement.application if placement is not None and placement.is_open(now) else None


def may_try(request: HttpRequest, *, what: str, most: int, now: datetime) -> bool:
    """Whether this network neighbourhood has tried `what` at most `most` times in a quarter of an hour."""
    who = neighbourhood(client_address(request))
    return within_limit(what=what, who=who, most=most, during=timedelta(minutes=15), now=now)


def coordinator_only(view: Callable[Concatenate[HttpRequest, User, ...], HttpResponse]) -> View:
    """For the desk: gives the view the coordinator. To anybody else the page does not exist."""

    @wraps(view)
    def at_the_desk(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not user.has_perm("joining.coordinate"):
            raise Http404
        return view(request, user, *args, **kwargs)

    return login_required(at_the_desk)


def applications() -> QuerySet[Application]:
    """Every application a coordinator may see."""
    return Application.objects.filter(state__in=SEEN_AT_THE_DESK)


def application_for_desk(application_id: UUID) -> Application:
    """One application for a coordinator. Http404 alike for missing, unsent and withdrawn ones."""
    found = applications().select_related("contact", "wanted_group__programme").filter(pk=application_id)
    application = found.first()
    if application is None:
        raise Http404
    return application
