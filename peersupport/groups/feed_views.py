"""A member's calendar feed: her page about it, and the file that a calendar program reads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from peersupport.accounts.mail import site_link
from peersupport.groups import feeds
from peersupport.groups.access import feed_behind, membership_for
from peersupport.groups.calendar import CONTENT_TYPE, feed_etag, feed_file
from peersupport.groups.models import Feed, Membership, SupportGroup
from peersupport.groups.views import person

MOST = 60


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own(request: HttpRequest, slug: str) -> HttpResponse:
    """Her feed: made, made anew, ended. Its address is shown once, in the answer to making it."""
    member = membership_for(person(request), slug)
    if request.method == "POST" and "end" in request.POST:
        feeds.end(member=member, by=member)
        messages.success(request, _("Done. The address leads nowhere any more."))
        return redirect("groups:own_feed", slug=slug)
    address = _new_address(member) if request.method == "POST" and "make" in request.POST else ""
    context = {
        "group": member.group,
        "feed": Feed.objects.filter(member=member).first(),
        "address": address,
        # Programs on telephones ask at once whether to subscribe.
        "subscribe": address.replace("https://", "webcal://", 1).replace("http://", "webcal://", 1),
    }
    return render(request, "groups/own_feed.html", context)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The dates for a calendar program. An unknown, an ended and a former member's address are one 404."""
    found = feed_behind(token)
    if found is None:
        raise Http404
    now = timezone.now()
    group = SupportGroup.objects.get(memberships=found.member_id)
    called_off = group.state == SupportGroup.State.CANCELLED
    meetings = list(group.meetings.order_by("number")[:MOST])
    feeds.note_read(feed=found, now=now)
    file = feed_file(meetings, now=now, called_off=called_off)
    response = HttpResponse(file, content_type=CONTENT_TYPE)
    etag = feed_etag(meetings, called_off=called_off)
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def _new_address(member: Membership) -> str:
    token = feeds.make(member=member, by=member, now=timezone.now())
    return site_link(reverse("groups:feed", args=[token]))
