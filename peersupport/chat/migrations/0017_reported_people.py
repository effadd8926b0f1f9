from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0016_shifts'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='decision',
            field=models.CharField(blank=True, choices=[('', 'a message was declined or removed'), ('mute', 'to read along for a while'), ('hold_member', 'messages are read first')], default='', max_length=12),
        ),
        migrations.AddField(
            model_name='report',
            name='coordinators_alone',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='report',
            name='kind',
            field=models.CharField(choices=[('message', 'a message'), ('person', 'a person'), ('appeal', 'a decision')], default='message', max_length=8),
        ),
        migrations.AlterField(
            model_name='report',
            name='target',
            field=models.UUIDField(help_text='The message, the member or the decision that is meant.'),
        ),
    ]
