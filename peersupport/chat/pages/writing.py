"""The room without JavaScript: what stands in the writing box, and what each of its buttons does.

Every button of the page sends the one form, and with it the text that is being written: whatever she does,
the page that comes back has her words in the box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from peersupport.chat import acting, posting, private_words
from peersupport.chat.access import Standing
from peersupport.chat.door import Entry
from peersupport.chat.hub import unconnected
from peersupport.chat.marking import mark_told
from peersupport.chat.models import Event, Report
from peersupport.chat.pages.people import Person, tells_coordinators
from peersupport.chat.pages.wording import READY_NOTES, WORDS, span, together, words
from peersupport.chat.protocol.commands import SEQ_MOST, UUID_FORM, Command
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership

#: What a public id begins with, and no message's.
PERSON = "m_"
ABOUT_HER = {str(Report.Decision.MUTE), str(Report.Decision.HOLD_MEMBER)}


@dataclass(frozen=True)
class Draft:
    """What she has written and not sent, and what there is to say about it."""

    id: str = ""
    body: str = ""
    note: str = ""
    reply_to: str = ""
    reply_name: str = ""
    # A message, or the public id of somebody; then the one meant by it.
    report: str = ""
    whom: Person | None = None
    # A message, or what was decided about herself.
    appeal: str = ""
    retract: str = ""
    reason: str = ""
    check_in: str = ""
    check_in_note: str = ""
    problem: str = ""
    done: str = ""
    # Her text in pieces, with whether each was found to be asked about.
    asked: tuple[tuple[str, bool], ...] = ()
    sent: bool = False
    follow: bool = False
    skipped: bool = False
    saying: bool = False
    asking_check_in: bool = False
    before: int = SEQ_MOST

    @property
    def empty(self) -> bool:
        """Whether nothing would be lost."""
        return not any(text.strip() for text in (self.body, self.note, self.reason, self.check_in_note))

    @property
    def ready_notes(self) -> tuple[Promise, ...]:
        """Notes to choose from, for whoever would rather not word one."""
        return READY_NOTES

    @property
    def appeals_about_her(self) -> bool:
        """Whether she asks for a second look at what was decided about herself, and not about a message."""
        return self.appeal in ABOUT_HER

    @property
    def written(self) -> list[tuple[str, str]]:
        """What another form has to carry so that nothing of it is lost: by the names of the fields."""
        carried = ("body", "note", "reply_to", "report", "appeal", "reason", "check_in", "check_in_note")
        return [(name, str(getattr(self, name))) for name in carried if getattr(self, name)]


def fresh() -> Draft:
    """An empty box. Its message has its id from the start: sent twice by a double tap, it is one message."""
    return Draft(id=str(uuid4()))


def kept(data: QueryDict) -> Draft:
    """What stands in the box, without doing anything with it."""
    return replace(
        fresh(),
        body=data.get("body", "").replace("\r\n", "\n"),
        note=data.get("note", ""),
        report=data.get("report", ""),
        appeal=data.get("appeal", ""),
        reason=data.get("reason", ""),
        check_in=data.get("check_in", ""),
        check_in_note=data.get("check_in_note", ""),
        saying=bool(data.get("check_in_note", "").strip()),
    )


def submitted(data: QueryDict, *, standing: Standing) -> Draft:
    """Does what the pressed button asks and gives the draft as it is then."""
    draft = Draft(
        id=data.get("id", "") or str(uuid4()),
        body=data.get("body", "").replace("\r\n", "\n"),
        note=data.get("note", ""),
        reply_to=data.get("reply_to", ""),
        reason=data.get("reason", ""),
        check_in=data.get("check_in", ""),
        check_in_note=data.get("check_in_note", ""),
    )
    act, _colon, target = data.get("act", "").partition(":")
    try:
        draft = _do(act, target or data.get("report", "") or data.get("appeal", ""), draft, standing)
    except Refused as refused:
        draft = _with_problem(draft, refused, act)
        if act == "send_report":
            draft = replace(draft, report=data.get("report", ""))
        if act == "send_appeal":
            draft = replace(draft, appeal=data.get("appeal", ""))
    return _with_reply_name(draft, standing)


def _with_problem(draft: Draft, refused: Refused, act: str) -> Draft:
    """With why it was refused; what she said of how she is has its own place for being asked about."""
    if act.startswith("checkin"):
        asking = refused.code == "confirm"
        unchosen = refused.more.get("field") == "value"
        words = str(WORDS["check_in_choose"]) if unchosen else _words(refused, asking="check_in_asking")
        return replace(draft, problem=words, saying=True, asking_check_in=asking)
    return replace(draft, problem=_words(refused), asked=_asked(draft, refused))


def _do(act: str, target: str, draft: Draft, standing: Standing) -> Draft:
    match act:
        case "post" | "post_confirmed":
            return _post(draft, standing, confirmed=act == "post_confirmed")
        case "reply":
            return replace(draft, reply_to=target)
        case "retract":
            return replace(draft, retract=target)
        case "send_retract":
            _act(standing, "retract", target=target)
            return replace(draft, done=_("You took your message back."))
        case "report":
            return replace(draft, report=target)
        case "send_report":
            return replace(draft, reason="", done=_report(target, draft, standing))
        case "told":
            mark_told(standing, [UUID(target)] if UUID_FORM.fullmatch(target) else [])
            return draft
        case "note":
            return replace(draft, note=_ready_note(target) or draft.note)
        case "pass" | "wait":
            _act(standing, act)
            return draft
        case "quiet":
            _act(standing, "quiet", on=target == "on")
            return draft
        case "hand":
            up, now = target == "up", timezone.now()
            unconnected.hold_up(standing.membership, standing.room, up=up, now=now)
            return replace(draft, done=str(WORDS["hand_is_up" if up else "hand_is_down"]))
        case "say":
            return replace(draft, saying=True)
        case "skip":
            return replace(draft, skipped=True)
        case "checkin" | "checkin_confirmed":
            given = {"value": _chosen(draft), "note": draft.check_in_note}
            _act(standing, "checkin", **given, confirmed=act == "checkin_confirmed")
            return replace(draft, check_in="", check_in_note="", done=str(WORDS["check_in_thanks"]))
        case "appeal":
            return replace(draft, appeal=target)
        case "send_appeal":
            about = "decision" if target in ABOUT_HER else "target"
            _act(standing, "appeal", **{about: target}, reason=draft.reason)
            return replace(draft, reason="", done=str(WORDS["appealed"]))
        case "earlier":
            is_number = target.isascii() and target.isdigit() and len(target) <= 16
            return replace(draft, before=int(target) if is_number else SEQ_MOST)
        case "follow":
            if draft.empty:
                return replace(draft, follow=True)
            return replace(draft, problem=_("Please send or clear your text first, so that it is not lost."))
        case _:
            return draft


def _report(target: str, draft: Draft, standing: Standing) -> str:
    """Tells it, and gives the thanks for it."""
    if not target.startswith(PERSON):
        _act(standing, "report", target=target, reason=draft.reason)
        return words(standing.room.kind)["reported"]
    _act(standing, "report", member=target, reason=draft.reason)
    about = Membership.objects.get(pk=UUID(target.removeprefix(PERSON)))
    return str(WORDS["told_coordinators" if tells_coordinators(standing, about) else "reported"])


def with_whom(draft: Draft, people: Sequence[Person]) -> Draft:
    """With whom she wants to tell about, of those in the room; about nobody else is asked any further."""
    if not draft.report.startswith(PERSON):
        return draft
    whom = next((one for one in people if one.id == draft.report and one.tell), None)
    return replace(draft, whom=whom, report=draft.report if whom else "")


def _ready_note(number: str) -> str:
    ready = {str(place): str(note) for place, note in enumerate(READY_NOTES)}
    return ready.get(number, "")


def _post(draft: Draft, standing: Standing, *, confirmed: bool) -> Draft:
    given: dict[str, object] = {"id": draft.id, "body": draft.body, "confirmed": confirmed}
    if draft.note.strip():
        given["note"] = draft.note
    if draft.reply_to:
        given["reply_to"] = draft.reply_to
    command = Command(name="post", ref="", given=given)
    async_to_sync(posting.post)(command, by=_entry(standing))
    return replace(fresh(), sent=True)


def _chosen(draft: Draft) -> int:
    if not (draft.check_in.isascii() and draft.check_in.isdigit() and len(draft.check_in) <= 2):
        raise Refused("invalid", field="value")
    return int(draft.check_in)


def _act(standing: Standing, name: str, **given: object) -> None:
    command = Command(name=name, ref="", given=given)
    async_to_sync(acting.act)(command, by=_entry(standing))


def _entry(standing: Standing) -> Entry:
    room, member = standing.room, standing.membership
    return Entry(
        room_id=room.pk,
        kind=room.kind,
        state=room.state,
        mode=room.mode,
        head=room.head,
        epoch=room.epoch,
        group_id=room.group_id,
        member_id=member.pk,
        user_id=member.user_id,
        role=member.role,
        name=member.pseudonym,
        cases_open=room.group.cases_open,
        private_words=private_words.sealed(member),
    )


def _words(refused: Refused, *, asking: str = "state_asking") -> str:
    if "slow" in refused.more:
        left = span(refused.more["retry_after"])
        return str(WORDS["error_slow"]).format(span=span(refused.more["slow"]), left=left)
    if refused.code == "confirm":
        kinds = list(dict.fromkeys(str(finding["kind"]) for finding in refused.more["findings"]))
        if kinds == ["evidence"]:
            return str(WORDS["asking_evidence"])
        what = [str(WORDS.get(f"finding_{kind}", WORDS["finding_other"])) for kind in kinds]
        return str(WORDS[asking]).format(what=together(what))
    return str(WORDS.get(f"error_{refused.code}", WORDS["error_internal"]))


def _asked(draft: Draft, refused: Refused) -> tuple[tuple[str, bool], ...]:
    text = f"{draft.body.strip()}\n{draft.note.strip()}".strip()
    pieces, last = [], 0
    for finding in refused.more.get("findings", []):
        pieces += [(text[last : finding["start"]], False), (text[finding["start"] : finding["end"]], True)]
        last = finding["end"]
    return (*pieces, (text[last:], False)) if pieces else ()


def _with_reply_name(draft: Draft, standing: Standing) -> Draft:
    """Only a message of this room can be replied to; anything else is left out."""
    try:
        target = UUID(draft.reply_to)
    except ValueError:
        return replace(draft, reply_to="")
    found = (
        Event.objects.filter(room=standing.room, message_id=target, kind=Event.Kind.MESSAGE)
        .select_related("member")
        .first()
    )
    if found is None or found.member is None:
        return replace(draft, reply_to="")
    return replace(draft, reply_name=found.member.pseudonym)
