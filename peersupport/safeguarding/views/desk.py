"""Concerns and looks at the desk. Works without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.safeguarding import forms as asked
from peersupport.safeguarding import keeping, record_page
from peersupport.safeguarding.access import (
    concern_for,
    concerns_for,
    coordinator_only,
    coordinators,
    looks_for,
)
from peersupport.safeguarding.models import Concern, Entry, Level
from peersupport.safeguarding.raising import AboutHerself, Over
from peersupport.safeguarding.views import asking

Both = require_http_methods(["GET", "HEAD", "POST"])
Kind = Entry.Kind
Verb = Callable[..., object]
#: What is asked for each; for what is not here (and has no people to choose from) a reason.
FORMS: dict[str, type[forms.Form]] = {
    "note": asked.NoteForm,
    "decision": asked.DecisionForm,
    "answer": asked.AnswerForm,
    "told": asked.ToldForm,
    "level": asked.LevelForm,
    "close": asked.CloseForm,
}
DOES = {"note", "decision", "answer", "told", "name", "level", "close", "reopen"}


@require_safe
@coordinator_only
def concerns(request: HttpRequest, by: User) -> HttpResponse:
    """What nobody has opened, what she is named on, and who asks who somebody is."""
    now = timezone.now()
    seen = concerns_for(by)
    unopened = [(one, one.is_late(now)) for one in seen.filter(opened_at=None).order_by("open_until")[:50]]
    looks = record_page.waiting(looks_for(by)[:30], user=by, now=now)
    record(what="concerns.listed", by=by, about="safeguarding.concerns", count=len(unopened))
    context = {
        "unopened": unopened,
        "hers": seen.filter(opened_at__isnull=False, closed_at=None).order_by("raised_at")[:100],
        "closed": seen.filter(closed_at__isnull=False).order_by("-closed_at")[:50],
        "orphans": keeping.orphans(by),
        "looks": looks,
    }
    return render(request, "safeguarding/concerns.html", context)


@Both
@coordinator_only
def about(request: HttpRequest, by: User, member_id: UUID) -> HttpResponse:
    """A coordinator raises a concern about a member."""
    return asking.raise_page(request, by, member_id, desk=True)


@Both
@coordinator_only
def concern(request: HttpRequest, by: User, concern_id: UUID) -> HttpResponse:
    """The whole record, for whoever is named on it; before that a button that opens it."""
    if request.method == "POST":
        return _do(request, by, concern_id)
    closed = concerns_for(by).filter(pk=concern_id, opened_at=None).first()
    if closed is not None and not closed.named.filter(user=by.pk).exists():
        return render(request, "safeguarding/unopened.html", {"concern": closed})
    left = next((one for one in keeping.orphans(by) if one.pk == concern_id), None)
    if left is not None:
        return render(request, "safeguarding/unopened.html", {"concern": left, "form": asked.ReasonForm()})
    return _page(request, by, concern_id)


@Both
@coordinator_only
def words(request: HttpRequest, by: User, excerpt_id: UUID) -> HttpResponse:
    """The second person for words of a room, on a concern she is named on."""
    return asking.words_page(request, by, excerpt_id, back="safeguarding:concerns")


def _page(
    request: HttpRequest, by: User, concern_id: UUID, *, wrong: str = "", form: forms.Form | None = None
) -> HttpResponse:
    found = keeping.read(concern_id, by=by)
    acts = [
        (do, words, form if do == wrong and form else _blank(do, found), do == wrong)
        for do, words in _acts(found)
    ]
    context = {"record": record_page.record_of(found), "concern": found, "acts": acts, "form": form, "by": by}
    return render(request, "safeguarding/concern.html", context, status=422 if form is not None else 200)


def _acts(found: Concern) -> list[tuple[str, str]]:
    if found.closed_at is not None:
        return [("reopen", _("Go on with it"))]
    return [
        ("note", _("Add to the record")),
        ("decision", _("Note a decision")),
        ("answer", _("Answer who raised it")),
        ("told", _("Somebody outside knows")),
        ("name", _("Name another coordinator")),
        ("level", _("Change the level")),
        ("close", _("Close the concern")),
    ]


def _blank(do: str, found: Concern | None, data: Any = None) -> forms.Form:
    if do == "name":
        people = record_page.could_be_named(found) if found else {}
        return asked.NameForm(data, people=people, auto_id=f"{do}-%s")
    return FORMS.get(do, asked.ReasonForm)(data, auto_id=f"{do}-%s")


def _do(request: HttpRequest, by: User, concern_id: UUID) -> HttpResponse:
    do, now = request.POST.get("do", ""), timezone.now()
    if do == "open":
        try:
            keeping.open_concern(concern_id, by=by, now=now)
        except keeping.OpenedAlready:
            messages.warning(request, _("Somebody else was quicker and has it now."))
            return redirect("safeguarding:concerns")
        return redirect(request.path)
    if do != "take_over" and do not in DOES:
        raise Http404
    found = None if do == "take_over" else concern_for(by, concern_id)
    form = _blank(do, found, request.POST)
    if not form.is_valid():
        return (
            redirect(request.path) if found is None else _page(request, by, concern_id, wrong=do, form=form)
        )
    try:
        _verb(do)(concern_id, by=by, now=now, **_given(do, form))
    except (Over, keeping.SomebodyHasIt, keeping.NotACoordinator, AboutHerself):
        messages.warning(request, _("That is no longer possible: it stands otherwise by now."))
    else:
        messages.success(request, _("Noted."))
    return redirect(request.path)


def _verb(do: str) -> Verb:
    verbs: dict[str, Verb] = {
        "told": keeping.tell,
        "name": keeping.name,
        "level": keeping.change_level,
        "close": keeping.close,
        "reopen": keeping.reopen,
        "take_over": keeping.take_over,
    }
    return verbs.get(do, keeping.enter)


def _given(do: str, form: forms.Form) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    kinds = {"note": Kind.NOTE, "decision": Kind.DECISION, "answer": Kind.ANSWER}
    if do in kinds:
        return {"opinion": "", **data, "kind": kinds[do]}
    if do == "level":
        return {**data, "level": Level(data["level"])}
    if do == "close":
        return {**data, "outcome": Concern.Outcome(data["outcome"])}
    if do == "name":
        return {"reason": data["reason"], "whom": coordinators().get(pk=data["user"])}
    return data
