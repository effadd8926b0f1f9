import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("groups", "0002_cancelled_groups_have_their_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("pk", models.CompositePrimaryKey("meeting_id", "member_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                ("present_for", models.DurationField(default=datetime.timedelta(0))),
                ("meeting", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="attendances", to="groups.meeting")),
                ("member", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="attendances", to="groups.membership")),
            ],
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["group", "starts_at"], name="meetings_of_a_group"),
        ),
    ]
