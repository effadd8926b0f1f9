"""Rooms, their log, and what stands beside it: held messages, reports, mutes, ejections, presence.

What belongs to one meeting stands in course_models.py.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peersupport.chat.course_models import Arrival as Arrival
from peersupport.chat.course_models import CheckIn as CheckIn
from peersupport.chat.course_models import Shift as Shift
from peersupport.chat.course_models import StandingMark as StandingMark
from peersupport.chat.course_models import Whereabouts as Whereabouts
from peersupport.groups.models import Membership, SupportGroup
from peersupport.vault.fields import SealedTextField


class Room(models.Model):
    """Where a group or part of it talks. `head` numbers the newest event; the row is locked for the next."""

    class Kind(models.TextChoices):
        GROUP = "group", _("group room")
        SIDE = "side", _("a facilitator and one member, aside")
        LINE = "line", _("one member and the facilitators")
        TEAM = "team", _("the facilitators alone")

    class State(models.TextChoices):
        CLOSED = "closed", _("closed")
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused")

    class Mode(models.TextChoices):
        LIVE = "live", _("everything is shown at once")
        HOLD_FIRST = "hold_first", _("a member's first messages wait")
        HOLD_FLAGGED = "hold_flagged", _("messages with personal details wait")
        HOLD_ALL = "hold_all", _("every message waits")

    class Stage(models.TextChoices):
        ARRIVAL = "arrival", _("arriving")
        ROUND = "round", _("a round")
        TOPIC = "topic", _("today's topic")
        CLOSING = "closing", _("closing round")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="rooms")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.GROUP)
    # Whom a line or a side room is for.
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, related_name="rooms")
    state = models.CharField(max_length=8, choices=State.choices, default=State.CLOSED)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.LIVE)
    hold_first = models.PositiveSmallIntegerField(default=3)
    head = models.BigIntegerField(default=0)
    # Changes when the log was pruned or rebuilt: a client with another epoch starts from the beginning.
    epoch = models.UUIDField(default=uuid4)
    # Raised whenever something beside the log changes (held messages, reports), so that a poll notices.
    side_version = models.BigIntegerField(default=0)
    # When a facilitator was last seen here; writers are held when that is too long ago.
    attended_at = models.DateTimeField(null=True)
    # The course of the meeting. `round` is a rounds.Round as it stands; `pinned` a message.
    stage = models.CharField(max_length=8, choices=Stage.choices, default="", blank=True)
    stage_until = models.DateTimeField(null=True)
    round = models.JSONField(null=True)
    pinned = models.UUIDField(null=True)
    exercise = models.CharField(max_length=20, default="", blank=True)
    check_in_asked_at = models.DateTimeField(null=True)
    # Each parent may write once in so many seconds; 0: as fast as anybody likes.
    slow_seconds = models.PositiveSmallIntegerField(default=0)
    typing_shown = models.BooleanField(default=True)
    # Since when its members know that no facilitator is here.
    alone_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One room and one back-channel of a group, one line and one side room of a member.
            models.UniqueConstraint(
                fields=["group", "kind", "member"], nulls_distinct=False, name="one_room_of_its_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["line", "side"], member__isnull=False)
                | Q(kind__in=["group", "team"], member__isnull=True),
                name="room_has_the_member_it_is_for",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["line", "team"]) | Q(state="open"),
                name="line_and_team_are_always_open",
            ),
        ]

    def end_course(self) -> None:
        """The meeting is over: no stage, no round, no question is left open. What is pinned stays."""
        self.stage, self.stage_until, self.round = "", None, None
        self.exercise, self.check_in_asked_at = "", None
        self.slow_seconds = 0
        # Pages that are open hear of it.
        self.side_version += 1


class Event(models.Model):
    """One numbered line of a room's log. Text is sealed by the log itself under its writer's key."""

    class Kind(models.TextChoices):
        MESSAGE = "message"
        RETRACTED = "retracted"
        REMOVED = "removed"
        ERASED = "erased"
        OPENED = "opened"
        CLOSED = "closed"
        PAUSED = "paused"
        RESUMED = "resumed"
        # No facilitator is here, and every message waits; one is back.
        UNATTENDED = "unattended"
        ATTENDED = "attended"
        # The meeting has begun, nobody has opened the room, and coordinators were told.
        LATE = "late"
        MODE = "mode"
        SLOW = "slow"
        # One of the facilitators has gone to a side room, or has come back. Never who, nor with whom.
        ASIDE = "aside"
        BACK = "back"
        STAGE = "stage"
        PINNED = "pinned"

    pk = models.CompositePrimaryKey("room_id", "seq")
    # Both keys of a row begin with its room; an index of the room alone would only tempt the planner.
    # Triggers on the other side keep room and membership as long as events name them: see the migration.
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="events", db_index=False, db_constraint=False
    )
    seq = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    message_id = models.UUIDField(null=True)
    reply_to = models.UUIDField(null=True)
    target = models.UUIDField(null=True)
    body = models.BinaryField(null=True)
    note = models.BinaryField(null=True)
    # Keyed hash of the text: tells "same id, same text" from a conflict, also after erasure.
    body_hash = models.BinaryField(max_length=32, null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "message_id"], name="one_event_per_message_id"),
        ]


class HeldMessage(models.Model):
    """A message written and not yet released. Not in the log; its author and the facilitators see it."""

    class Decision(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RELEASED = "released", _("released")
        DECLINED = "declined", pgettext_lazy("message", "declined")
        WITHDRAWN = "withdrawn", _("taken back by its writer")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="held", db_index=False)
    message_id = models.UUIDField()
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    body = SealedTextField(subject="member_id", default="")
    note = SealedTextField(subject="member_id", default="")
    body_hash = models.BinaryField(max_length=32)
    reply_to = models.UUIDField(null=True)
    why = models.CharField(max_length=40)
    held_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.WAITING)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    # When its writer had seen the decision. Until then it is told as new, afterwards it is folded.
    told_at = models.DateTimeField(null=True)
    # A template of kind_words, or words of the facilitator's own, or both: her words then come first.
    template = models.CharField(max_length=20, default="")
    reason = SealedTextField(subject="member_id", default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "message_id"], name="one_held_per_message_id"),
        ]
        indexes = [
            models.Index(fields=["room", "held_at"], name="held_waiting", condition=Q(decision="waiting"))
        ]


class Report(models.Model):
    """A member's word that something in the room is wrong. It reaches the facilitators at once.

    An appeal is her wish that somebody else looks again at what was decided about a message of hers, or
    about her.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", _("a message")
        PERSON = "person", _("a person")
        APPEAL = "appeal", _("a decision")

    class Decision(models.TextChoices):
        OF_MESSAGE = "", _("a message was declined or removed")
        MUTE = "mute", _("to read along for a while")
        HOLD_MEMBER = "hold_member", _("messages are read first")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="reports")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.MESSAGE)
    target = models.UUIDField(help_text=_("The message, the member or the decision that is meant."))
    # What an appeal is about.
    decision = models.CharField(
        max_length=12, choices=Decision.choices, default=Decision.OF_MESSAGE, blank=True
    )
    # It is about a facilitator: neither she nor those who work beside her are told.
    coordinators_alone = models.BooleanField(default=False)
    reason = SealedTextField(subject="member_id", default="")
    reported_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    # When she had seen the answer.
    told_at = models.DateTimeField(null=True)
    # What she reads afterwards: a template of kind_words, or words.
    template = models.CharField(max_length=20, default="")
    answer = SealedTextField(subject="member_id", default="")


