from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_session_ends_at")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="went_on_from",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
    ]
