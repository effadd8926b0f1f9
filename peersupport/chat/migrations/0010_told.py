from django.db import migrations, models
from django.db.models import F


def those_of_before_were_seen(apps, schema_editor):
    """They were told for a day each: nobody reads them as new now."""
    held = apps.get_model('chat', 'HeldMessage').objects.filter(decision='declined')
    held.update(told_at=F('decided_at'))
    apps.get_model('chat', 'Report').objects.exclude(answered_at=None).update(told_at=F('answered_at'))


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0009_private_words'),
    ]

    operations = [
        migrations.AddField('heldmessage', 'told_at', models.DateTimeField(null=True)),
        migrations.AddField('report', 'told_at', models.DateTimeField(null=True)),
        migrations.RunPython(those_of_before_were_seen, migrations.RunPython.noop),
    ]