class Signal(models.Model):
    """Words of a member that may mean she is not well or not safe: who and when, never what she wrote.

    It sorts the facilitators' queue and tells them quietly. It blocks nothing and answers nothing by itself.
    """

    class Kind(models.TextChoices):
        OWN_LIFE = "own_life", _("thoughts of ending one's life")
        SELF_HARM = "self_harm", _("hurting oneself")
        CHILD = "child", _("a child may be in danger of self-harm")
        DANGER = "danger", _("somebody threatens or is violent")
        VIOLENCE = "violence", _("thoughts of hurting somebody")
        DESPAIR = "despair", _("it is too much")

    class Source(models.TextChoices):
        MESSAGE = "message", _("in a message")
        CHECK_IN = "check_in", _("in a check-in")

    class Level(models.TextChoices):
        WATCH = "watch", _("worth an eye")
        URGENT = "urgent", _("soon")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="signals")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    # The message, or what she said of how she is. Messages are stored by SQL that names no source.
    message_id = models.UUIDField()
    source = models.CharField(max_length=8, choices=Source.choices, db_default=Source.MESSAGE)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    level = models.CharField(max_length=8, choices=Level.choices)
    at = models.DateTimeField(default=timezone.now)
    # Since when its writer has been away: while nobody has answered; if it is urgent, until the meeting ends.
    gone_since = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "message_id"], name="one_signal_per_message_id"),
        ]
        indexes = [
            models.Index(fields=["room", "at"], name="signal_unanswered", condition=Q(answered_at=None))
        ]


