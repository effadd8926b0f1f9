
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0006_cases_open'),
    ]

    operations = [
        migrations.AlterField(
            model_name='task',
            name='outcome',
            field=models.CharField(choices=[('reached', 'I have reached this person'), ('told', 'I have told another person who takes it on'), ('not_reached', 'I could not reach this person'), ('certain', 'It is who we know'), ('doubtful', 'The doubt remains')], default='', max_length=12),
        ),
    ]
