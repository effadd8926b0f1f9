import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL("CREATE SCHEMA IF NOT EXISTS vault", "DROP SCHEMA vault"),
        migrations.CreateModel(
            name="DataKey",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("wrapped", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": '"vault"."data_key"'},
        ),
    ]
