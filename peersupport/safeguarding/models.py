"""What is kept when something may be wrong: concerns apart from every chat, and looks at who somebody is.

Rows name people and groups by id alone, without foreign keys: a concern outlives the membership it is about.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peersupport.vault.fields import SealedTextField

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Level(models.TextChoices):
    """How urgent something is. What each asks for stands in `levels.yaml` or the organisation's edition."""

    WATCH = "watch", _("keep an eye on it")
    TALK = "talk", _("talk aside")
    URGENT = "urgent", _("urgent: today")
    DANGER = "danger", _("immediate danger")


class Concern(models.Model):
    """Something that worried somebody of the staff: about a member, or somebody she spoke of."""

    class Outcome(models.TextChoices):
        SUPPORTED = "supported", _("the person has support now")
        PASSED_ON = "passed_on", _("an authority or another service has it")
        UNFOUNDED = "unfounded", _("it turned out to be nothing to worry about")
        NOT_REACHED = "not_reached", _("the person could not be reached")

    # Also the subject of a data key of its own: erasing what a member wrote does not erase this.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    member = models.UUIDField(db_index=True)
    group = models.UUIDField()
    # Whose account: nobody handles a concern about herself.
    person = models.UUIDField()
    # Pseudonym and group as they were then; the membership may be gone one day.
    called = SealedTextField(subject="id", default="")
    somebody_else = SealedTextField(subject="id", default="")
    country = models.CharField(max_length=2, default="")
    level = models.CharField(max_length=10, choices=Level.choices)
    raised_by = models.UUIDField(db_index=True)
    raised_at = models.DateTimeField()
    open_until = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default="")

    if TYPE_CHECKING:
        named: RelatedManager[Named]
        entries: RelatedManager[Entry]
        excerpts: RelatedManager[Excerpt]
        told: RelatedManager[Told]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(raised_by=F("person")), name="nobody_raises_a_concern_about_herself"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False),
                name="no_concern_is_closed_unread",
            ),
        ]
        indexes = [
            models.Index(fields=["open_until"], name="concerns_unopened", condition=Q(opened_at=None)),
            models.Index(fields=["closed_at"], name="concerns_by_end"),
        ]

    def is_late(self, now: datetime) -> bool:
        """Whether nobody has opened it in the time its level gives."""
        return self.opened_at is None and self.open_until <= now


class Named(models.Model):
    """A coordinator who may read a concern: who named her, when, and why."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="named", db_index=False)
    user = models.UUIDField()
    by = models.UUIDField()
    at = models.DateTimeField()
    reason = SealedTextField(subject="concern_id", default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concern", "user"], name="named_once_on_a_concern")]


class Entry(models.Model):
    """One addition to a concern, never changed: facts apart from what somebody thinks about them."""

    class Kind(models.TextChoices):
        SEEN = "seen", _("seen or heard")
        NOTE = "note", _("note")
        DECISION = "decision", _("decision")
        ANSWER = "answer", _("answer to who raised it")
        LEVEL = "level", _("another level")
        TAKEN_OVER = "taken_over", _("taken over")
        CLOSED = "closed", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.UUIDField()
    at = models.DateTimeField()
    fact = SealedTextField(subject="concern_id", default="")
    opinion = SealedTextField(subject="concern_id", default="")

    class Meta:
        ordering = ["at", "pk"]


class Excerpt(models.Model):
    """Words of a room that shall stand with a concern. They are copied only when a second person agrees."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="excerpts", db_index=False)
    room = models.UUIDField()
    message = models.UUIDField()
    words = SealedTextField(subject="concern_id", default="")
    written_at = models.DateTimeField(null=True)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    kept = models.BooleanField(default=False)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["concern", "message"], name="words_once_on_a_concern"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="words_are_kept_by_two",
            ),
        ]


class Told(models.Model):
    """Who else knows of a concern: a role or a person outside, since when, and by whom."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="told")
    whom = SealedTextField(subject="concern_id", default="")
    what = SealedTextField(subject="concern_id", default="")
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]


class Look(models.Model):
    """Somebody of the staff asks who a member is. Two agree; in immediate danger one, and all are told."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a second person")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("lapsed")
        OPEN = "open", _("open")
        OVER = "over", _("over")

    # Also the subject whose data key seals the reasons.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    member = models.UUIDField(db_index=True)
    group = models.UUIDField()
    person = models.UUIDField(db_index=True)
    reason = SealedTextField(subject="id", default="")
    in_danger = models.BooleanField(default=False)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    stands_until = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False)
    until = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField(null=True)
    # From then on the person concerned reads that it was; put off by a coordinator with a reason.
    tell_from = models.DateTimeField(null=True)
    put_off_by = models.UUIDField(null=True)
    put_off_why = SealedTextField(subject="id", default="")
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("person")) & (Q(decided_by=None) | ~Q(decided_by=F("person"))),
                name="nobody_looks_at_herself",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="a_look_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(in_danger=True) | Q(decided_by__isnull=False),
                name="no_look_without_a_second_key",
            ),
        ]

    def state(self, now: datetime) -> State:
        """How it stands at a moment."""
        if self.refused:
            return self.State.REFUSED
        if self.until is not None:
            return self.State.OPEN if now < self.until else self.State.OVER
        return self.State.WAITING if now < self.stands_until else self.State.LAPSED


class Alarm(models.Model):
    """Coordinators are to be told, when it is due: a row of the work loop."""

    class What(models.TextChoices):
        RAISED = "raised", _("a concern was raised")
        UNOPENED = "unopened", _("a concern that nobody has opened")
        ASKED = "asked", _("somebody asks who a member is")
        SHOWN = "shown", _("it was shown with one key, in danger")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    what = models.CharField(max_length=10, choices=What.choices)
    about = models.UUIDField()
    number = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="due")
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "about", "number"], name="one_alarm_of_a_kind")
        ]
        indexes = [models.Index(fields=["due_at"], name="alarm_due", condition=Q(state="due"))]


class LevelsEdition(models.Model):
    """What each level asks for, as the organisation wrote it once. The newest counts, older ones stay."""

    number = models.PositiveIntegerField(primary_key=True)
    content = models.JSONField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]


class Asked(models.Model):
    """An answer to one question of a country's list, for one concern. Later answers are rows of their own."""

    class Answer(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        UNSURE = "unsure", _("not known yet")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=40)
    answer = models.CharField(max_length=6, choices=Answer.choices)
    words = SealedTextField(subject="concern_id", default="")
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]


class Reporting(models.Model):
    """Whether an authority is told: one coordinator proposes with reasons, a second one agrees or not."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="reportings")
    report = models.BooleanField()
    reason = SealedTextField(subject="concern_id", default="")
    by = models.UUIDField()
    at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(default=False)
    second_reason = SealedTextField(subject="concern_id", default="")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("by")), name="reporting_takes_two"
            ),
            models.UniqueConstraint(
                fields=["concern"], condition=Q(decided_by=None), name="one_open_proposal_on_a_concern"
            ),
        ]
