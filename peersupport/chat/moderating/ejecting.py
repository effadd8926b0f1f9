"""A member is put out: a suspension at once, which a second person confirms or lifts."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.keeping.noting import beside_changed, locked
from peersupport.chat.models import Ejection, Escalation, Presence, Room
from peersupport.chat.moderating import escalating, kind_words
from peersupport.chat.moderating.authority import decides, leads, name_of
from peersupport.chat.moderating.quieting import parent_of
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership
from peersupport.groups.signals import access_changed


def eject(
    member: Membership, *, by: Membership, room: Room, template: str = "", reason: str = ""
) -> Ejection:
    """Suspends a member at once: her sockets close. A second person confirms it or lets her back in.

    Refused("conflict") with who was quicker.
    """
    why = kind_words.reason("eject", template=template, words=reason)
    with locked(room.pk) as room:
        leads(room.group_id, by)
        parent_of(room, member)
        _still_in(member)
        now = timezone.now()
        ejection = Ejection.objects.create(
            member=member, by=by.user_id, template=why.template, reason=why.words, at=now
        )
        _set_state(member, Membership.State.SUSPENDED)
        Presence.objects.filter(room__group=room.group_id, member=member).delete()
        record(what="member.ejected", by=by.user_id, about=member, why=why.category)
        escalating.expect(Escalation.What.EJECTION, ejection.pk, group_id=room.group_id, now=now)
        beside_changed(room)
        return ejection


def _still_in(member: Membership) -> None:
    member.refresh_from_db(fields=["state"])
    if member.state == Membership.State.ACTIVE:
        return
    before = Ejection.objects.filter(member=member, undone_at=None).order_by("-at").first()
    if member.state != Membership.State.SUSPENDED or before is None:
        raise Refused("not_allowed", _("This member is not in the group any more."))
    name = name_of(before.by, group_id=member.group_id)
    words = _("{name} has already put this person out of the group.").format(name=name)
    raise Refused("conflict", words, decision="ejected", decided_by=name)


def confirm_eject(ejection: Ejection, *, by: User, word: str = "") -> None:
    """Makes a suspension final. By a facilitator or a coordinator, and not by who ejected. `word`: why."""
    with transaction.atomic():
        ejection = _undecided(ejection, by)
        if ejection.by == by.pk:
            raise Refused("not_allowed", _("Somebody else has to confirm this."))
        ejection.confirmed_by, ejection.confirmed_at = by.pk, timezone.now()
        ejection.word = word
        ejection.save(update_fields=["confirmed_by", "confirmed_at", "word"])
        _set_state(ejection.member, Membership.State.LEFT)
        record(what="member.ejection_confirmed", by=by, about=ejection.member)
        _changed(ejection)


def undo_eject(ejection: Ejection, *, by: User, word: str = "") -> None:
    """Lets a suspended member back in. By a facilitator, also who ejected her, or a coordinator."""
    with transaction.atomic():
        ejection = _undecided(ejection, by)
        ejection.undone_by, ejection.undone_at = by.pk, timezone.now()
        ejection.word = word
        ejection.save(update_fields=["undone_by", "undone_at", "word"])
        # Whoever has left meanwhile does not come back by it.
        if ejection.member.state == Membership.State.SUSPENDED:
            _set_state(ejection.member, Membership.State.ACTIVE)
        record(what="member.ejection_undone", by=by, about=ejection.member)
        _changed(ejection)


def _undecided(ejection: Ejection, by: User) -> Ejection:
    """The locked row. Refused("conflict") with who decided before."""
    ejection = Ejection.objects.select_for_update().select_related("member").get(pk=ejection.pk)
    group_id = ejection.member.group_id
    decides(group_id, by)
    if ejection.confirmed_at or ejection.undone_at:
        name = name_of(ejection.confirmed_by or ejection.undone_by, group_id=group_id)
        words = (
            _("{name} has already confirmed it.")
            if ejection.confirmed_at
            else _("{name} has already let this person back in.")
        )
        decision = "confirmed" if ejection.confirmed_at else "undone"
        raise Refused("conflict", words.format(name=name), decision=decision, decided_by=name)
    return ejection


def _changed(ejection: Ejection) -> None:
    rooms = Room.objects.filter(group=ejection.member.group_id).order_by("pk")
    for room_id in rooms.values_list("pk", flat=True):
        with locked(room_id) as room:
            beside_changed(room)


def _set_state(member: Membership, state: Membership.State) -> None:
    member.state = state
    member.save(update_fields=["state"])
    transaction.on_commit(lambda: _tell(member))


def _tell(member: Membership) -> None:
    access_changed.send(sender=Membership, membership=member)
