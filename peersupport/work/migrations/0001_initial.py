from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="FailingSweep",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("tried_at", models.DateTimeField()),
                ("why", models.CharField(max_length=80)),
            ],
        ),
    ]
