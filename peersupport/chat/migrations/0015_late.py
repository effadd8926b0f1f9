from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0014_pages_end_with_the_sign_in'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('message', 'Message'), ('retracted', 'Retracted'), ('removed', 'Removed'), ('erased', 'Erased'), ('opened', 'Opened'), ('closed', 'Closed'), ('paused', 'Paused'), ('resumed', 'Resumed'), ('unattended', 'Unattended'), ('attended', 'Attended'), ('late', 'Late'), ('mode', 'Mode'), ('slow', 'Slow'), ('aside', 'Aside'), ('back', 'Back'), ('stage', 'Stage'), ('pinned', 'Pinned')], max_length=12),
        ),
    ]
