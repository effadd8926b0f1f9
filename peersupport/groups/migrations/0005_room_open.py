from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("groups", "0004_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="supportgroup",
            name="room_open",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="supportgroup",
            name="room_closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
