from django.db import migrations, models
from django.db.models.functions import Now


def date_cancelled(apps, schema_editor):
    """From when on retention counts for groups that were cancelled before anybody noted it: from now."""
    groups = apps.get_model("groups", "SupportGroup").objects.using(schema_editor.connection.alias)
    groups.filter(state="cancelled", ended_at=None).update(ended_at=Now())


class Migration(migrations.Migration):
    dependencies = [("groups", "0001_initial")]

    operations = [
        migrations.RunPython(date_cancelled, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="supportgroup", name="ended_group_has_its_time"),
        migrations.AddConstraint(
            model_name="supportgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["ended", "cancelled"]), _negated=True),
                    ("ended_at__isnull", False),
                    _connector="OR",
                ),
                name="ended_group_has_its_time",
            ),
        ),
    ]
