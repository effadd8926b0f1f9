"""Pages that facilitators and coordinators share, under addresses of their own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups.models import Membership
from peersupport.safeguarding import excerpts, looking, raising
from peersupport.safeguarding.access import leads_group, member_for
from peersupport.safeguarding.forms import AskForm, ConcernForm
from peersupport.safeguarding.models import Level
from peersupport.safeguarding.protocol import Card, protocol_card


def raise_page(request: HttpRequest, by: User, member_id: UUID, *, desk: bool) -> HttpResponse:
    """The form for a concern, and what becomes of it."""
    member = member_for(by, member_id)
    card = _card(member)
    # Only who is in the room anyway is offered its words.
    lasting = excerpts.last_words_of(member) if leads_group(by, member.group_id) else []
    posted = request.POST if request.method == "POST" else None
    form = ConcernForm(posted, lasting=lasting, card=card.levels)
    if posted is not None and form.is_valid():
        concern = raising.raise_concern(
            about=member,
            level=Level(form.cleaned_data["level"]),
            seen=_seen(form),
            by=by,
            now=timezone.now(),
        )
        messages.success(
            request, _("It is with the coordinators now. Thank you for not keeping it to yourself.")
        )
        return redirect("safeguarding:concern" if desk else "safeguarding:received", concern_id=concern.pk)
    if lasting and posted is None:
        record(what="excerpt.offered", by=by, about=member)
    context = {"form": form, "member": member, "card": card, "desk": desk}
    return render(request, "safeguarding/raise.html", context, status=422 if posted is not None else 200)


def ask_page(request: HttpRequest, by: User, member_id: UUID, *, desk: bool) -> HttpResponse:
    """Asks who a member is, with a reason."""
    member = member_for(by, member_id)
    posted = request.POST if request.method == "POST" else None
    form = AskForm(posted)
    if posted is not None and form.is_valid():
        try:
            look = looking.ask(about=member, by=by, now=timezone.now(), **form.cleaned_data)
        except looking.Erased:
            messages.warning(request, _("This account was erased. There is nothing to look at."))
            return redirect(request.path)
        return redirect("safeguarding:desk_who" if desk else "safeguarding:who", look_id=look.pk)
    context = {"form": form, "member": member, "card": _card(member), "desk": desk}
    return render(request, "safeguarding/ask_who.html", context, status=422 if posted is not None else 200)


def shown_page(request: HttpRequest, by: User, look_id: UUID, *, desk: bool) -> HttpResponse:
    """Who it is, to whoever asked, while it is open. No browser keeps a copy."""
    now = timezone.now()
    look, identity = looking.see(look_id, by=by, now=now)
    context = {"look": look, "identity": identity, "state": look.state(now), "desk": desk}
    return render(request, "safeguarding/who.html", context)


def words_page(request: HttpRequest, by: User, excerpt_id: UUID, *, back: str) -> HttpResponse:
    """A second person keeps words of the room with a concern, or does not."""
    excerpt = excerpts.for_second(excerpt_id, by=by)
    if request.method == "POST":
        keep = "keep" in request.POST
        try:
            excerpts.decide(excerpt.pk, keep=keep, by=by, now=timezone.now())
        except excerpts.DecidedAlready:
            messages.warning(request, _("Somebody else was quicker. Thank you."))
        except excerpts.HerOwn:
            messages.warning(request, _("You asked for it yourself: somebody else has to agree."))
        except excerpts.Gone:
            messages.warning(request, _("The message is gone."))
        else:
            messages.success(request, _("Kept with the concern.") if keep else _("Not kept."))
        return redirect(back)
    context = {"excerpt": excerpt, "words": excerpts.shown_to(excerpt, by=by), "back": back}
    return render(request, "safeguarding/words.html", context)


def _seen(form: ConcernForm) -> raising.Seen:
    chosen = form.cleaned_data["message"]
    return raising.Seen(
        fact=form.cleaned_data["fact"],
        opinion=form.cleaned_data["opinion"],
        somebody_else=form.cleaned_data["somebody_else"],
        message=UUID(chosen) if chosen else None,
    )


def _card(member: Membership) -> Card:
    return protocol_card(get_language() or "en", member.user.country)