class PrivateWords(models.Model):
    """What a member wants to be warned about before she sends it: a child's name, a town. One a line."""

    member = models.OneToOneField(Membership, on_delete=models.CASCADE, primary_key=True, related_name="+")
    words = SealedTextField(subject="member_id", default="")
    changed_at = models.DateTimeField(default=timezone.now)


class Mute(models.Model):
    """A member who may read and not write for a while: by whom, why, until when."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="mutes")
    by = models.UUIDField()
    template = models.CharField(max_length=20, default="")
    reason = SealedTextField(subject="member_id", default="")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    def bites(self, now: datetime) -> bool:
        """Whether it holds now."""
        return self.lifted_at is None and now < self.until


class ReadFirst(models.Model):
    """A member whose messages all wait for a facilitator, for the length of a meeting."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="read_first")
    by = models.UUIDField()
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)


class Ejection(models.Model):
    """A member put out of the group: a suspension at once, final when a second person confirms."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="ejections")
    by = models.UUIDField()
    template = models.CharField(max_length=20, default="")
    reason = SealedTextField(subject="member_id", default="")
    at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    # Why it was confirmed or lifted, where that was decided at the desk.
    word = SealedTextField(subject="member_id", default="")


class Escalation(models.Model):
    """Coordinators are told when nobody has seen to something by `due_at`. A due row of the work loop."""

    class What(models.TextChoices):
        REPORT = "report", _("a report")
        EJECTION = "ejection", _("a suspension")
        TASK = "task", _("a task")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="escalations")
    what = models.CharField(max_length=8, choices=What.choices)
    about = models.UUIDField(help_text=_("The report, ejection or task."))
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="due")
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about"], name="told_once")]
        indexes = [
            models.Index(fields=["due_at"], name="escalation_due", condition=Q(state="due")),
            models.Index(fields=["taken_at"], name="escalation_doing", condition=Q(state="doing")),
        ]


class Presence(models.Model):
    """Who is connected to a room now, through which process. Rows are refreshed every two seconds.

    Who is here without a connection is noted by hub/unconnected.py, with a `seen_at` that lies ahead.
    """

    pk = models.CompositePrimaryKey("room_id", "member_id", "process")
    # Every two seconds every row is written: no index that would have to follow.
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+", db_index=False)
    process = models.UUIDField()
    hand_up = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now)


class ReadMark(models.Model):
    """How far a member has read a room, so that another device or a reload finds the first unread line."""

    pk = models.CompositePrimaryKey("room_id", "member_id")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
