"""What the API says of programmes, of her own groups and meetings, and of a facilitator's time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from peersupport.accounts.api import Impossible
from peersupport.groups.marking_time import WeeklyTime
from peersupport.groups.models import Availability, Away, Meeting, Membership, Programme
from peersupport.groups.time_forms import MOST_YEARS, WEEKDAYS, zones


class ProgrammeFacts(serializers.ModelSerializer[Programme]):
    """A course: public facts, as the page for parents has them."""

    meetings = serializers.SerializerMethodField(help_text="How many meetings it has.")
    topics = serializers.ListField(child=serializers.CharField(), help_text="One for each meeting, in order.")

    class Meta:
        model = Programme
        fields = (
            "slug",
            "title",
            "audience",
            "not_for",
            "meetings",
            "topics",
            "minutes",
            "every_weeks",
            "follow_up_weeks",
            "planned",
        )

    def get_meetings(self, programme: Programme) -> int:
        """As many as it has topics."""
        return len(programme.topics)


class OwnGroup(serializers.ModelSerializer[Membership]):
    """A group the reader belongs to, and as what. Nobody else of it is named."""

    group = serializers.CharField(source="group.slug", help_text="Names the group in other answers.")
    name = serializers.CharField(source="group.name")
    programme = serializers.CharField(source="group.programme.title")
    language = serializers.CharField(source="group.language")
    time_zone = serializers.CharField(source="group.time_zone")
    state = serializers.CharField(source="group.state")
    next_at = serializers.DateTimeField(
        allow_null=True, help_text="When its next meeting begins; the one that goes on counts."
    )

    class Meta:
        model = Membership
        fields = (
            "group",
            "name",
            "programme",
            "language",
            "time_zone",
            "state",
            "role",
            "pseudonym",
            "next_at",
        )


class OwnMeeting(serializers.ModelSerializer[Meeting]):
    """A meeting of a group the reader belongs to. `sequence` is raised by every change."""

    group = serializers.CharField(source="group.slug")

    class Meta:
        model = Meeting
        fields = ("id", "group", "number", "topic", "kind", "state", "starts_at", "ends_at", "sequence")


class Weekly(serializers.ModelSerializer[Availability]):
    """A time of every week at which she can lead, on the clocks of a zone. Monday is 0."""

    weekday = serializers.IntegerField(min_value=WEEKDAYS[0][0], max_value=WEEKDAYS[-1][0])
    from_time = serializers.TimeField(format="%H:%M", input_formats=["%H:%M", "%H:%M:%S"])
    until_time = serializers.TimeField(format="%H:%M", input_formats=["%H:%M", "%H:%M:%S"])
    time_zone = serializers.CharField(max_length=64, help_text="As Europe/Helsinki.")

    class Meta:
        model = Availability
        fields = ("id", "weekday", "from_time", "until_time", "time_zone")

    def when(self) -> WeeklyTime:
        """What was sent, to the minute. Raises Impossible where it ends before it begins, or in no zone."""
        sent = self.validated_data
        begins, ends = (sent[name].replace(second=0, microsecond=0) for name in ("from_time", "until_time"))
        if begins >= ends:
            raise Impossible(_("This is not after the beginning. A night needs two rows."))
        if sent["time_zone"] not in dict(zones()):
            raise Impossible(_("There is no time zone of this name."))
        return WeeklyTime(sent["weekday"], begins, ends, sent["time_zone"])


class AwayDays(serializers.ModelSerializer[Away]):
    """Days on which she leads nothing, both included. Why is not asked."""

    class Meta:
        model = Away
        fields = ("id", "first", "last")

    def days(self) -> dict[str, date]:
        """What was sent. Raises Impossible for days that are over, far ahead, or in the wrong order."""
        sent: dict[str, Any] = self.validated_data
        today = timezone.localdate()
        if sent["last"] < sent["first"]:
            raise Impossible(_("This is before the first day."))
        if sent["last"] < today - timedelta(days=1):
            raise Impossible(_("These days are over."))
        if sent["last"] > today + MOST_YEARS:
            raise Impossible(_("Name days within the next three years."))
        return sent
