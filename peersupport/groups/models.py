"""Programmes, groups, who belongs to them, and when they meet.

What people say about coming stands in attending_models.py.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peersupport.groups.attending_models import AttendanceNote as AttendanceNote
from peersupport.groups.attending_models import Coming as Coming
from peersupport.groups.attending_models import FreeDay as FreeDay
from peersupport.groups.attending_models import Goodbye as Goodbye
from peersupport.groups.attending_models import StandInAsked as StandInAsked
from peersupport.groups.attending_models import StandInCall as StandInCall
from peersupport.groups.neutral import holds_telling_word
from peersupport.vault.fields import SealedTextField

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

NEUTRAL_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def neutral_slug() -> str:
    """Ten characters for an address: says nothing, not even by chance, and cannot be guessed (49 bits)."""
    slug = _random_letters()
    while holds_telling_word(slug):
        slug = _random_letters()
    return slug


def _random_letters() -> str:
    return "".join(secrets.choice(NEUTRAL_ALPHABET) for _position in range(10))


class Programme(models.Model):
    """A course that can be run many times: for whom, how many, which topics in which order."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    audience = models.TextField(help_text=_("Who it is for, in plain words."))
    not_for = models.TextField(default="", help_text=_("Who it is not for, and where to go instead."))
    topics = models.JSONField(default=list, help_text=_("One title per meeting, in order."))
    topic_notes = models.JSONField(
        default=dict,
        help_text=_(
            "By topic: a sentence on what its meeting is about, and the chapter of a guide that fits."
        ),
    )
    minimum = models.PositiveSmallIntegerField(default=6)
    goes_on_from = models.PositiveSmallIntegerField(default=4)
    planned = models.PositiveSmallIntegerField(default=8)
    maximum = models.PositiveSmallIntegerField(default=10)
    minutes = models.PositiveSmallIntegerField(default=90)
    every_weeks = models.PositiveSmallIntegerField(
        default=1, help_text=_("How many weeks lie between two meetings: 1 is every week.")
    )
    follow_up_weeks = models.PositiveSmallIntegerField(
        default=12,
        help_text=_("How many weeks after the last meeting the group meets once more; 0: not at all."),
    )
    kinds = models.JSONField(
        default=list,
        blank=True,
        help_text=_("For whom it is, by what happened (online, close, outside); empty where it is for all."),
    )
    # The pack it came from last, and what that pack said, to tell what was adapted here since.
    pack_version = models.PositiveIntegerField(default=0)
    pack_digest = models.CharField(max_length=64, default="")
    # As it was when groups that go on began to follow it: nobody forms a new group by it.
    kept_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="kept")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(goes_on_from__lte=F("minimum"))
                & Q(minimum__lte=F("planned"))
                & Q(planned__lte=F("maximum"))
                & Q(maximum__lte=10),
                name="programme_sizes_in_order",
            ),
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=26), name="programme_has_a_rhythm"
            ),
        ]

    @property
    def course_id(self) -> UUID:
        """The programme of which this is one state: what wishes and training are about."""
        return self.kept_of_id or self.pk


class SupportGroup(models.Model):
    """One running of a programme."""

    class State(models.TextChoices):
        FORMING = "forming", _("forming")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")
        CANCELLED = "cancelled", pgettext_lazy("group", "cancelled")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(unique=True, default=neutral_slug, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=60, help_text=_("A neutral name, such as a tree."))
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="Europe/Helsinki")
    state = models.CharField(max_length=10, choices=State.choices, default=State.FORMING)
    starts_on = models.DateField(help_text=_("Day of the first meeting, in the group's time zone."))
    meets_at = models.TimeField(help_text=_("Local time of every meeting."))
    countries = models.JSONField(
        default=list,
        blank=True,
        help_text=_("Whose public holidays count when dates are set (codes, as fi)."),
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    # Told by its room, for pages that cannot ask it: whether it is open (or pauses), and when it last closed.
    room_open = models.BooleanField(default=False)
    room_closed_at = models.DateTimeField(null=True, blank=True)
    # Then a writer is asked before she sends an account of what happened: it could be used against the child.
    cases_open = models.BooleanField(
        default=False, help_text=_("Criminal cases of families in this group may still be open.")
    )

    if TYPE_CHECKING:
        memberships: RelatedManager[Membership]
        meetings: RelatedManager[Meeting]
        changes: RelatedManager[Change]

    class Meta:
        constraints = [
            models.CheckConstraint(
                # Retention counts from it, also where the group never met.
                condition=~Q(state__in=["ended", "cancelled"]) | Q(ended_at__isnull=False),
                name="ended_group_has_its_time",
            )
        ]


class Membership(models.Model):
    """A person in a group. Other members see the pseudonym and nothing else."""

    class Role(models.TextChoices):
        PARENT = "parent", _("parent")
        FACILITATOR = "facilitator", _("facilitator")

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        LEFT = "left", _("left")

    # Also the subject whose data key seals what this member writes.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(SupportGroup, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.PARENT)
    pseudonym = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    since = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "user"], name="no_person_twice_in_a_group"),
            models.UniqueConstraint(fields=["group", "pseudonym"], name="one_pseudonym_per_group"),
        ]

    @property
    def is_facilitator(self) -> bool:
        return self.role == self.Role.FACILITATOR


