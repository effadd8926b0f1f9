"""What became of the mails: for coordinators, without an address and without a word of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.mail import approved
from peersupport.accounts.models import Mail
from peersupport.groups.models import Membership

State = Mail.State

#: What is read of a row. Not the address, not the words.
SHOWN = ("pk", "template", "member", "state", "why", "due_at", "done_at")
#: Somebody may have to do something: whoever it was for has not been told, or perhaps twice.
LOOK = (State.FLAGGED, State.FAILED)
FILTERS = (
    ("", _("All")),
    ("look", _("Somebody has to look")),
    ("due", _("Due")),
    ("done", _("Sent")),
    ("skipped", _("Not sent, and why")),
    ("failed", _("Failed")),
    ("flagged", _("Unsure: may have been sent")),
)
#: Why a mail was not sent, as rows keep it, in the reader's language. Kinds of errors stand as they are.
WHY = {
    "no longer marked safe": _("no longer marked safe"),
    "nothing was marked safe": _("nothing was marked safe"),
    "switched off by the person": _("switched off by the person"),
    "too late to be of use": _("too late to be of use"),
    "no longer a member": _("no longer a member"),
    "the date was cancelled": _("the date was cancelled"),
    "the date takes place after all": _("the date takes place after all"),
    "the date is gone": _("the date is gone"),
    "a newer one follows": _("a newer one follows"),
    "no date lies ahead": _("no date lies ahead"),
    "the line went dead while sending": _("the line went dead while sending"),
    "stopped midway: may have been done": _("stopped midway: it may have been sent"),
    "Refused": _("the mail server refused it"),
    "MailServerAway": _("the mail server was away for three days"),
}


@dataclass(frozen=True)
class Row:
    """One mail. `whom`: her name in the group, and the group's; "" for mails outside a group."""

    mail: Mail
    subject: str
    whom: str
    chip: str
    why: str


def mails(state: str) -> QuerySet[Mail]:
    """The mails in a state ("look": those that failed or are unsure), the newest first."""
    found = Mail.objects.only(*SHOWN).order_by("-due_at", "pk")
    if state == "look":
        return found.filter(state__in=LOOK)
    if state == State.DUE:
        return found.filter(state__in=[State.DUE, State.DOING])
    return found.filter(state=state) if state in State.values else found


def totals() -> dict[str, int]:
    """How many wait, were sent, were not sent, and need a look. One statement."""
    return Mail.objects.aggregate(
        due=Count("pk", filter=Q(state__in=[State.DUE, State.DOING])),
        done=Count("pk", filter=Q(state=State.DONE)),
        skipped=Count("pk", filter=Q(state=State.SKIPPED)),
        look=Count("pk", filter=Q(state__in=LOOK)),
    )


def shown(listed: Iterable[Mail]) -> list[Row]:
    """Rows as the page shows them. One statement, whatever their number."""
    listed = list(listed)
    seats = Membership.objects.filter(pk__in={mail.member for mail in listed if mail.member})
    names: dict[UUID, str] = {
        seat.pk: f"{seat.pseudonym}, {seat.group.name}" for seat in seats.select_related("group")
    }
    return [_row(mail, names) for mail in listed]


def _row(mail: Mail, names: dict[UUID, str]) -> Row:
    kind = approved().get(mail.template)
    chips = {State.FAILED: "chip-danger", State.FLAGGED: "chip-warn"}
    return Row(
        mail=mail,
        subject=gettext(kind.subject) if kind else mail.template,
        whom=names.get(mail.member, "") if mail.member else "",
        chip=chips.get(State(mail.state), ""),
        why=str(WHY.get(mail.why, mail.why)),
    )
