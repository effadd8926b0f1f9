"""Where a parent says whether she comes: by the link of a mail, and on the page of her group."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from peersupport.accounts.languages import chosen, spoken
from peersupport.groups import coming
from peersupport.groups.access import membership_for
from peersupport.groups.coming import Linked, NotNow, Standing
from peersupport.groups.models import Coming, Meeting
from peersupport.groups.schedule import city
from peersupport.groups.views import person


@csrf_exempt  # it works without a cookie; the token in the address is what allows it
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Three buttons, a time and the neutral name. Opening keeps nothing: guards of mailboxes do it, too."""
    now = timezone.now()
    found = coming.behind(token, now=now)
    if found is None:
        raise Http404
    if found.member is None or found.meeting is None:
        return _void(request, found.standing)
    # The mail's language, until another one is chosen at the top of the page.
    with translation.override(chosen(request) or spoken(found.member.user.language)):
        if found.standing != Standing.OPEN:
            return _void(request, found.standing)
        if request.method != "POST":
            return _buttons(request, found)
        says = _says(request)
        if says is not None:
            try:
                coming.say(meeting=found.meeting, member=found.member, says=says, signed_in=False, now=now)
            except NotNow as refused:
                return _void(request, Standing(str(refused)))
    # So that a page that is loaded again asks nothing.
    return redirect(request.path)


@require_POST
@login_required
def own(request: HttpRequest, slug: str, meeting_id: UUID) -> HttpResponse:
    """The same three buttons on the page of her group."""
    member = membership_for(person(request), slug)
    meeting = Meeting.objects.filter(pk=meeting_id, group=member.group_id).first()
    if meeting is None or member.is_facilitator:
        raise Http404
    says = _says(request)
    try:
        if says is not None:
            coming.say(meeting=meeting, member=member, says=says, signed_in=True, now=timezone.now())
            messages.success(request, _kept(says))
    except NotNow:
        messages.warning(request, _("This date has changed. How it stands now is below."))
    return redirect("groups:group", slug=slug)


def _kept(says: str) -> str:
    return {
        Coming.Says.COMING: _("Kept. Good that you are coming."),
        Coming.Says.LATE: _("Kept. Come whenever you can; you can join at any time."),
        Coming.Says.NOT: _("Kept, and that is all right. Nobody asks why."),
    }[Coming.Says(says)]


def _says(request: HttpRequest) -> Coming.Says | None:
    given = request.POST.get("says", "")
    return Coming.Says(given) if given in Coming.Says.values else None


def _buttons(request: HttpRequest, found: Linked) -> HttpResponse:
    assert found.member is not None
    assert found.meeting is not None
    zone = ZoneInfo(found.member.user.time_zone)
    said = coming.said(found.meeting, found.member)
    context = {
        "meeting": found.meeting,
        "zone": zone.key,
        "city": city(zone),
        "says": said.says if said else "",
        "kept": _kept(said.says) if said else "",
        "choices": Coming.Says.choices,
    }
    return render(request, "groups/coming.html", context)


def _void(request: HttpRequest, standing: Standing) -> HttpResponse:
    return render(request, "groups/coming_void.html", {"standing": standing.value}, status=410)
