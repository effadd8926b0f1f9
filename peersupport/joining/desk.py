"""What the coordinator's desk shows: what needs doing, the queue, the groups and who fits where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Prefetch, Q, QuerySet, Value
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.audit.models import Entry
from peersupport.groups import schedule
from peersupport.groups.models import Away, Facilitator, Meeting, SupportGroup
from peersupport.joining import choices, findings, matters, needs
from peersupport.joining.access import applications
from peersupport.joining.answering import BROUGHT
from peersupport.joining.coming_back import due_back
from peersupport.joining.conflicts import checking, naming
from peersupport.joining.conflicts.checking import Clash
from peersupport.joining.fitting import Possible, Reason, Wish, reasons
from peersupport.joining.models import Application, Identifier, Interview
from peersupport.joining.placing import OPEN
from peersupport.joining.seats import Counts, with_seats

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

State = Application.State
PAGE = 25
SOON = timedelta(days=14)
LATELY = timedelta(days=7)

TO_DO = (State.SENT, State.WAITING, State.OFFERED)
FILTERS = (
    ("", _("Needs something")),
    ("sent", _("To be read")),
    ("waiting", _("Waiting for a group")),
    ("offered", _("Place offered")),
    ("come_back", _("To talk with again")),
    ("not_now", _("Not now")),
    ("referred", _("Referred on")),
    ("placed", _("Placed")),
    ("all", _("All")),
)
# The day since when she waits, a day earlier for each day of waiting that her need is worth.
BY_NEED = ExpressionWrapper(
    F("sent_at") - F("urgency") * Value(timedelta(days=1)), output_field=DateTimeField()
)
# What a column sorts by; ids last, so that pages never overlap.
ORDERS: dict[str, tuple[str | ExpressionWrapper[Any], ...]] = {
    "need": (BY_NEED, "pk"),
    "waiting": ("sent_at", "pk"),
    "-waiting": ("-sent_at", "pk"),
    "changed": ("-changed_at", "pk"),
    "language": ("language", "sent_at", "pk"),
    "country": ("country", "sent_at", "pk"),
    "state": ("state", "sent_at", "pk"),
}

SORTS = {"name": _("a name"), "email": _("an e-mail address"), "phone": _("a telephone number")}
NAMED = {
    Identifier.Kind.MUST_NOT_MEET: ngettext_lazy(
        "%(number)d name, address or number of somebody never to meet",
        "%(number)d names, addresses or numbers of people never to meet",
        "number",
    ),
    Identifier.Kind.ACCUSED: ngettext_lazy(
        "%(number)d name, address or number of the accused",
        "%(number)d names, addresses or numbers of the accused",
        "number",
    ),
    Identifier.Kind.WITH: ngettext_lazy(
        "%(number)d name, address or number of somebody to be in one group with",
        "%(number)d names, addresses or numbers of people to be in one group with",
        "number",
    ),
    Identifier.Kind.SELF: ngettext_lazy(
        "%(number)d more name, address or number of this parent",
        "%(number)d more names, addresses or numbers of this parent",
        "number",
    ),
    Identifier.Kind.PLACE: ngettext_lazy(
        "%(number)d village or school from which others should rather not be there",
        "%(number)d villages or schools from which others should rather not be there",
        "number",
    ),
}


@dataclass(frozen=True)
class Today:
    """What is to be done, in numbers; `groups` begin within two weeks and are still too small."""

    sent: int
    waiting: int
    offered: int
    come_back: int
    matters: int
    groups: list[SupportGroup]
    # Where a place that was taken lately made it so that criminal cases may be open.
    cases: list[SupportGroup]


def today(user: User, now: datetime) -> Today:
    """The totals on top of the desk. Eight statements, whatever there is."""
    counted = applications().aggregate(
        sent=Count("pk", filter=Q(state=State.SENT)),
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        offered=Count("pk", filter=Q(state=State.OFFERED)),
    )
    small = with_seats(now).filter(
        state=SupportGroup.State.FORMING,
        starts_on__lte=now.date() + SOON,
        parents__lt=F("programme__minimum"),
    )
    return Today(
        **counted,
        come_back=due_back(now).count(),
        matters=matters.count(user, now=now),
        groups=list(small.order_by("starts_on")[:20]),
        cases=_cases_brought(now),
    )


def _cases_brought(now: datetime) -> list[SupportGroup]:
    brought = Entry.objects.filter(what=BROUGHT, at__gt=now - LATELY).values_list("about", flat=True)
    groups = {about.rpartition(":")[2] for about in brought}
    return list(SupportGroup.objects.filter(pk__in=groups, cases_open=True).order_by("starts_on", "pk")[:20])


def queue(*, state: str, language: str, order: str, now: datetime) -> QuerySet[Application]:
    """The applications a filter asks for; an unknown word counts as none.

    Whoever waits longest and needs it most comes first, unless another order is asked for.
    """
    found = applications().select_related("wanted_group__programme").prefetch_related("talks")
    if state == "come_back":
        found = found.filter(pk__in=due_back(now).values("pk"))
    elif state in SEEN_STATES:
        found = found.filter(state=state)
    elif state != "all":
        found = found.filter(state__in=TO_DO)
    if language in choices.LANGUAGES.split():
        found = found.filter(language=language)
    return found.order_by(*ORDERS.get(order, ORDERS["need"]))


SEEN_STATES = {value for value, _name in FILTERS if value not in {"", "all", "come_back"}}


@dataclass(frozen=True)
class Fit:
    """A group with a free seat for an applicant, and why it fits or not."""

    group: SupportGroup
    meets: datetime
    reasons: list[Reason]
    # Somebody there must not meet this applicant.
    clash: Clash | None = None

    @property
    def score(self) -> int:
        return sum(reason.speaks_for for reason in self.reasons)

    @property
    def clash_by(self) -> str:
        """By which sorts of identifier there is a match, in words."""
        return ", ".join(str(SORTS[sort]) for sort in self.clash.sorts) if self.clash else ""


def fits(application: Application, now: datetime) -> list[Fit]:
    """Groups that take somebody in and have a seat, the best fit first, those with a match last.

    Eight statements, however many groups.
    """
    told = application.told
    wish = Wish(
        language=application.language,
        zone=ZoneInfo(application.time_zone),
        times=told.times,
        group=application.wanted_group_id,
    )
    groups = list(with_seats(now).filter(state__in=OPEN, seats__gt=0).prefetch_related("meetings")[:200])
    closed = checking.closed_to(application, groups)
    found = []
    for group in groups:
        meetings = [one for one in group.meetings.all() if one.state == Meeting.State.PLANNED]
        closes, ahead = schedule.closes_at(meetings), schedule.upcoming(meetings, now)
        if closes is not None and closes > now and ahead:
            meets = ahead[0].starts_at
            possible = Possible(language=group.language, meets=meets, group=group.pk)
            found.append(Fit(group, meets, reasons(wish, possible), closed.get(group.pk)))
    return sorted(found, key=lambda fit: (fit.clash is not None, -fit.score, fit.meets))


@dataclass(frozen=True)
class Named:
    """How many names, addresses and numbers an application names of one kind, in words."""

    kind: str
    words: str


def named(application: Application) -> list[Named]:
    """What can be shown of whom an application names: counts. One statement."""
    counted = naming.counts(application)
    return [
        Named(kind, str(words % {"number": counted[kind]}))
        for kind, words in NAMED.items()
        if kind in counted
    ]


def places(now: datetime) -> QuerySet[WithAnnotations[SupportGroup, Counts]]:
    """Groups that are coming or under way, with how full they are."""
    groups = with_seats(now).filter(state__in=OPEN).prefetch_related("meetings")
    return groups.order_by("starts_on", "pk")


@dataclass(frozen=True)
class Saying:
    """When it was last said whether cases are open, and whether by the reader."""

    at: datetime
    mine: bool


def who_said_cases(group: SupportGroup, reader: User) -> Saying | None:
    """The newest word on it, from the audit record; None where nobody has said anything yet."""
    said = Entry.objects.filter(about=f"groups.supportgroup:{group.pk}", what="group.cases_open")
    newest = said.order_by("-at").first()
    return Saying(newest.at, mine=newest.actor == reader.pk) if newest else None


def takes_somebody_in(group: SupportGroup, now: datetime) -> bool:
    """Whether a group is still open to new parents, seats apart."""
    closes = schedule.closes_at(list(group.meetings.all()))
    return closes is not None and closes > now


def shown(page: list[Application], now: datetime) -> list[dict[str, Any]]:
    """What a line of the queue shows. Opens what to call each applicant; load the keys before."""
    return [
        {
            "application": application,
            "called": application.told.called,
            "language": choices.language_name(application.language),
            "country": choices.name_of(application.country, choices.countries()),
            "days": (now - application.sent_at).days if application.sent_at else 0,
            "needs": needs.names(application.needs),
            "talk": next((talk for talk in application.talks.all() if talk.ends_at > now), None),
        }
        for application in page
    ]


def leaders(today: date) -> QuerySet[Facilitator]:
    """Facilitators by name, with how many times are marked and their next days away. Two statements."""
    ahead = Prefetch("away", queryset=Away.objects.filter(last__gte=today), to_attr="ahead")
    found = Facilitator.objects.annotate(marked=Count("available")).prefetch_related(ahead)
    return found.order_by("display_name", "pk")


def place(slug: str, now: datetime) -> QuerySet[WithAnnotations[SupportGroup, Counts]]:
    """One group with how full it is, also where it was called off: that can be taken back for a while."""
    return with_seats(now).filter(slug=slug, state__in=[*OPEN, SupportGroup.State.CANCELLED])


class Record:
    """A record of a talk, to be read: what was found, each in a line, without what was not asked."""

    def __init__(self, interview: Interview) -> None:
        self.interview = interview

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What was asked, and what was found."""
        found, one = self.interview.findings, self.interview
        answers: dict[str, Any] = dict(findings.ANSWERS)
        asked = [
            (str(label), _with_note(answers.get(getattr(found, code), ""), getattr(found, f"{code}_note")))
            for code, label in findings.QUESTIONS
        ]
        country = found.whereabouts and choices.name_of(found.whereabouts, choices.countries())
        lines = [
            (gettext("What they read"), one.words),
            *asked,
            (gettext("Criminal case open"), str(dict(findings.CASES).get(found.case, ""))),
            (gettext("Who else is involved"), found.others),
            (gettext("In an emergency"), _with_note(found.emergency, country)),
            # The word itself is asked for and never shown: whoever hears it compares it here.
            (gettext("Code word"), gettext("agreed") if one.code_word else ""),
            (gettext("Notes"), one.notes),
        ]
        return [(label, value) for label, value in lines if value]


def _with_note(answer: Any, note: str) -> str:
    return "\n".join(part for part in (str(answer), note) if part)
