"""Looking for somebody at the desk, among what a coordinator may see and nothing else.

Whatever is looked for, the same statements are asked: a hit that is not hers to see is answered as no hit,
and takes no other time. Only what applicants say of themselves is compared, never whom they named.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups.models import Membership, SupportGroup
from peersupport.joining import return_codes
from peersupport.joining.access import address_hash, applications
from peersupport.joining.conflicts.hashing import hashes
from peersupport.joining.conflicts.spellings import Form, TooVague, forms_of, forms_of_phone
from peersupport.joining.models import Application, Identifier
from peersupport.vault import keys

#: So many of each kind are shown: whoever finds more asks more closely.
MOST = 20
#: So many of the latest applications are opened to compare what their parents are called.
MOST_OPENED = 500
#: A hash that nothing has: the statement is asked all the same.
NOTHING = bytes(32)
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Parent:
    """An application that fits."""

    application: Application
    called: str


@dataclass(frozen=True)
class Member:
    """Somebody in a group, with the application she came by where a coordinator may see one."""

    member: Membership
    application_id: UUID | None


@dataclass(frozen=True)
class Found:
    """What fits, each kind in its own order; `more` where something was left out."""

    parents: list[Parent]
    members: list[Member]
    groups: list[SupportGroup]
    more: bool

    @property
    def number(self) -> int:
        return len(self.parents) + len(self.members) + len(self.groups)


@transaction.atomic
def search(words: str, *, by: User) -> Found:
    """Everything that fits the words. That somebody looked is recorded, and how much she found: no words.

    Six statements and the record, whatever is found.
    """
    opened = _opened()
    by_hash = list(_by_hash(words).values_list("pk", flat=True)[: MOST + 1])
    forms = _forms(words)
    parents = [one for one in opened if one.pk in by_hash or _fits(one, words, forms)]
    # Found by a hash, and older than what was opened.
    parents += [one for one in applications().filter(pk__in=by_hash or [NOBODY]) if one not in parents]
    members = list(_members(words)[: MOST + 1])
    groups = list(_groups(words)[: MOST + 1])
    keys.load(one.pk for one in parents[:MOST])
    found = Found(
        parents=[Parent(one, one.told.called) for one in parents[:MOST]],
        members=[Member(one, getattr(one, "came_by", None)) for one in members[:MOST]],
        groups=groups[:MOST],
        more=max(len(parents), len(members), len(groups)) > MOST,
    )
    record(what="desk.searched", by=by, about="joining.search", count=found.number)
    return found


def _opened() -> list[Application]:
    found = list(applications().order_by("-changed_at", "pk")[:MOST_OPENED])
    keys.load(one.pk for one in found)
    return found


def _by_hash(words: str) -> QuerySet[Application]:
    code = return_codes.read(words)
    sure = [one.digest for one in hashes(_forms(words)) if one.strength == "sure"]
    login = words.strip().lower()
    hers = Identifier.objects.filter(kind=Identifier.Kind.SELF, hash__in=[*sure, NOTHING])
    return applications().filter(
        Q(code_hash=return_codes.code_hash(code) if code else NOTHING)
        | Q(address_hash=address_hash(words))
        | Q(pk__in=hers.values("application"))
        | Q(user__email=login)
        | Q(user__sign_in_name=login)
    )


def _members(words: str) -> QuerySet[Membership]:
    # The one she came by last: others may be older, or sent anew.
    came_by = applications().filter(user=OuterRef("user")).order_by("-sent_at", "pk").values("pk")[:1]
    found = Membership.objects.filter(pseudonym__istartswith=words, role=Membership.Role.PARENT)
    found = found.annotate(came_by=Subquery(came_by)).select_related("group")
    return found.order_by("pseudonym", "pk")


def _groups(words: str) -> QuerySet[SupportGroup]:
    found = SupportGroup.objects.filter(Q(name__icontains=words) | Q(programme__title__icontains=words))
    return found.select_related("programme").order_by("-starts_on", "pk")


def _fits(one: Application, words: str, forms: list[Form]) -> bool:
    told = one.told
    if words.casefold() in told.called.casefold():
        return True
    number = {form.text for form in forms if form.sort == "phone" and form.strength == "sure"}
    return bool(number and told.phone and number & _numbers(told.phone, one.country))


def _numbers(number: str, country: str) -> set[str]:
    try:
        return {form.text for form in forms_of_phone(number, country=country) if form.strength == "sure"}
    except TooVague:
        return set()


def _forms(words: str) -> list[Form]:
    try:
        return forms_of(words, country=settings.COUNTRY)
    except TooVague:
        return []
