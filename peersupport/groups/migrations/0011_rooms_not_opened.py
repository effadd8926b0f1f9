from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0010_own_lines'),
    ]

    operations = [
        migrations.AlterField(
            model_name='task',
            name='outcome',
            field=models.CharField(choices=[('reached', 'I have reached this person'), ('told', 'I have told another person who takes it on'), ('not_reached', 'I could not reach this person'), ('certain', 'It is who we know'), ('doubtful', 'The doubt remains'), ('opened', 'The room is open, the meeting goes on'), ('called_off', 'The meeting does not take place')], default='', max_length=12),
        ),
        migrations.AlterField(
            model_name='task',
            name='what',
            field=models.CharField(choices=[('vanished', 'hard words that nobody has answered'), ('verify', 'make sure that somebody is who we know'), ('asks', 'somebody who was put out asks to be heard'), ('not_opened', 'a meeting has begun, and nobody has opened its room')], max_length=12),
        ),
    ]
