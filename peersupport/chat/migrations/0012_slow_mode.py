from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0011_signal_source'),
    ]

    operations = [
        migrations.AddField(
            model_name='room',
            name='slow_seconds',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('message', 'Message'), ('retracted', 'Retracted'), ('removed', 'Removed'), ('erased', 'Erased'), ('opened', 'Opened'), ('closed', 'Closed'), ('paused', 'Paused'), ('resumed', 'Resumed'), ('unattended', 'Unattended'), ('attended', 'Attended'), ('mode', 'Mode'), ('slow', 'Slow'), ('aside', 'Aside'), ('back', 'Back'), ('stage', 'Stage'), ('pinned', 'Pinned')], max_length=12),
        ),
    ]