class Meeting(models.Model):
    """One dated gathering of a group."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("meeting", "planned")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "cancelled")

    class Kind(models.TextChoices):
        TOPIC = "topic", _("a meeting of the course")
        FOLLOW_UP = "follow_up", _("meeting again after the course")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="meetings")
    number = models.PositiveSmallIntegerField()
    topic = models.CharField(max_length=160)
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TOPIC)
    # Raised at every change, as RFC 5545's SEQUENCE asks.
    sequence = models.PositiveIntegerField(default=0)
    # When a facilitator has looked over who was there, and when all who led it had talked it over.
    attendance_seen_at = models.DateTimeField(null=True, blank=True)
    debriefed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["group", "starts_at"], name="meetings_of_a_group")]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="one_meeting_per_number"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
        ]

    #: How long before its start the room of a meeting can be entered.
    ARRIVAL = timedelta(minutes=15)
    #: For how long after its end a room that stands open is still this meeting's.
    RUNS_OVER = timedelta(hours=3)

    @property
    def opens_at(self) -> datetime:
        """When facilitators are expected in the room and members may arrive."""
        return self.starts_at - self.ARRIVAL

    @property
    def is_follow_up(self) -> bool:
        """Whether it is the one after the course: no topic of it, and not counted among its meetings."""
        return self.kind == self.Kind.FOLLOW_UP


class Change(models.Model):
    """That dates of a group were changed: what, by whom, why, and what is needed to take it back.

    The reason is the coordinators' own; the words are what members read.
    """

    class What(models.TextChoices):
        MOVED = "moved", pgettext_lazy("dates", "moved")
        CANCELLED = "cancelled", pgettext_lazy("dates", "cancelled")
        GROUP_CANCELLED = "group", _("the whole group cancelled")
        JOINED = "joined", _("joined by another group")

    class Words(models.TextChoices):
        SORRY = (
            "sorry",
            _(
                "We are sorry: this cannot take place as planned. It has nothing to do with you or with "
                "anybody here."
            ),
        )
        UNABLE = "unable", _("We are sorry: those who lead cannot be there at this time.")
        REST = "rest", _("This time is left free, so that everybody can rest.")
        OWN = "own", _("In our own words")
        TOGETHER = (
            "together",
            _("Two small groups have become one. Some of you are new here; everything else stays as it is."),
        )

    # Also the subject whose data key seals the reason.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="changes")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, null=True, related_name="changes")
    what = models.CharField(max_length=10, choices=What.choices)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    reason = SealedTextField(subject="id", default="")
    words = models.CharField(max_length=10, choices=Words.choices, default=Words.SORRY)
    own_words = SealedTextField(subject="id", default="")
    # Ids and states only: who was rostered, where applications stood.
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(what="cancelled", undone_at=None),
                name="one_cancellation_of_a_meeting",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(what="group", undone_at=None),
                name="one_cancellation_of_a_group",
            ),
        ]

    @property
    def said(self) -> str:
        """What members read."""
        return self.own_words if self.words == self.Words.OWN else str(self.get_words_display())


class OwnLines(models.Model):
    """What a group added to its agreement, each time it was written down; the newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(
        SupportGroup, on_delete=models.CASCADE, related_name="own_lines", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    # One on each line.
    words = SealedTextField(subject="by_id", default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="one_time_per_number"),
        ]


class Attendance(models.Model):
    """That a member was at a meeting: from when to when, and how long in between. Reading along counts."""

    pk = models.CompositePrimaryKey("meeting_id", "member_id")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances", db_index=False)
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="attendances")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    present_for = models.DurationField(default=timedelta())

    @property
    def minutes(self) -> int:
        """Whole minutes that she was there."""
        return int(self.present_for.total_seconds() // 60)


class Feed(models.Model):
    """A secret address at which a calendar program reads a member's dates. Made anew, the old one is void."""

    member = models.OneToOneField(
        Membership, on_delete=models.CASCADE, primary_key=True, related_name="calendar_feed"
    )
    # Keyed hash: the address is shown once, and nobody can read it here.
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    # The day alone: enough for her to see whether something still reads it.
    read_on = models.DateField(null=True)


class Facilitator(models.Model):
    """A trained professional: who, in which languages, qualified until when."""

    # A small whole number: the exclusion constraint below compares it as an int8range.
    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="facilitator"
    )
    display_name = models.CharField(max_length=40, help_text=_("The name parents see."))
    languages = models.JSONField(default=list)
    qualified_until = models.DateField(null=True, blank=True)
    programmes = models.ManyToManyField(
        Programme,
        blank=True,
        help_text=_("Programmes this facilitator is trained for; none named: all of them."),
    )
    groups_at_once = models.PositiveSmallIntegerField(default=3)

    if TYPE_CHECKING:
        available: RelatedManager[Availability]
        away: RelatedManager[Away]
        rostered: RelatedManager[Rostered]


