"""The way in: application, interview, placement."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peersupport.accounts.models import AskedFor, Mail, SafeContact
from peersupport.groups.models import SupportGroup
from peersupport.joining.answers import Answers
from peersupport.joining.findings import Findings
from peersupport.vault.fields import SealedTextField

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Application(models.Model):
    """What a parent told us so far, saved as she goes, found again by her return code."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being written")
        SENT = "sent", pgettext_lazy("application", "sent")
        WAITING = "waiting", _("waiting for a group")
        OFFERED = "offered", _("a place is offered")
        PLACED = "placed", _("placed")
        NOT_NOW = "not_now", _("not now")
        REFERRED = "referred", _("referred on")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # Also the subject whose data key seals the answers.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code_hash = models.BinaryField(max_length=32, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    wanted_group = models.ForeignKey(
        SupportGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="Europe/Helsinki")
    country = models.CharField(max_length=2, default="fi")
    # What she told us, as `answers.Answers` writes it.
    answers = SealedTextField(subject="id", default="")
    # Her return code, kept readable for herself while she writes; emptied once she has noted it.
    code = SealedTextField(subject="id", default="")
    # What a coordinator wrote for her to read, such as when and how to talk.
    note = SealedTextField(subject="id", default="")
    # What makes a talk urgent, ticked at reading, and what it is worth in days of waiting: `needs`.
    needs = SealedTextField(subject="id", default="")
    urgency = models.PositiveSmallIntegerField(default=0)
    # Since when she may choose a time to talk.
    invited_at = models.DateTimeField(null=True)
    contact = models.OneToOneField(
        SafeContact, on_delete=models.SET_NULL, null=True, blank=True, related_name="application"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
    )
    # Keyed hash of the address she marked as safe, to find her by it; empty where there is none.
    address_hash = models.BinaryField(max_length=32, default=b"")
    # When she was last told that she is not forgotten.
    signed_at = models.DateTimeField(null=True)
    # Wrong code words in a row, and until when none is heard.
    wrong_words = models.PositiveSmallIntegerField(default=0)
    words_locked_until = models.DateTimeField(null=True)
    consent_version = models.CharField(max_length=20, default="")
    consent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    if TYPE_CHECKING:
        interviews: RelatedManager[Interview]
        records_begun: RelatedManager[RecordBegun]
        talks: RelatedManager[TalkTime]
        placements: RelatedManager[Placement]
        identifiers: RelatedManager[Identifier]
        consents: RelatedManager[Consent]
        referrals: RelatedManager[Referral]
        ways_back: RelatedManager[WayBack]

    class Meta:
        indexes = [
            models.Index(fields=["state", "sent_at"], name="application_queue"),
            models.Index(
                fields=["address_hash"], name="application_by_address", condition=~Q(address_hash=b"")
            ),
        ]

    @property
    def told(self) -> Answers:
        """Her answers, opened."""
        return Answers.read(self.answers)

    def tell(self, **answers: Any) -> None:
        """Changes some of her answers; the caller saves."""
        self.answers = replace(self.told, **answers).written()


class Interview(models.Model):
    """The talk before a group: its outcome is a gate, and never a bare no."""

    class Outcome(models.TextChoices):
        ACCEPT = "accept", _("a group can help now")
        NOT_NOW = "not_now", _("not now, with an alternative and a date to come back")
        REFER = "refer", _("another service fits better")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="interviews")
    held_by = models.UUIDField()
    held_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    notes = SealedTextField(subject="application_id", default="")
    # What she is told: the alternative, where to go instead.
    words = SealedTextField(subject="application_id", default="")
    code_word = SealedTextField(subject="application_id", default="")
    # What was found, as `findings.Findings` writes it.
    found = SealedTextField(subject="application_id", default="")
    come_back_on = models.DateField(null=True, blank=True)
    # When she was told that this day has come.
    told_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # The last one recorded counts; earlier ones stay to be read.
        ordering = ["-recorded_at"]

    @property
    def findings(self) -> Findings:
        """What was found, opened."""
        return Findings.read(self.found)


