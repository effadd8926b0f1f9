"""The console: the room with everything a facilitator needs to run a meeting."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facilitators import acts
from facilitators.access import console_for, facilitator
from facilitators.acts import ACTS, Wanted
from facilitators.console_reading import beside_of
from facilitators.covering import covered
from facilitators.forms import SLOW, ActForm, AskForm
from facilitators.keys import KEYS
from peersupport.accounts.whose_form import made_for
from peersupport.chat.access import Standing
from peersupport.chat.meeting.exercises import EXERCISES
from peersupport.chat.models import Room
from peersupport.chat.pages import writing
from peersupport.chat.pages.page import config, room_page
from peersupport.chat.pages.reading import messages_of
from peersupport.chat.pages.views import MODULES as CHAT_MODULES
from peersupport.chat.pages.views import STYLES
from peersupport.chat.pages.wording import span
from peersupport.chat.pages.writing import Draft
from peersupport.chat.protocol.errors import Refused

UNCLEAR = 422
MODULES = tuple(f"facilitators/{name}.js" for name in ("asking", "beside", "keys"))
# What only a member's page has.
MEMBERS_OWN = {"chat/keyboard.js", "chat/phases.js", "chat/unsent.js"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Run-sheet, room, people, what waits. POST is the writing box without a script, as in the room."""
    standing = console_for(facilitator(request), room_id)
    if request.method != "POST":
        return _page(request, standing, writing.fresh())
    draft = writing.submitted(request.POST, standing=standing)
    here = reverse("facilitators:room", args=[room_id])
    if draft.sent:
        return redirect(f"{here}#newest")
    if draft.follow:
        return redirect(f"{here}?following=1")
    standing = console_for(facilitator(request), room_id)
    return _page(request, standing, draft, status=400 if draft.problem else 200)


def _page(request: HttpRequest, standing: Standing, draft: Draft, *, status: int = 200) -> HttpResponse:
    page = room_page(standing, now=timezone.now(), before=draft.before)
    context = {
        "page": page,
        "draft": writing.with_whom(draft, page.people),
        "kept": made_for(request),
        "config": config(standing, page),
        "console_words": {key: str(words) for key, words in CONSOLE_WORDS.items()},
        "styles": STYLES,
        "modules": (*(name for name in CHAT_MODULES if name not in MEMBERS_OWN), *MODULES),
        "keys": KEYS,
        "following": "following" in request.GET,
        **_beside(standing),
    }
    return render(request, "facilitators/room.html", context, status=status)


@require_safe
@login_required
def beside(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """What stands beside the room, for the page to put in the place of what it shows."""
    standing = console_for(facilitator(request), room_id)
    return render(request, "facilitators/beside.html", _beside(standing))


@require_safe
@login_required
def ask(request: HttpRequest, room_id: UUID, act: str) -> HttpResponse:
    """Asks once before a dangerous act, and why."""
    standing = console_for(facilitator(request), room_id)
    if act not in ACTS or not ACTS[act].asks:
        raise Http404
    form = AskForm(ACTS[act], act, initial={"act": act, "target": request.GET.get("target", "")})
    return _asking(request, standing, form)


@require_POST
@login_required
def act(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Does one act and says what happened: as JSON to the script, by a message on the page otherwise."""
    standing = console_for(facilitator(request), room_id)
    name = request.POST.get("act", "")
    chosen = ACTS.get(name)
    if chosen is not None and chosen.asks:
        asked = AskForm(chosen, name, request.POST)
        return (
            _do(request, standing, asked.wanted()) if asked.is_valid() else _asking(request, standing, asked)
        )
    form = ActForm(request.POST)
    if form.is_valid():
        return _do(request, standing, form.wanted())
    problems = [error for errors in form.errors.values() for error in errors]
    return _refused(request, standing, str(problems[0]))


def _do(request: HttpRequest, standing: Standing, wanted: Wanted) -> HttpResponse:
    try:
        done = acts.carry_out(standing, wanted)
    except Refused as refused:
        return _refused(request, standing, refused.wire()["message"])
    if _by_script(request):
        return JsonResponse({"ok": True, "said": done.said, "undo": done.undo or None})
    messages.success(request, done.said)
    return redirect("facilitators:room", standing.room.pk)


def _refused(request: HttpRequest, standing: Standing, why: str) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"ok": False, "said": why})
    messages.warning(request, why)
    return redirect("facilitators:room", standing.room.pk)


def _asking(request: HttpRequest, standing: Standing, form: AskForm) -> HttpResponse:
    page = {
        "standing": standing,
        "room": standing.room,
        "form": form,
        "asked": form.asked,
        **_meant(standing, form),
    }
    if _by_script(request):
        return render(request, "facilitators/_ask.html", page)
    return render(request, "facilitators/ask.html", page, status=UNCLEAR if form.is_bound else 200)


def _meant(standing: Standing, form: AskForm) -> dict[str, object]:
    """Whose message or which person is meant, so that nobody acts on the wrong one. 404 where it is gone."""
    target = form["target"].value()
    try:
        meant = UUID(str(target)) if target else None
        if form.name == "decline":
            held = acts.held_of(standing, meant)
            return _words(standing, held.message_id, held.member.pseudonym, held.body)
        if form.name == "remove":
            message = next((one for one in messages_of(standing) if one.id == meant), None)
            if message is None:
                raise Http404
            return _words(standing, message.id, message.name, message.body)
        if form.name in {"mute", "eject", "verify"}:
            return {"meant_name": acts.member_of(standing, meant).pseudonym}
    except (Refused, ValueError) as error:
        raise Http404 from error
    return {}


def _words(standing: Standing, message: UUID, name: str, words: str | None) -> dict[str, object]:
    hard = bool(covered(standing.room, [message]))
    return {"meant_id": message, "meant_name": name, "meant_words": words, "meant_covered": hard}


def _beside(standing: Standing) -> dict[str, object]:
    return {
        "room": standing.room,
        "beside": beside_of(standing, now=timezone.now()),
        "modes": Room.Mode.choices,
        "stages": Room.Stage.choices,
        "paces": [(seconds, span(seconds)) for seconds in SLOW if seconds],
        "exercises": EXERCISES,
    }


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Part") == "1"


#: Words that the page's scripts say.
CONSOLE_WORDS = {
    "remove": gettext_lazy("Remove …"),
    "mute": gettext_lazy("Only read …"),
    "undo": gettext_lazy("Undo"),
    "lost": gettext_lazy("That did not reach us. Please try again in a moment."),
    "waits": gettext_lazy("A message waits to be read."),
    "reported": gettext_lazy("There is a new report."),
    "hard_words": gettext_lazy("Somebody may not be well. It stands beside the room."),
    "on_a_line": gettext_lazy("Something new waits on a private line."),
}
