from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sessions_and_limits")]

    operations = [
        # When those began is not known: everybody signs in once more.
        migrations.RunSQL("DELETE FROM accounts_session", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="session", name="ends_at", field=models.DateTimeField(null=True)
        ),
    ]
