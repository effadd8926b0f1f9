"""Programmes at the desk: adapted, given on as packs, and taken from them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import packs, taking
from peersupport.groups.packs import Pack
from peersupport.joining import desk
from peersupport.joining.access import coordinator_only
from peersupport.joining.programme_forms import PackForm, ProgrammeForm

OLDER = gettext_lazy("A newer version of this pack was taken already. Nothing was changed.")
NUMBER_USED = gettext_lazy(
    "This version was taken already, and said something else. Whoever made the pack raises its number."
)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def programmes(request: HttpRequest, by: User) -> HttpResponse:
    """Every programme, and the form for a pack: what it would change is shown before it is taken."""
    form = PackForm(request.POST if request.method == "POST" else None)
    shown = None
    if request.method == "POST" and form.is_valid():
        try:
            changes = taking.differences(form.pack)
            if request.POST.get("take") == taking.fingerprint(form.pack):
                return _taken(request, form.pack, by)
            shown = {
                "pack": form.pack,
                "new": changes is None,
                "changes": changes,
                "seen": taking.fingerprint(form.pack),
            }
        except taking.Older:
            form.add_error("file", str(OLDER))
        except taking.NumberUsed:
            form.add_error("file", str(NUMBER_USED))
    page = Paginator(taking.programmes(), desk.PAGE).get_page(request.GET.get("page"))
    rows = [(one, taking.is_adapted(one)) for one in page.object_list]
    context = {"form": form, "shown": shown, "page": page, "rows": rows}
    return render(request, "joining/desk/programmes.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def programme(request: HttpRequest, by: User, slug: str) -> HttpResponse:
    """One programme, to be adapted. Groups that follow it keep it as it was."""
    found = taking.programme_for_desk(slug)
    sent = request.POST if request.method == "POST" else None
    form = ProgrammeForm(sent, content=taking.content_of(found), slug=found.slug)
    if request.method == "POST" and form.is_valid():
        if taking.adapt(programme=found, content=form.content, by=by):
            messages.success(
                request, _("Kept. Groups formed from now on follow it; the others go on as before.")
            )
        else:
            messages.info(request, _("It stands so already. Nothing was changed."))
        return redirect("joining:desk_programmes")
    context = {"programme": found, "form": form}
    return render(request, "joining/desk/programme.html", context, status=400 if form.errors else 200)


@require_safe
@coordinator_only
def pack(request: HttpRequest, by: User, slug: str) -> HttpResponse:
    """The programme as a file, to be given to another organisation."""
    found = taking.programme_for_desk(slug)
    given = taking.pack_of(found)
    record(what="programme.given", by=by, about=found, version=given.version)
    response = HttpResponse(packs.written(given), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{given.slug}-{given.version}.yaml"'
    return response


def _taken(request: HttpRequest, pack: Pack, by: User) -> HttpResponse:
    taking.take(pack=pack, by=by)
    messages.success(request, _("Taken. Groups formed from now on follow it; the others go on as before."))
    return redirect("joining:desk_programmes")
