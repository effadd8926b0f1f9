import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("joining", "0004_consents")]

    operations = [
        migrations.CreateModel(
            name="PlacementRun",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("starts_on", models.DateField()),
                ("locks", models.JSONField(default=dict)),
                ("result", models.JSONField(null=True)),
                ("accepted", models.JSONField(default=list)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "due"),
                            ("doing", "being sent"),
                            ("done", "sent"),
                            ("failed", "failed"),
                            ("flagged", "unclear: may have been sent"),
                            ("skipped", "not sent"),
                        ],
                        default="due",
                        max_length=10,
                    ),
                ),
                ("taken_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("why", models.CharField(default="", max_length=200)),
            ],
            options={
                "ordering": ["-asked_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "due")), fields=["due_at"], name="placement_due"
                    )
                ],
            },
        ),
    ]
