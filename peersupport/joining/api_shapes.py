"""What the API says of coming groups, and of applications to whoever works on them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from peersupport.joining.coming import Coming
from peersupport.joining.models import Application


class ComingGroup(serializers.Serializer[Coming]):
    """One coming group: nothing but what the public page says."""

    title = serializers.CharField(source="group.programme.title")
    audience = serializers.CharField(source="group.programme.audience")
    not_for = serializers.CharField(source="group.programme.not_for")
    language = serializers.CharField(source="group.language")
    time_zone = serializers.CharField(source="group.time_zone")
    starts_at = serializers.DateTimeField(source="first.starts_at")
    meetings = serializers.SerializerMethodField()
    minutes = serializers.IntegerField(source="group.programme.minutes")
    places = serializers.ChoiceField(choices=["yes", "few", "none"])

    def get_meetings(self, one: Coming) -> int:
        """How many meetings the group has in all."""
        return len(one.meetings)


class PackFile(serializers.Serializer[Any]):
    """A programme as another organisation takes it over."""

    slug = serializers.CharField()
    version = serializers.IntegerField()
    file = serializers.CharField(help_text="YAML, as the desk takes it.")


_STANDING = (
    "id",
    "state",
    "language",
    "country",
    "time_zone",
    "wanted_group",
    "sent_at",
    "changed_at",
    "invited_at",
    "days",
)


class Standing(serializers.ModelSerializer[Application]):
    """How an application stands. No name, no address, and nothing that was written."""

    wanted_group = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True, allow_null=True)
    days = serializers.SerializerMethodField(help_text="For how many days it has waited.")

    class Meta:
        model = Application
        fields: tuple[str, ...] = _STANDING

    def get_days(self, application: Application) -> int:
        """Whole days since it was sent."""
        sent = application.sent_at
        return max(0, (timezone.now() - sent).days) if sent else 0


class Told(Standing):
    """An application as a coordinator reads it."""

    called = serializers.CharField(source="told.called", help_text="What to call this parent.")
    times = serializers.SerializerMethodField(help_text="Such as tue-evening.")
    happened = serializers.CharField(source="told.happened")
    in_words = serializers.CharField(source="told.in_words")
    note = serializers.CharField(help_text="What was left for this parent to read.")

    class Meta(Standing.Meta):
        fields = (*_STANDING, "called", "times", "happened", "in_words", "note")

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_times(self, application: Application) -> list[str]:
        """Times of the week that suit."""
        return list(application.told.times)
