"""People who can sign in, the roles of staff, how it is safe to reach someone, and what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peersupport.vault.fields import SealedTextField

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this sign-in name. Raises User.DoesNotExist."""
        return self.get(sign_in_name=(username or "").lower())

    def create_user(
        self,
        *,
        email: str | None = None,
        sign_in_name: str | None = None,
        password: str | None = None,
        **fields: Any,
    ) -> User:
        """A new person; an e-mail address or a sign-in name is required, both are kept in lower case."""
        user = self.model(
            email=email.lower() if email else None,
            sign_in_name=sign_in_name.lower() if sign_in_name else None,
            **fields,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who can sign in, with an e-mail address, a sign-in name, or both."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    sign_in_name = models.CharField(_("sign-in name"), max_length=60, unique=True, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="Europe/Helsinki")
    country = models.CharField(max_length=2, default="fi")
    # Raised whenever what this person may do changes: open sockets compare it every two seconds.
    access_version = models.PositiveIntegerField(default=1)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    if TYPE_CHECKING:
        staff_roles: RelatedManager[StaffRole]
        safe_contact: SafeContact
        sessions: RelatedManager[Session]

    USERNAME_FIELD = "sign_in_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(sign_in_name__isnull=False),
                name="user_has_a_way_to_sign_in",
            )
        ]

    def __str__(self) -> str:
        """The id alone: this may end in a log."""
        return f"user {self.pk}"

    @property
    def login(self) -> str:
        """What this person signs in with, for her own eyes: the address if there is one, else the name."""
        return self.email or self.sign_in_name or ""

    @property
    def roles(self) -> frozenset[str]:
        """The staff roles this person holds now; read once per instance."""
        if not hasattr(self, "_roles"):
            self._roles = frozenset(self.staff_roles.values_list("role", flat=True))
        return self._roles

    @property
    def is_staff(self) -> bool:
        """Whether a second factor is required: anyone with a staff role."""
        return bool(self.roles)

    def speak(self, language: str) -> None:
        """Have pages and mails in a language from now on."""
        self.language = language
        self.save(update_fields=["language"])

    def set_password(self, raw_password: str | None) -> None:
        """Takes a new password; what was open under the old one is to be asked again."""
        super().set_password(raw_password)
        self.access_version += 1

    def has_perm(self, permission: str, about: object | None = None) -> bool:
        """Django's question, answered from the staff roles."""
        from peersupport.accounts.roles import allows

        return self.is_active and allows(self.roles, permission)


class StaffRole(models.Model):
    """A role given to a member of staff, by whom and when. Taking it away deletes the row and is audited."""

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator")
        FACILITATOR = "facilitator", _("facilitator")
        EDITOR = "editor", _("editor")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="one_row_per_role")]


