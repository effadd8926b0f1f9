"""What needs doing today at the desk: one list, the most urgent first, each with where it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peersupport.accounts.models import Mail
from peersupport.groups.models import Meeting, SupportGroup
from peersupport.joining import mails_sent
from peersupport.joining.access import applications
from peersupport.joining.desk import Today
from peersupport.joining.models import Application, Placement
from peersupport.joining.placing import OPEN

#: A meeting so near needs its two facilitators now.
NEAR = timedelta(days=7)
LEADERS = 2
#: A debrief is asked for once the evening is over.
NEXT_DAY = timedelta(hours=12)
MOST = 20


@dataclass(frozen=True)
class ToDo:
    """One thing: in words, where it is done, and whether it is for now rather than for one of these days."""

    words: str
    link: str
    now: bool = False


def to_do(today: Today, now: datetime) -> list[ToDo]:
    """Everything, the most urgent first. Five statements beside those of `today`, whatever there is."""
    return [
        *_matters(today),
        *_not_given(),
        *_without_leaders(now),
        *_to_read(today, now),
        *_mails(),
        *_come_back(today),
        *_groups(today),
        *_debriefs(now),
    ]


def _matters(today: Today) -> Iterator[ToDo]:
    if today.matters:
        words = ngettext(
            "%(number)d thing in the groups waits for you.",
            "%(number)d things in the groups wait for you.",
            today.matters,
        )
        yield ToDo(words % {"number": today.matters}, reverse("joining:desk_matters"), now=True)


def _not_given() -> Iterator[ToDo]:
    waiting = Placement.objects.filter(
        state=Placement.State.HELD, application__state=Application.State.WAITING
    )
    for one in waiting.select_related("group").order_by("answered_at", "pk")[:MOST]:
        words = _(
            "A place in %(name)s was not given to whoever wanted to take it: there is a match that nobody "
            "has looked into, or the group is full. They wait for a word from you."
        )
        link = reverse("joining:desk_application", args=[one.application_id])
        yield ToDo(words % {"name": one.group.name}, link, now=True)


def _without_leaders(now: datetime) -> Iterator[ToDo]:
    near = Meeting.objects.filter(
        starts_at__gt=now,
        starts_at__lte=now + NEAR,
        state=Meeting.State.PLANNED,
        group__state__in=OPEN,
    )
    short = near.annotate(leaders=Count("rostered")).filter(leaders__lt=LEADERS)
    for one in short.select_related("group").order_by("starts_at", "pk")[:MOST]:
        words = _("%(name)s meets on %(day)s, and there are not two facilitators.")
        given = {"name": one.group.name, "day": date_format(one.starts_at, "j F")}
        yield ToDo(words % given, _group(one.group), now=True)


def _to_read(today: Today, now: datetime) -> Iterator[ToDo]:
    oldest = applications().filter(state=Application.State.SENT).aggregate(at=Min("sent_at"))["at"]
    if oldest is None:
        return
    number, days = today.sent, (now - oldest).days
    words = ngettext(
        "%(number)d application is to be read.", "%(number)d applications are to be read.", number
    ) % {"number": number}
    if days:
        waited = ngettext(
            "The longest has waited %(days)d day.", "The longest has waited %(days)d days.", days
        )
        words = f"{words} {waited % {'days': days}}"
    yield ToDo(words, f"{reverse('joining:desk')}?state=sent#applications")


def _mails() -> Iterator[ToDo]:
    number = Mail.objects.filter(state__in=mails_sent.LOOK).count()
    if number:
        words = ngettext(
            "%(number)d mail failed or is unsure: somebody may not know.",
            "%(number)d mails failed or are unsure: somebody may not know.",
            number,
        )
        yield ToDo(words % {"number": number}, f"{reverse('joining:desk_mails')}?state=look")


def _come_back(today: Today) -> Iterator[ToDo]:
    if today.come_back:
        words = ngettext(
            "%(number)d parent is to be talked with again.",
            "%(number)d parents are to be talked with again.",
            today.come_back,
        )
        link = f"{reverse('joining:desk')}?state=come_back#applications"
        yield ToDo(words % {"number": today.come_back}, link)


def _groups(today: Today) -> Iterator[ToDo]:
    for group in today.groups:
        words = _("%(name)s begins on %(day)s with %(parents)d parents; %(minimum)d are needed.")
        given = {
            "name": group.name,
            "day": date_format(group.starts_on, "j F"),
            # Counted by `with_seats`.
            "parents": group.parents,  # type: ignore[attr-defined]
            "minimum": group.programme.minimum,
        }
        yield ToDo(words % given, _group(group))
    for group in today.cases:
        words = _(
            "With a new place in %(name)s a criminal case may be open there: it is noted for the whole group."
        )
        yield ToDo(words % {"name": group.name}, _group(group))


def _debriefs(now: datetime) -> Iterator[ToDo]:
    missing = Q(
        meetings__ends_at__lte=now - NEXT_DAY,
        meetings__debriefed_at=None,
        meetings__state=Meeting.State.PLANNED,
    )
    groups: QuerySet[SupportGroup] = SupportGroup.objects.filter(state=SupportGroup.State.RUNNING)
    counted = groups.annotate(undebriefed=Count("meetings", filter=missing)).filter(undebriefed__gt=0)
    for group in counted.order_by("-undebriefed", "pk")[:MOST]:
        words = ngettext(
            "%(name)s: %(number)d meeting was not talked over yet.",
            "%(name)s: %(number)d meetings were not talked over yet.",
            group.undebriefed,
        )
        yield ToDo(words % {"name": group.name, "number": group.undebriefed}, _group(group))


def _group(group: SupportGroup) -> str:
    return reverse("joining:desk_group", args=[group.slug])
