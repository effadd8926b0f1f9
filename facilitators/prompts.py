"""A few words for each stage of a meeting, for facilitators alone: what to say, what to watch for.

Our own words, meant to be skipped where they do not help. A professional of the organisation should read
them before a real group is led by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from peersupport.chat.models import Room
from peersupport.groups.models import Meeting

Stage = Room.Stage

#: How long before its end a meeting is rounded off.
ROUND_OFF = timedelta(minutes=15)
#: How long the first round takes, where nobody says otherwise.
FIRST_ROUND = timedelta(minutes=20)
WORDS_MOST = 75


@dataclass(frozen=True)
class Prompts:
    """What can be said to the group, and what to look out for; at most WORDS_MOST words together."""

    say: tuple[Promise, ...]
    watch: tuple[Promise, ...]


PROMPTS: Mapping[str, Prompts] = {
    Stage.ARRIVAL: Prompts(
        say=(
            _("Good that you are here. Nobody has to write: reading along is taking part."),
            _("If somebody is in danger we have to act, and tell you first whenever we can."),
        ),
        watch=(_("Who is new, or just reads today? A greeting by name is enough."),),
    ),
    Stage.ROUND: Prompts(
        say=(_("One sentence, if you like: how do you come here today? Passing is fine."),),
        watch=(
            _("About as much room for each. Thank, and answer later."),
            _("A low number, or a name that has gone quiet? Both may be glad of the private line."),
        ),
    ),
    Stage.TOPIC: Prompts(
        say=(
            _("What has helped at home lately, even a little?"),
            _("We stay with how we are and what helps. What was done, and evidence, are for the police."),
        ),
        watch=(
            _("Blame of a parent or a child. Say it once, calmly: the person who abused is responsible."),
            _("Children react in many ways. No family here has to compare itself with another."),
        ),
    ),
    Stage.CLOSING: Prompts(
        say=(
            _("One thing to take along, and one kind thing for tonight."),
            _("If something stays with you: the private line is open, and every page leads to help."),
        ),
        watch=(_("Nothing large begins now. What is heavy goes on aside, before the room closes."),),
    ),
}


@dataclass(frozen=True)
class ForThisStage:
    """The stage a meeting is at, in a word, and its prompts."""

    name: str
    label: str
    prompts: Prompts


def for_this_stage(room: Room, meeting: Meeting | None, *, now: datetime) -> ForThisStage | None:
    """The prompts of the stage that was chosen; else of what the clock suggests. None outside a meeting."""
    name = room.stage or (by_the_clock(meeting, now=now) if meeting else "")
    return ForThisStage(name, str(Stage(name).label), PROMPTS[name]) if name else None


def by_the_clock(meeting: Meeting, *, now: datetime) -> str:
    """What a meeting is likely at, from its opening to its end; "" outside of it."""
    if not meeting.opens_at <= now < meeting.ends_at:
        return ""
    return next(stage for stage in Stage if now < until(stage, meeting, now=meeting.starts_at))


def until(stage: str, meeting: Meeting, *, now: datetime) -> datetime:
    """When a stage that begins now is about over by the plan of the meeting."""
    return {
        Stage.ARRIVAL.value: meeting.starts_at,
        Stage.ROUND.value: now + FIRST_ROUND,
        Stage.TOPIC.value: meeting.ends_at - ROUND_OFF,
        Stage.CLOSING.value: meeting.ends_at,
    }[stage]
