"""The words that the scripts of a room show. They are translated here and travel with the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import time

from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from peersupport.chat.moderating import kind_words

#: By key; {names} are filled in on the page. Whole sentences, so that they can be translated.
WORDS = {
    # A letter
    "you": _("{name} (you)"),
    "name_facilitator": _("{name}, facilitator"),
    "in_reply_to": _("In reply to {name}"),
    "in_reply": _("In reply to an earlier message"),
    "you_retracted": _("You took this message back."),
    "was_retracted": _("This message was taken back."),
    "was_removed": _("The facilitators took this message down."),
    "was_removed_why": _("The facilitators took this message down: {reason}"),
    "was_erased": _("This message is no longer kept."),
    "was_declined": _("A message of yours."),
    "more_about": _("What you can do with the message of {name}, {time}"),
    "reply": _("Reply"),
    "retract": _("Take back"),
    "report": _("Tell the facilitators"),
    "reported": _("Thank you. The facilitators have it."),
    # About somebody: of a facilitator it is the coordinators who hear.
    "tell": _("Tell the facilitators about {name}"),
    "tell_coordinators": _("Tell the coordinators about {name}"),
    "told_coordinators": _("Thank you. The coordinators have it."),
    "answered_about": _("You told us about {name}. {text}"),
    # Her own, on its way
    "state_sent": _("Sent"),
    "state_sending": _("Sending …"),
    "state_waiting": _("Not sent yet. It goes out by itself when the connection is back."),
    "state_held": _("A facilitator reads it first. Nobody else sees it until then."),
    "held_hold_first": _(
        "A facilitator reads it first, as with everybody's first messages. Nobody else sees it until then."
    ),
    "held_hold_flagged": _(
        "A facilitator reads it first, because of the personal details in it. Nobody else sees it until then."
    ),
    "held_hold_member": _(
        "The facilitators read what you write first, for today. Nobody else sees it until then."
    ),
    "held_unattended": _("No facilitator is here just now. It waits for one, and nobody else sees it."),
    "state_asking": _("Not sent yet. It seems to hold {what}. Would you like everyone here to see that?"),
    "state_slow": _("It goes out by itself in a moment: each of us writes at most once in {span} just now."),
    "state_failed": _("Not sent. {why}"),
    "state_declined": _("The facilitators did not pass this on. Nobody else has seen it."),
    "state_declined_why": _("The facilitators did not pass this on. Nobody else has seen it. {reason}"),
    "settled_one": _("1 message of yours was not passed on"),
    "settled_many": _("{count} messages of yours were not passed on"),
    "appeal": _("Ask for a second look"),
    "appealed": _("Thank you. Somebody else will look at it again, and you will read here what came of it."),
    "finding_phone": _("a phone number"),
    "finding_email": _("an e-mail address"),
    "finding_link": _("a link"),
    "finding_handle": _("a name from another service"),
    "finding_number": _("a long number"),
    "finding_street": _("a street with a number"),
    "finding_school": _("the name of a school"),
    "finding_private": _("a word you keep private"),
    "finding_evidence": _("an account of what happened"),
    "asking_evidence": _(
        "Not sent yet. This reads like an account of what happened. Where a case may be open, it is safer "
        "here to say how you are than what was done: it could be held against your child's own words. "
        "You decide."
    ),
    "finding_other": _("personal details"),
    "try_again": _("Try again"),
    "send_anyway": _("Send it as it is"),
    "change": _("Change it"),
    "drop": _("Put it away"),
    # The column
    "new_message": _("1 new message"),
    "new_messages": _("{count} new messages"),
    "earlier": _("Earlier messages"),
    "earlier_coming": _("Earlier messages are coming …"),
    "earlier_failed": _("They did not come. Try again"),
    "earlier_here": _("Earlier messages stand above."),
    "newest": _("To the newest message"),
    "line_new": _("New from here"),
    "line_opened": _("The room was opened at {time}."),
    "line_closed": _("The room was closed at {time}."),
    "line_paused": _("A pause from {time}."),
    "line_aside": _("One of the facilitators has stepped aside for a moment. The meeting goes on."),
    "line_back": _("The facilitator who had stepped aside is back."),
    "line_resumed": _("We went on at {time}."),
    "line_unattended": _("No facilitator is here since {time}. What you write waits until one is back."),
    "line_slow": _("From {time} on each of us writes at most once in {span}, so that all can follow."),
    "line_slow_off": _("From {time} on everybody writes as usual again."),
    "span_seconds": _("{count} seconds"),
    "span_minute": _("a minute"),
    "span_minutes": _("{count} minutes"),
    "line_late": _("At {time} the room was not open yet, and the coordinators were told."),
    "line_attended": _("A facilitator is back, {time}. What waited is being read."),
    "muted_until": _(
        "You read along until {time}. {reason} If that seems wrong to you, ask for a second look, or write "
        "to the facilitators only."
    ),
    "heard": _("{name}: {text}"),
    "heard_note": _("{name}: a folded message, {note}"),
    # Who is here
    "here_count": _("{count} here"),
    "hand_raise": _("Raise your hand"),
    "hand_is_up": _("Your hand is up"),
    "hand_is_down": _("Your hand is down"),
    "one_writes": _("{name} is writing …"),
    "two_write": _("{name} and {other} are writing …"),
    "many_write": _("Several people are writing …"),
    "quiet_say": _("I'm just reading today"),
    "quiet_is_on": _("You are just reading today"),
    # The course of a meeting
    "stage_arrival": _("Arriving"),
    "stage_round": _("A round"),
    "stage_topic": _("Today's topic"),
    "stage_closing": _("Closing round"),
    "time_left": _("about {minutes} minutes left"),
    "time_left_one": _("about a minute left"),
    "time_over": _("coming to its end"),
    "turn_of": _("{name} has the turn, {left}."),
    "turn_yours": _("It is your turn, {left}. You may write, pass, or just be here."),
    "turn_then": _("Then {names}."),
    "turn_others_wait": _("The others read meanwhile."),
    "turn_done": _("I'm done"),
    "turn_pass": _("I'd rather pass"),
    "check_in_asked": _("The facilitators ask how everybody is. Only they see it."),
    "check_in_choose": _("Choose a number from 0 to 10."),
    "check_in_asking": _(
        "Not sent yet. Your words seem to hold {what}. The facilitators alone would see that."
    ),
    "check_in_thanks": _("Thank you. The facilitators have it."),
    # The other rooms
    "invited": _("A facilitator asks you aside for a moment."),
    "and": _("{first} and {last}"),
    "within_call_one": _("{name} is here now and sees what you write in a moment."),
    "within_call_many": _("{names} are here now and see what you write in a moment."),
    # The writing box
    "next_open": _("Everyone in the group will see this."),
    "next_held": _("A facilitator reads it first, then everyone in the group sees it."),
    "next_slow": _("Everyone in the group will see this. Each of us writes at most once in {span} just now."),
    "next_alone": _(
        "No facilitator is here just now. What you send waits for one, and nobody else sees it yet."
    ),
    "next_connecting": _("Connecting. You can write already; nothing is lost."),
    "next_paused": _("The room is paused. You can write already and send it when we go on."),
    "next_closed": _("The room is closed. Nothing can be sent now."),
    "count_left": _("{count} characters left"),
    "count_over": _("{count} characters too many"),
    # The connection
    "line_waiting": _("The connection is gone. We keep trying; what you write waits here."),
    "line_offline": _("You are offline. What you write waits here."),
    "line_connected": _("Connected again."),
    # What the room is like, said aloud when it changes
    "phase_open": _("The room is open."),
    "phase_paused": _("The room is paused."),
    "phase_early": _("The room is not open yet."),
    "phase_late": _("We are sorry: the facilitators are late. The coordinators have been told."),
    "phase_ended": _("The room is closed."),
    "phase_unattended": _("The room is closed, because no facilitator was here. You are not alone with it."),
    "phase_signed_out": _("You were signed out."),
    "phase_gone": _("You are no longer in this room."),
    # Errors of the protocol
    "error_lost": _("There is no connection just now. Please try again in a moment."),
    "error_closed": _("The room is closed. Your words are still here; nothing was sent."),
    "error_paused": _("The room is paused. Your words stay here until we go on."),
    "error_turn": _("Somebody else has the turn just now. Your words stay here until afterwards."),
    "error_arrive": _("The meeting is on. Please come in by the page of the room; your words stay here."),
    "error_muted": _("The facilitators have asked you to read for a while. Your words stay here."),
    "error_not_allowed": _("This is not possible here."),
    "error_empty": _("Please write something first."),
    "error_too_long": _("This is too long. Up to 4,000 characters fit into one message."),
    "error_invalid": _("This could not be read."),
    "error_conflict": _("This has changed in the meantime. Please write it once more."),
    "error_rate_limited": _("That was very quick. Please wait a moment."),
    "error_slow": _(
        "Each of us writes at most once in {span} just now. Yours can go out in {left}; your words stay here."
    ),
    "error_internal": _("Something went wrong on our side. Your words are still here."),
}

#: Notes for the fold of a message, chosen by one tap and changed as she likes: what it touches, never what
#: was done.
READY_NOTES = (
    _("About what happened"),
    _("About sleep and nightmares"),
    _("About the police or a court"),
    _("About harming oneself"),
)

_NOT_SENT_YET = _("Not sent yet. It seems to hold {what}. Would you like to send it as it is?")
_THIS_PARENT = _("Only this parent and the facilitators see this.")
# Where a parent is alone with facilitators it is the coordinators who hear that something is not right.
_TO_COORDINATORS = {
    "report": _("Tell the coordinators"),
    "reported": _("Thank you. The coordinators have it."),
}
#: What differs in the rooms beside the group's, by kind.
ELSEWHERE = {
    "line": {
        "next_open": _("Only the facilitators of your group see this."),
        "state_asking": _NOT_SENT_YET,
        **_TO_COORDINATORS,
    },
    "side": {
        **_TO_COORDINATORS,
        "next_open": _("Only you and the facilitators see this."),
        "next_closed": _("This talk has ended. Nothing can be sent now."),
        "phase_ended": _("This talk has ended."),
        "error_closed": _("This talk has ended. Your words are still here; nothing was sent."),
        "line_opened": _("Begun at {time}."),
        "line_closed": _("Ended at {time}."),
        "state_asking": _NOT_SENT_YET,
    },
    "team": {"next_open": _("Only the facilitators of this group see this."), "state_asking": _NOT_SENT_YET},
}

#: Under which name a page looks for the sentence of a template: "declined_names".
DECIDED = {"decline": "declined", "remove": "removed", "mute": "muted", "answer": "answered"}


def span(seconds: float) -> str:
    """A time in words: "30 seconds", "a minute", "2 minutes"."""
    whole = math.ceil(seconds)
    if whole < 60 or whole % 60:
        return str(WORDS["span_seconds"]).format(count=whole)
    minutes = whole // 60
    return str(WORDS["span_minute" if minutes == 1 else "span_minutes"]).format(count=minutes)


def together(names: Sequence[str]) -> str:
    """One or several of them as one part of a sentence: "Maija, Oskar and Pirkko"."""
    *first, last = names
    return str(WORDS["and"]).format(first=", ".join(first), last=last) if first else last


def _clock() -> str:
    """How the reader's language writes a time, for the scripts: "{hour}:{minute}"."""
    written = time_format(time(18, 3), "H:i")
    return written.replace("18", "{hour}").replace("03", "{minute}")


def words(kind: str = "group", *, facilitates: bool = False) -> dict[str, str]:
    """Every text in the reader's language, for a room of this kind."""
    reasons = {
        f"{decided}_{template}": kind_words.sentence(act, template)
        for act, decided in DECIDED.items()
        for template in kind_words.templates(act)
    }
    found = (
        reasons
        | {"clock": _clock()}
        | {key: str(text) for key, text in (WORDS | ELSEWHERE.get(kind, {})).items()}
    )
    if facilitates and kind in {"line", "side"}:
        found["next_open"] = str(_THIS_PARENT)
    return found
