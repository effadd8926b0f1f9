import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("groups", "0011_rooms_not_opened")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="kinds",
            field=models.JSONField(blank=True, default=list, help_text="For whom it is, by what happened (online, close, outside); empty where it is for all."),
        ),
        migrations.AddField(
            model_name="facilitator",
            name="programmes",
            field=models.ManyToManyField(blank=True, help_text="Which she is trained for; none named: all of them.", to="groups.programme"),
        ),
        migrations.CreateModel(
            name="Availability",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.PositiveSmallIntegerField()),
                ("from_time", models.TimeField()),
                ("until_time", models.TimeField()),
                ("time_zone", models.CharField(default="Europe/Helsinki", max_length=64)),
                ("facilitator", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="available", to="groups.facilitator")),
            ],
            options={"ordering": ["weekday", "from_time"]},
        ),
        migrations.CreateModel(
            name="Away",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("facilitator", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="away", to="groups.facilitator")),
            ],
            options={"ordering": ["first"]},
        ),
        migrations.AddConstraint(
            model_name="availability",
            constraint=models.CheckConstraint(condition=models.Q(("weekday__lte", 6), ("from_time__lt", models.F("until_time"))), name="a_time_of_the_week"),
        ),
        migrations.AddConstraint(
            model_name="away",
            constraint=models.CheckConstraint(condition=models.Q(("first__lte", models.F("last"))), name="away_from_first_to_last"),
        ),
    ]
