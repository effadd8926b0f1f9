"""What belongs to one meeting: who arrived and how, where she is meanwhile, how she says she is.

And how long who leads it has been there.
"""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone

from peersupport.groups.models import Meeting, Membership, SupportGroup
from peersupport.vault.fields import SealedTextField


class Arrival(models.Model):
    """A parent came in for a meeting: she agreed to this version of the agreement.

    Once for each meeting, whatever device she comes back with.
    """

    pk = models.CompositePrimaryKey("meeting_id", "member_id")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="arrivals", db_index=False)
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="arrivals")
    at = models.DateTimeField(default=timezone.now)
    agreement = models.CharField(max_length=20)
    # "I'm just reading today": shown beside her name, and as good as taking part.
    quiet = models.BooleanField(default=False)


class StandingMark(models.Model):
    """Changes, by triggers of the database, with whatever decides how members of a group stand in its room.

    Memberships, staff roles, whether an account is open, mutes, who is read first, arrivals.
    """

    group = models.OneToOneField(SupportGroup, on_delete=models.CASCADE, primary_key=True, related_name="+")
    mark = models.UUIDField()


class Whereabouts(models.Model):
    """Where a parent is during a meeting and whom to call if we are worried, as she allowed us to know."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    member = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="whereabouts")
    place = SealedTextField(subject="member_id", default="")
    call = SealedTextField(subject="member_id", default="")
    noted_at = models.DateTimeField(default=timezone.now)
    # She wants to find it again at the next meeting, and allowed us to keep it until then.
    kept = models.BooleanField(default=False)
    erase_at = models.DateTimeField(db_index=True)


LOW, MIDDLE = 2, 5


class CheckIn(models.Model):
    """How a member says she is, 0 to 10, in her own words if she likes. For the facilitators alone."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    room = models.ForeignKey("chat.Room", on_delete=models.CASCADE, related_name="check_ins", db_index=False)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    value = SealedTextField(subject="member_id", default="")
    note = SealedTextField(subject="member_id", default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["room", "at"], name="check_ins_of_an_evening")]

    @property
    def low(self) -> bool:
        """Whether a facilitator should look at it soon."""
        return int(self.value or MIDDLE) <= LOW


class Shift(models.Model):
    """Since when a facilitator has been in rooms, of whichever groups, without a break worth the name."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
