"""What the mails about a group's dates say, and when there is nothing to be said any more.

Their words give a day and an hour on the reader's own clock, and a link. No name, no topic, no place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from peersupport.accounts.composing import Letter
from peersupport.accounts.mail import site_link
from peersupport.accounts.models import Mail
from peersupport.groups import coming, notices, schedule
from peersupport.groups.access import memberships_of
from peersupport.groups.models import Meeting, Membership
from peersupport.work.duties import Skipped


def of_a_date(mail: Mail) -> Letter:
    """A reminder, or that a date has changed: as long as it takes place."""
    seat, meeting = _seat(mail), _meeting(mail)
    if meeting.state == Meeting.State.CANCELLED or seat.group.state not in notices.GOING_ON:
        raise Skipped(notices.NOT_NOW)
    asks = mail.template in notices.REMINDERS and not seat.is_facilitator
    return _letter(seat, meeting, answer=coming.link(member=seat, meeting=meeting) if asks else "")


def of_a_cancelled_date(mail: Mail) -> Letter:
    """That a date does not take place: unless it does after all."""
    seat, meeting = _seat(mail), _meeting(mail)
    if meeting.state != Meeting.State.CANCELLED:
        raise Skipped(notices.AGAIN)
    return _letter(seat, meeting)


def of_a_missed_date(mail: Mail) -> Letter:
    """A kind note after a date."""
    return _letter(_seat(mail), _meeting(mail))


def of_a_place(mail: Mail) -> Letter:
    """When it begins, for somebody who has just taken a place."""
    seat = _seat(mail)
    ahead = seat.group.meetings.filter(state=Meeting.State.PLANNED, starts_at__gt=mail.due_at)
    first = ahead.order_by("starts_at").first()
    if first is None or seat.group.state not in notices.GOING_ON:
        raise Skipped("no date lies ahead")
    return _letter(seat, first)


def of_the_plan(mail: Mail) -> Letter:
    """That something has changed, and where to read what: also for a group that does not meet any more."""
    link = site_link(reverse("groups:mine"))
    return Letter(to=_seat(mail).user, context=lambda: {"link": link})


def of_the_end(mail: Mail) -> Letter:
    """Thanks at the end of a group."""
    return _letter(_seat(mail), None)


#: By the names of the approved mails.
WRITERS: dict[str, Callable[[Mail], Letter]] = {
    **dict.fromkeys((*notices.REMINDERS, notices.MOVED), of_a_date),
    notices.CANCELLED: of_a_cancelled_date,
    notices.PLAN: of_the_plan,
    notices.MISSED: of_a_missed_date,
    notices.PLACED: of_a_place,
    notices.ENDED: of_the_end,
}


def _seat(mail: Mail) -> Membership:
    """Her place, as long as she holds it. A suspended one may be waiting for a decision: nothing is said."""
    assert mail.member is not None
    found = Membership.objects.select_related("user").filter(pk=mail.member, user__is_active=True).first()
    seat = memberships_of(found.user).filter(pk=found.pk).first() if found else None
    if seat is None:
        raise Skipped("no longer a member")
    return seat


def _meeting(mail: Mail) -> Meeting:
    assert mail.about is not None
    meeting = Meeting.objects.filter(pk=mail.about).first()
    if meeting is None:
        raise Skipped("the date is gone")
    return meeting


def _letter(seat: Membership, meeting: Meeting | None, *, answer: str = "") -> Letter:
    def context() -> Mapping[str, Any]:
        link = site_link(reverse("groups:group", args=[seat.group.slug]))
        return {"link": link, "when": _when(seat, meeting) if meeting else "", "answer": answer}

    return Letter(to=seat.user, context=context)


def _when(seat: Membership, meeting: Meeting) -> str:
    """Day and hour on her own clock, in the language that is active."""
    zone = ZoneInfo(seat.user.time_zone)
    starts, _ends = schedule.local(meeting, zone)
    values = {
        "day": date_format(starts, "l j F Y"),
        "hour": date_format(starts, "H:i"),
        "city": schedule.city(zone),
    }
    return _("%(day)s, %(hour)s (%(city)s)") % values