class RecordBegun(models.Model):
    """The record of a talk before its outcome is known: what one coordinator has entered so far."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="records_begun")
    by = models.UUIDField()
    # The fields of the form as they were entered, as JSON.
    entered = SealedTextField(subject="application_id", default="")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "by"], name="one_begun_record_each"),
        ]


class TalkTime(models.Model):
    """A time that a coordinator keeps for a talk, free until an applicant chooses it."""

    class How(models.TextChoices):
        PHONE = "phone", _("by phone")
        VIDEO = "video", _("by video")
        MEET = "meet", _("in person")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Also the subject whose data key seals where the talk is.
    offered_by = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    how = models.CharField(max_length=10, choices=How.choices)
    # A number, a link or an address, as she will read it once the time is hers.
    where = SealedTextField(subject="offered_by", default="")
    # Free again by itself where the application is erased.
    application = models.ForeignKey(
        Application, on_delete=models.SET_NULL, null=True, blank=True, related_name="talks"
    )
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="talk_ends_after_it_begins"),
            models.UniqueConstraint(fields=["offered_by", "starts_at"], name="one_talk_at_a_time"),
        ]
        indexes = [models.Index(fields=["starts_at"], name="talk_times_ahead")]

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class Placement(models.Model):
    """A seat offered to an applicant. An open or accepted offer takes a seat."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("place", "offered")
        ACCEPTED = "accepted", pgettext_lazy("place", "accepted")
        DECLINED = "declined", pgettext_lazy("place", "declined")
        EXPIRED = "expired", pgettext_lazy("place", "expired")
        TAKEN_BACK = "taken_back", pgettext_lazy("place", "taken back")
        # She wanted it and did not get it, and nobody has been in touch with her yet.
        HELD = "held", _("not given: to be looked into")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="placements")
    group = models.ForeignKey(SupportGroup, on_delete=models.PROTECT, related_name="placements")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    # Keyed hash of the token in the invitation's link.
    token_hash = models.BinaryField(max_length=32, unique=True)
    offered_by = models.UUIDField()
    offered_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    # While it is open or taken: `conflicts.prints` of the matches that a coordinator looked into before.
    looked_into = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="offered"), name="one_open_offer_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["answer_by"], name="offers_that_lapse", condition=Q(state="offered"))]

    def is_open(self, now: datetime) -> bool:
        """Whether she can still answer."""
        return self.state == self.State.OFFERED and now < self.answer_by

    def end(self, state: Placement.State, *, now: datetime) -> None:
        """It is answered, over or taken back. Only with a place it counts on what was looked into before."""
        self.state, self.answered_at = state, now
        self.looked_into = self.looked_into if state == self.State.ACCEPTED else []
        self.save(update_fields=["state", "answered_at", "looked_into"])


class PlacementRun(models.Model):
    """Proposals for everybody who waits, worked out when it is due; a person decides on each.

    `locks` and `result` hold ids and numbers only, as `carrying` writes them.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField(default=timezone.now)
    # Groups that are proposed begin in the week from this day on.
    starts_on = models.DateField()
    locks = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    # Which of its proposals were carried out, by number.
    accepted = models.JSONField(default=list)
    due_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=Mail.State.choices, default=Mail.State.DUE)
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, default="")

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["due_at"], name="placement_due", condition=Q(state="due"))]

    @property
    def is_under_way(self) -> bool:
        """Whether there will be a result."""
        return self.result is None and self.state in {Mail.State.DUE, Mail.State.DOING}

    @property
    def has_failed(self) -> bool:
        """Whether it ended without proposals, and without a contradiction to name."""
        result = self.result or {}
        return not self.is_under_way and "proposals" not in result and "contradiction" not in result


class Consent(models.Model):
    """One layer she agreed to: the very text she saw, when, and whether she took it back since."""

    class Layer(models.TextChoices):
        NEEDED = "needed", _("needed to apply")
        EMERGENCY = "emergency", _("somebody to call in an emergency")
        SIGNS = "signs", _("a monthly sign of life")
        RESEARCH = "research", _("research later")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="consents")
    layer = models.CharField(max_length=10, choices=Layer.choices)
    # SHA-256 of the text as it stood on the page, in hexadecimal digits; the day is for people.
    text_hash = models.CharField(max_length=64)
    version = models.CharField(max_length=20)
    # The language it was read in: a translation of a promise is a promise of its own.
    language = models.CharField(max_length=10, default="en")
    given_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "layer"],
                condition=Q(taken_back_at__isnull=True),
                name="one_standing_consent_per_layer",
            )
        ]
        ordering = ["given_at"]


class WayBack(models.Model):
    """A way to her application that works once and for a short time: a link by mail, or a code on paper."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("a link by mail")
        PAPER = "paper", _("a code on paper")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="ways_back")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    # Keyed hash of the link's token or of the code.
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class LinkRequest(AskedFor):
    """Somebody asked for a link to her application."""

    subject: ClassVar[UUID] = UUID("0b0e5f0a-7c1d-4e64-9a3b-5d0c0f6f2b19")

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="link_due", condition=Q(state="due"))]


class Referral(models.Model):
    """A card that a professional hands over. It holds nothing of a case, and counts once a parent uses it."""

    # Also the subject whose data key seals who refers.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code_hash = models.BinaryField(max_length=32, unique=True)
    organisation = SealedTextField(subject="id", default="")
    # Where to say that the card was used, only if the parent ticks it.
    contact = models.OneToOneField(SafeContact, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, null=True, related_name="referrals"
    )
    confirmed_at = models.DateTimeField(null=True)
    may_tell = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One card, one application; and one application tells of one card.
            models.UniqueConstraint(fields=["application"], name="one_referral_per_application")
        ]


class Identifier(models.Model):
    """One form of a name, an address or a number that an application names: a keyed hash, nothing else."""

    class Kind(models.TextChoices):
        SELF = "self", _("the applicant")
        MUST_NOT_MEET = "apart", _("somebody never to meet")
        ACCUSED = "accused", _("the person who is said to have abused")
        WITH = "with", _("somebody to be in one group with")
        PLACE = "place", _("a village or a school of the family")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # One for all forms of the same line.
    entry = models.UUIDField()
    # What kind of line: name, email, phone, place; and how much this form of it counts: sure, maybe, shadow.
    sort = models.CharField(max_length=5)
    strength = models.CharField(max_length=6)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "hash"], name="each_form_of_a_line_once"),
        ]
