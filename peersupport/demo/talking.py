"""Gives the cast's rooms what was said in them so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from peersupport.chat.keeping.deciding import Draft
from peersupport.chat.keeping.noting import sealed
from peersupport.chat.models import CheckIn, Ejection, Event, HeldMessage, Mute, Report, Room, Signal
from peersupport.demo.people import key_of
from peersupport.demo.words import ALDER, CEDAR, OBJECTION, WAITING, Line
from peersupport.groups.models import Meeting, Membership, SupportGroup

SAID = {"alder": ALDER, "cedar": CEDAR}


def is_silent(group: SupportGroup) -> bool:
    """Whether nothing was ever said in the group's room."""
    return not Event.objects.filter(room__group=group).exists()


def attend(group: SupportGroup, *, now: datetime) -> None:
    """Keeps an open room open for the moments until the scripted facilitators are connected."""
    Room.objects.filter(group=group).exclude(state=Room.State.CLOSED).update(attended_at=now)


@transaction.atomic
def tell(key: str, group: SupportGroup, *, now: datetime) -> None:
    """Fills the group's room with what the cast said, dated by its meetings; whatever stood there is gone.

    Numbers go on from the room's head and the epoch changes, so that a client that was here starts anew.
    """
    room, _made = Room.objects.select_for_update().get_or_create(group=group, kind=Room.Kind.GROUP)
    _empty(room)
    members = _members(group)
    meetings = {meeting.number: meeting for meeting in group.meetings.all()}
    rows: list[Event] = []
    for number, lines in SAID[key].items():
        rows += _evening(room, meetings[number], lines, members, now)
    for row in rows:
        room.head += 1
        row.seq = room.head
    Event.objects.bulk_create(rows)
    if key == "alder":
        _waits(room, meetings[max(ALDER)], rows, members)
    under_way = any(meeting.starts_at <= now < meeting.ends_at for meeting in meetings.values())
    room.state = Room.State.OPEN if under_way else Room.State.CLOSED
    room.end_course()
    room.mode, room.epoch, room.attended_at = Room.Mode.LIVE, uuid4(), now
    room.side_version += 1
    room.save()
    SupportGroup.objects.filter(pk=group.pk).update(room_open=under_way, room_closed_at=None)


def _empty(room: Room) -> None:
    for model in (Event, HeldMessage, Report, CheckIn, Signal):
        model.objects.filter(room=room).delete()
    # What visitors said on lines and aside goes with it; a line is made anew when it is next asked for.
    Room.objects.filter(group=room.group_id).exclude(kind=Room.Kind.GROUP).delete()
    for lasting in (Mute, Ejection):
        lasting.objects.filter(member__group=room.group_id).delete()
    room.group.memberships.filter(state=Membership.State.SUSPENDED).update(state=Membership.State.ACTIVE)


def _members(group: SupportGroup) -> dict[str, Membership]:
    """Memberships by the key of the cast."""
    named = {key_of(one.user): one for one in group.memberships.select_related("user")}
    return {key: one for key, one in named.items() if key is not None}


def _evening(
    room: Room, meeting: Meeting, lines: Iterable[Line], members: Mapping[str, Membership], now: datetime
) -> list[Event]:
    facilitator = next(one for one in members.values() if one.is_facilitator)
    rows = [
        Event(room=room, at=meeting.opens_at, kind=Event.Kind.OPENED, member=facilitator),
        *_messages(room, meeting, lines, members),
    ]
    if meeting.ends_at <= now:
        rows.append(Event(room=room, at=meeting.ends_at, kind=Event.Kind.CLOSED, member=facilitator))
    return rows


def _messages(
    room: Room, meeting: Meeting, lines: Iterable[Line], members: Mapping[str, Membership]
) -> list[Event]:
    written: list[Event] = []
    for line in lines:
        answered = written[-line.answers].message_id if line.answers else None
        draft = Draft(
            room_id=room.pk,
            member_id=members[line.who].pk,
            message_id=_message_id(room, meeting, len(written)),
            body=line.words,
            note=line.note,
            reply_to=answered,
        )
        written.append(
            _event(draft, room, members[line.who], meeting.starts_at + timedelta(minutes=line.minute))
        )
    return written


def _event(draft: Draft, room: Room, writer: Membership, at: datetime) -> Event:
    return Event(
        room=room,
        at=at,
        kind=Event.Kind.MESSAGE,
        member=writer,
        message_id=draft.message_id,
        reply_to=draft.reply_to,
        body=sealed(room.pk, draft.message_id, writer, draft.body, column="body"),
        note=sealed(room.pk, draft.message_id, writer, draft.note, column="note") or None,
        body_hash=draft.fingerprint(),
    )


def _waits(room: Room, meeting: Meeting, rows: list[Event], members: Mapping[str, Membership]) -> None:
    writer = members[WAITING.who]
    draft = Draft(room.pk, writer.pk, uuid4(), WAITING.words)
    HeldMessage.objects.create(
        room=room,
        message_id=draft.message_id,
        member=writer,
        body=WAITING.words,
        body_hash=draft.fingerprint(),
        why=WAITING.why,
        held_at=meeting.starts_at + timedelta(minutes=WAITING.minute),
    )
    messages = [row for row in rows if row.kind == Event.Kind.MESSAGE]
    about = messages[-OBJECTION.about].message_id
    assert about is not None
    Report.objects.create(
        room=room,
        member=members[OBJECTION.who],
        target=about,
        reason=OBJECTION.words,
        reported_at=meeting.starts_at + timedelta(minutes=OBJECTION.minute),
    )


def _message_id(room: Room, meeting: Meeting, number: int) -> UUID:
    # The same line keeps its id from one start to the next.
    return uuid5(room.pk, f"{meeting.number}/{number}")