class Availability(models.Model):
    """A time of every week at which a facilitator can lead, on the clocks of a zone."""

    facilitator = models.ForeignKey(Facilitator, on_delete=models.CASCADE, related_name="available")
    #: Monday is 0.
    weekday = models.PositiveSmallIntegerField()
    from_time = models.TimeField()
    until_time = models.TimeField()
    time_zone = models.CharField(max_length=64, default="Europe/Helsinki")

    class Meta:
        ordering = ["weekday", "from_time"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6) & Q(from_time__lt=F("until_time")), name="a_time_of_the_week"
            )
        ]


class Away(models.Model):
    """Days on which a facilitator leads nothing, both included. Why is nobody's business."""

    facilitator = models.ForeignKey(Facilitator, on_delete=models.CASCADE, related_name="away")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        ordering = ["first"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="away_from_first_to_last")
        ]


class Rostered(models.Model):
    """A facilitator at a meeting. The database refuses two meetings of one facilitator at the same time."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="rostered")
    facilitator = models.ForeignKey(Facilitator, on_delete=models.PROTECT, related_name="rostered")
    during = DateTimeRangeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "facilitator"], name="rostered_once_per_meeting"),
            ExclusionConstraint(
                name="no_facilitator_in_two_meetings",
                expressions=[
                    # Without btree_gist a plain id cannot stand in a GiST index; a range of one id can.
                    (
                        Func(F("facilitator_id"), F("facilitator_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]


class Task(models.Model):
    """Something a person has to see to: what, about whom, until when. It cannot be closed unread."""

    class What(models.TextChoices):
        VANISHED = "vanished", _("hard words that nobody has answered")
        VERIFY = "verify", _("make sure that somebody is who we know")
        ASKS = "asks", _("somebody who was put out asks to be heard")
        NOT_OPENED = "not_opened", _("a meeting has begun, and nobody has opened its room")
        ABSENT = "absent", _("somebody was not there twice in a row")
        FOLLOW_UP = "follow_up", pgettext_lazy("task", "something that was promised")
        STRAIN = "strain", _("somebody who leads could use a call")
        INCIDENT = "incident", _("something happened at a meeting")

    class For(models.TextChoices):
        FACILITATOR = "facilitator", _("the group's facilitators")
        COORDINATOR = "coordinator", _("the coordinators")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("I have reached this person")
        TOLD = "told", _("I have told another person who takes it on")
        NOT_REACHED = "not_reached", _("I could not reach this person")
        CERTAIN = "certain", _("It is who we know")
        DOUBTFUL = "doubtful", _("The doubt remains")
        OPENED = "opened", _("The room is open, the meeting goes on")
        CALLED_OFF = "called_off", _("The meeting does not take place")
        DONE = "done", _("It is done")
        NOT_NEEDED = "not_needed", _("It is not needed any more")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="tasks")
    about = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tasks")
    what = models.CharField(max_length=12, choices=What.choices)
    whom = models.CharField(max_length=12, choices=For.choices)
    # Which row it came from, of a higher room or a meeting, so that it is made once.
    source = models.UUIDField(null=True)
    asked = SealedTextField(subject="about_id", default="")
    # Who of the facilitators has taken it on, by user; None: whoever comes first, or the coordinators.
    owner = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    until = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default="")
    next_step = SealedTextField(subject="about_id", default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "source"], name="one_task_per_source"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False) & ~Q(outcome=""),
                name="task_not_closed_unread",
            ),
        ]
        indexes = [models.Index(fields=["group"], name="task_open", condition=Q(closed_at=None))]

    @property
    def last_day(self) -> datetime:
        """A moment of the last day on which it can be seen to: `until` is the midnight after it."""
        return self.until - timedelta(minutes=1)

    @property
    def meeting(self) -> Meeting | None:
        """The meeting it is about, where it is about one."""
        if self.what != self.What.NOT_OPENED or self.source is None:
            return None
        by_name = Rostered.objects.select_related("facilitator").order_by("facilitator__display_name")
        meetings = Meeting.objects.prefetch_related(models.Prefetch("rostered", queryset=by_name))
        return meetings.filter(pk=self.source).first()