class SafeContact(models.Model):
    """How one person may be reached, if at all. Belongs to an application first, then to the user."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Whose data key seals the address: the application's or the user's id.
    subject = models.UUIDField()
    user = models.OneToOneField(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="safe_contact"
    )
    # No mail goes out without it, nor to an address other than the one that stands here when it is sent.
    email_is_safe = models.BooleanField(default=False)
    address = SealedTextField(subject="subject", default="")
    # Local hours in which a mail may arrive; both empty: any hour.
    from_hour = models.PositiveSmallIntegerField(null=True, blank=True)
    until_hour = models.PositiveSmallIntegerField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="Europe/Helsinki")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_hour__isnull=True, until_hour__isnull=True)
                | Q(from_hour__lte=23, until_hour__lte=24),
                name="contact_hours_are_hours",
            )
        ]


class Mail(models.Model):
    """One mail: when it is due, what became of it. Address and words are sealed."""

    class State(models.TextChoices):
        DUE = "due", _("due")
        DOING = "doing", _("being sent")
        DONE = "done", pgettext_lazy("mail", "sent")
        FAILED = "failed", _("failed")
        FLAGGED = "flagged", _("unclear: may have been sent")
        SKIPPED = "skipped", _("not sent")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # The consent it rests on, asked again when it is sent. Gone with its person: then nothing is sent.
    contact = models.ForeignKey(SafeContact, on_delete=models.SET_NULL, null=True, related_name="mails")
    subject = models.UUIDField()
    template = models.CharField(max_length=60)
    address = SealedTextField(subject="subject")
    title = models.CharField(max_length=120)
    body = SealedTextField(subject="subject")
    # Of a mail whose words are written when it is due: whose place it is about, and which date or group.
    member = models.UUIDField(null=True)
    about = models.UUIDField(null=True)
    # Raised where there is a further one of the same kind, such as after a date has changed once more.
    edition = models.PositiveIntegerField(default=0)
    # From then on it would come too late, and is not sent.
    wanted_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="mail_due", condition=Q(state="due")),
            models.Index(fields=["taken_at"], name="mail_doing", condition=Q(state="doing")),
            models.Index(fields=["about"], name="mail_about", condition=Q(about__isnull=False)),
        ]
        constraints = [
            # However often something is planned, and by however many workers, it is one mail.
            models.UniqueConstraint(
                fields=["member", "about", "template", "edition"],
                name="mail_planned_once",
                condition=Q(member__isnull=False),
            )
        ]


class MailSwitch(models.Model):
    """Mails of one kind that a person has switched off, and when. Switching them on deletes the row."""

    class Kind(models.TextChoices):
        REMINDERS = "reminders", _("Reminders, a day and an hour before")
        CHANGES = "changes", _("Dates that change or do not take place")
        AFTERWARDS = "afterwards", _("A note after a date you could not come to, and at the end")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mail_switches", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    off_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_switch_per_kind")]


class AskedFor(models.Model):
    """Somebody asked for a mail to an address. Known and unknown ones cost the page the same: one row; the
    work loop finds out later whether anyone is to be written to.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    address = SealedTextField(subject="subject")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Mail.State.choices, default=Mail.State.DUE)
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, default="")

    #: Nobody's own key: whose address it is must not be known yet. One for each kind.
    subject: ClassVar[UUID]

    class Meta:
        abstract = True


class ResetRequest(AskedFor):
    """Somebody asked for a new password."""

    subject: ClassVar[UUID] = UUID("6d6f9d1e-6c0f-4c43-9f0e-3f5b2f0c7a51")

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="reset_due", condition=Q(state="due"))]


class Session(models.Model):
    """One browser. Its key and its data are of no use to a reader of the database: see `sessions`."""

    #: SHA-256 of the cookie, as 64 hexadecimal digits.
    session_key = models.CharField(max_length=64, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    #: The end of a sign-in, whatever is done meanwhile; `expire_date` never lies after it.
    ends_at = models.DateTimeField(null=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    #: The key it had before: with a new password the browser that set it is given another one, and what it
    #: has open under the old key comes back instead of being signed out.
    went_on_from = models.CharField(max_length=64, db_default="", blank=True)


class ApiToken(models.Model):
    """What another organisation's program shows to the API: what it may read, and until when."""

    class Scope(models.TextChoices):
        FACTS = "facts", _("Courses and coming groups, as anybody may read them, more often")
        PACKS = "packs", _("Whole courses as packs, to take over")
        QUEUE = "queue", _("How applications stand: no name, and nothing that somebody wrote")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    #: The organisation, never a person.
    partner = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    # Keyed hash: the token is shown once, and nobody can read it here.
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    # The day alone: enough to see whether something still uses it.
    used_on = models.DateField(null=True)

    class Meta:
        ordering = ["-made_at"]


class ShortMemory(models.Model):
    """What all processes must remember for some minutes: how often somebody tried, which codes were used."""

    #: Keyed hash of what is remembered: it may name an address of the network.
    key = models.BinaryField(max_length=32, primary_key=True)
    value = models.JSONField()
    until = models.DateTimeField(db_index=True)


def subject_of(user: User) -> UUID:
    """The id whose data key seals what belongs to this person."""
    return user.id
