import uuid

import django.db.models.deletion
from django.db import migrations, models

import peersupport.vault.fields


class Migration(migrations.Migration):

    dependencies = [("groups", "0012_availability")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="every_weeks",
            field=models.PositiveSmallIntegerField(default=1, help_text="How many weeks lie between two meetings: 1 is every week."),
        ),
        migrations.AddField(
            model_name="programme",
            name="follow_up_weeks",
            field=models.PositiveSmallIntegerField(default=12, help_text="How many weeks after the last meeting the group meets once more; 0: not at all."),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(condition=models.Q(("every_weeks__gte", 1), ("every_weeks__lte", 26)), name="programme_has_a_rhythm"),
        ),
        migrations.AddField(
            model_name="supportgroup",
            name="countries",
            field=models.JSONField(blank=True, default=list, help_text="Whose public holidays count when dates are set (codes, as fi)."),
        ),
        migrations.AddField(
            model_name="meeting",
            name="kind",
            field=models.CharField(choices=[("topic", "a meeting of the course"), ("follow_up", "meeting again after the course")], default="topic", max_length=10),
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("what", models.CharField(choices=[("moved", "moved"), ("cancelled", "cancelled"), ("group", "the whole group cancelled"), ("joined", "joined by another group")], max_length=10)),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField(null=True)),
                ("reason", peersupport.vault.fields.SealedTextField(default="", editable=True, subject="id")),
                ("words", models.CharField(choices=[("sorry", "We are sorry: this cannot take place as planned. It has nothing to do with you or with anybody here."), ("unable", "We are sorry: those who lead cannot be there at this time."), ("rest", "This time is left free, so that everybody can rest."), ("own", "In our own words"), ("together", "Two small groups have become one. Some of you are new here; everything else stays as it is.")], default="sorry", max_length=10)),
                ("own_words", peersupport.vault.fields.SealedTextField(default="", editable=True, subject="id")),
                ("before", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(null=True)),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="groups.supportgroup")),
                ("meeting", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="groups.meeting")),
            ],
            options={"ordering": ["-at"]},
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.UniqueConstraint(condition=models.Q(("undone_at", None), ("what", "cancelled")), fields=("meeting",), name="one_cancellation_of_a_meeting"),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.UniqueConstraint(condition=models.Q(("undone_at", None), ("what", "group")), fields=("group",), name="one_cancellation_of_a_group"),
        ),
    ]
