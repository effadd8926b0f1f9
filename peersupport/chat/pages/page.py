"""Puts together what a member sees of a room before any script runs, with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from peersupport.chat import asking, private_words
from peersupport.chat.access import Standing
from peersupport.chat.models import Event, HeldMessage, Mute, ReadMark, Room
from peersupport.chat.moderating import kind_words
from peersupport.chat.nudges.private import PrivateWords
from peersupport.chat.nudges.travelling import for_browser
from peersupport.chat.pages import reading
from peersupport.chat.pages.around import Around, around_of
from peersupport.chat.pages.course_page import CoursePage, course_page
from peersupport.chat.pages.people import Person, has_whom_to_tell, people_of
from peersupport.chat.pages.reading import Answer, Message, Told
from peersupport.chat.pages.sections import Sitting, section_of, sittings_of
from peersupport.chat.pages.wording import WORDS, span, words
from peersupport.chat.protocol.commands import SEQ_MOST
from peersupport.groups.marks import Mark, mark_of
from peersupport.groups.models import Meeting, SupportGroup

# So many messages a page begins with: each costs a slow phone time before the first word can be read. What
# was before is asked for when somebody wants to read it; without a script, in larger portions.
SHOWN, BROUGHT = 30, 60
# With more of them unread, the page begins before the first; not further back than so many.
READ_ALREADY, FURTHEST = 5, 400
# How many characters of a message stand in the letters that reply to it.
EXCERPT = 80
# A browser takes a bare "en" for American English, and puts the month before the day.
INTL = {"en": "en-GB"}


@dataclass(frozen=True)
class Answered:
    """The message that another one replies to."""

    id: UUID
    name: str
    words: str


@dataclass(frozen=True)
class Letter:
    """One message as letter.html shows it. `state` is "sent", "held" or "declined"."""

    id: UUID
    at: datetime
    name: str
    role: str
    own: bool
    mark: Mark
    words: str
    note: str
    section: str
    gone: str = ""
    answered: Answered | None = None
    state: str = "sent"
    state_words: str = ""
    word: str = ""
    may_appeal: bool = False
    # Held because all of hers are read first: she may ask that somebody else looks at that.
    may_appeal_hold: bool = False
    # Declined, and she has seen that: it stands folded, apart from what is new.
    settled: bool = False

    @property
    def body(self) -> str:
        """What stands under a note."""
        return self.words

    @property
    def can_act(self) -> bool:
        """Whether anything can be done with it without a script."""
        return self.state == "sent" and not self.gone


@dataclass(frozen=True)
class RoomPage:
    """Everything `chat/room.html` shows. `phase`: early, late, open, paused, ended,
    unattended.

    `meeting` is the one that can be entered now or has just been, else the next; `coming` the one after it;
    `awaited` the one a closed room waits for. `earlier`: there are messages before this number that are not
    shown; `begins_after`: where the scripts begin to read the log.
    """

    room: Room
    group: SupportGroup
    zone: ZoneInfo
    phase: str
    meeting: Meeting | None
    coming: Meeting | None
    awaited: Meeting | None
    under_way: bool
    people: list[Person]
    sittings: list[Sitting]
    letters: list[Letter]
    settled: list[Letter]
    earlier: int | None
    begins_after: int
    next_words: str
    course: CoursePage
    muted_words: str
    # She has asked already that somebody else looks at it.
    muted_asked: bool
    answers: list[Told]
    around: Around

    @property
    def tells(self) -> bool:
        """Whether she can say of anybody here that something is not right."""
        return any(person.tell for person in self.people)

    @property
    def is_group(self) -> bool:
        """Whether this is the room of the whole group."""
        return self.room.kind == Room.Kind.GROUP

    @property
    def told(self) -> list[UUID]:
        """Of which messages of hers it says what was decided or answered."""
        return [letter.id for letter in self.letters if letter.state == "declined" or letter.word]

    @property
    def facilitators(self) -> str:
        """The names of those who open the room."""
        names = [person.name for person in self.people if person.facilitates]
        if not names:
            return _("The facilitators")
        return (
            names[0]
            if len(names) == 1
            else _("{first} and {last}").format(first=", ".join(names[:-1]), last=names[-1])
        )


def room_page(standing: Standing, *, now: datetime, before: int = SEQ_MOST) -> RoomPage:
    """The room as somebody who stands in it sees it now, with the newest messages before a number."""
    room = standing.room
    current, coming = _meetings(room, now)
    turns = Event.objects.filter(room=room, kind__in=[Event.Kind.CLOSED, Event.Kind.LATE])
    phase = _phase(room, current, turns.order_by("-seq").first())
    course = course_page(standing, now=now)
    zone = ZoneInfo(standing.membership.user.time_zone)
    sittings = sittings_of(room)
    most = SHOWN if before == SEQ_MOST else BROUGHT
    # One more than is shown says whether there are any.
    messages = reading.messages_of(standing, before=before, most=most + 1)
    shown = messages[-most:]
    letters = _letters(standing, shown, sittings, now=now, zone=zone)
    muted = reading.muted_now(standing, now=now) if room.kind == Room.Kind.GROUP else None
    return RoomPage(
        room=room,
        group=room.group,
        zone=zone,
        phase=phase,
        meeting=current or coming,
        coming=coming,
        awaited=current if current and current.ends_at > now else coming,
        under_way=current is not None and current.opens_at <= now,
        people=people_of(standing, course),
        sittings=sittings,
        letters=[letter for letter in letters if not letter.settled],
        settled=[letter for letter in letters if letter.settled],
        earlier=shown[0].seq if len(messages) > most else None,
        begins_after=_begins_after(standing, shown),
        next_words=_next_words(standing),
        muted_words=_muted_words(muted, zone) if muted else "",
        muted_asked=muted is not None and reading.asked_again(muted.pk),
        answers=reading.own_answers_apart(standing),
        course=course,
        around=around_of(standing, now=now),
    )


def config(standing: Standing, page: RoomPage) -> dict[str, Any]:
    """What the scripts need to know, as JSON."""
    room_id = standing.room.pk
    return {
        "id": str(room_id),
        "kind": standing.room.kind,
        "reports": has_whom_to_tell(standing),
        "socket": f"/ws/rooms/{room_id}/",
        "events": reverse("chat:events", args=[room_id]),
        "messages": reverse("chat:messages", args=[room_id]),
        "arrive": reverse("chat:arrive", args=[room_id]),
        "opensAt": page.meeting.opens_at.isoformat() if page.meeting and page.is_group else None,
        "from": page.begins_after,
        "epoch": str(standing.room.epoch),
        "meetings": [sitting.wire() for sitting in page.sittings],
        "timeZone": page.zone.key,
        "language": INTL.get(get_language() or "en", get_language()),
        "texts": words(standing.room.kind, facilitates=standing.facilitates),
        "nudges": _nudges(standing),
    }


def _nudges(standing: Standing) -> dict[str, Any]:
    """What her browser looks over; as on the server, facilitators are not asked about accounts."""
    member, room = standing.membership, standing.room
    may_tell = room.group.cases_open and room.kind == Room.Kind.GROUP and not standing.facilitates
    asks = may_tell and not asking.was_asked(member.pk)
    return for_browser(PrivateWords(private_words.kept(member)), cases_open=asks)


def _meetings(room: Room, now: datetime) -> tuple[Meeting | None, Meeting | None]:
    """The meeting that can be entered now or has just been, and the next one after it."""
    ahead = list(
        Meeting.objects.filter(
            group=room.group_id, state=Meeting.State.PLANNED, ends_at__gt=now - Meeting.RUNS_OVER
        ).order_by("starts_at")[:2]
    )
    if ahead and ahead[0].opens_at <= now:
        return ahead[0], ahead[1] if len(ahead) > 1 else None
    return None, ahead[0] if ahead else None


def _phase(room: Room, current: Meeting | None, turn: Event | None) -> str:
    """`turn`: the last that was said of a room nobody can write in, as phases.js has it."""
    if room.state != Room.State.CLOSED:
        return str(room.state)
    if room.kind != Room.Kind.GROUP:
        return "ended"
    if current is None or turn is None or turn.at < current.opens_at:
        return "early"
    if turn.kind == Event.Kind.LATE:
        return "late"
    return "unattended" if turn.facts.get("why") == "unattended" else "ended"


def _next_words(standing: Standing) -> str:
    room = standing.room
    holds = room.mode == Room.Mode.HOLD_ALL and not standing.facilitates
    key = "next_held" if holds and room.state == Room.State.OPEN else f"next_{room.state}"
    if key == "next_open" and room.slow_seconds and not standing.facilitates:
        key = "next_slow"
    if room.alone_since is not None and room.state == Room.State.OPEN:
        key = "next_alone"
    found = words(room.kind, facilitates=standing.facilitates)[key]
    return found.format(span=span(room.slow_seconds)) if key == "next_slow" else found


def _muted_words(muted: Mute, zone: ZoneInfo) -> str:
    why = kind_words.said("mute", template=muted.template, words=muted.reason)
    return str(WORDS["muted_until"]).format(time=date_format(muted.until.astimezone(zone), "H:i"), reason=why)


def _begins_after(standing: Standing, shown: list[Message]) -> int:
    head = standing.room.head
    mark = ReadMark.objects.filter(room=standing.room, member=standing.membership)
    read = mark.values_list("seq", flat=True).first()
    unread = head if read is None else read - READ_ALREADY
    # Not after the first letter on the page, so that the scripts can take over what stands there.
    first = shown[0].seq - 1 if shown else head
    return max(0, head - FURTHEST, min(head - SHOWN, first, unread))


def _letters(
    standing: Standing, messages: list[Message], sittings: list[Sitting], *, now: datetime, zone: ZoneInfo
) -> list[Letter]:
    by_id = {message.id: message for message in messages}
    published = [_letter(message, by_id, section_of(message.at, sittings, zone=zone)) for message in messages]
    held = [one for one in reading.own_held(standing, now=now) if one.message_id not in by_id]
    may_appeal = any(one.why == "hold_member" for one in held) and reading.may_appeal_hold(standing)
    letters = published + [
        _held_letter(one, standing, section_of(one.held_at, sittings, zone=zone), may_appeal=may_appeal)
        for one in held
    ]
    answers = reading.own_answers(standing, now=now)
    return [_with_answer(letter, answers) for letter in letters]


def _with_answer(letter: Letter, answers: dict[UUID, Answer]) -> Letter:
    """With what came of her report or appeal, or the way to ask for a second look."""
    decided = letter.own and (letter.state == "declined" or letter.gone == Event.Kind.REMOVED)
    answer = answers.get(letter.id)
    if answer is not None:
        waiting = str(WORDS["appealed"]) if decided else ""
        return replace(letter, word=answer.words or waiting, settled=letter.settled and answer.known)
    return replace(letter, may_appeal=decided)


def _letter(message: Message, by_id: dict[UUID, Message], section: str) -> Letter:
    answered = by_id.get(message.reply_to) if message.reply_to else None
    return Letter(
        id=message.id,
        at=message.at,
        name=message.name,
        role=message.role,
        own=message.own,
        mark=mark_of(message.member_id),
        words=message.body if message.body is not None else _ending(message),
        note=message.note or "",
        section=section,
        gone=message.gone,
        answered=Answered(answered.id, answered.name, _excerpt(answered))
        if answered and not message.gone
        else None,
        state_words=_("Sent") if message.own and not message.gone else "",
    )


def _excerpt(answered: Message) -> str:
    """The beginning of what a reply answers. Of a folded message only what everyone may see: its note."""
    words = " ".join((answered.note or answered.body or "").split())
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT].strip()}…"


def _held_letter(held: HeldMessage, standing: Standing, section: str, *, may_appeal: bool) -> Letter:
    waits = held.decision == HeldMessage.Decision.WAITING
    return Letter(
        id=held.message_id,
        at=held.held_at,
        name=standing.membership.pseudonym,
        role=standing.membership.role,
        own=True,
        mark=mark_of(standing.membership.pk),
        words=held.body or str(WORDS["was_declined"]),
        note=held.note,
        section=section,
        state="held" if waits else "declined",
        state_words=_held_words(held) if waits else _declined_words(held),
        settled=not waits and held.told_at is not None,
        may_appeal_hold=waits and may_appeal and held.why == "hold_member",
    )


def _ending(message: Message) -> str:
    if message.gone == Event.Kind.REMOVED and message.why:
        return str(WORDS["was_removed_why"]).format(reason=message.why)
    key = {"retracted": "was_retracted", "removed": "was_removed"}.get(message.gone, "was_erased")
    return str(WORDS["you_retracted" if message.own and key == "was_retracted" else key])


def _held_words(held: HeldMessage) -> str:
    return str(WORDS.get(f"held_{held.why}", WORDS["state_held"]))


def _declined_words(held: HeldMessage) -> str:
    why = kind_words.said("decline", template=held.template, words=held.reason)
    return str(WORDS["state_declined_why"]).format(reason=why) if why else str(WORDS["state_declined"])
