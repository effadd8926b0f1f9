from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0010_told'),
    ]

    operations = [
        migrations.AddField(
            'signal',
            'source',
            models.CharField(
                choices=[('message', 'in a message'), ('check_in', 'in a check-in')],
                db_default='message',
                max_length=8,
            ),
        ),
        migrations.AlterField(
            'signal',
            'kind',
            models.CharField(
                choices=[
                    ('own_life', "thoughts of ending one's life"),
                    ('self_harm', 'hurting oneself'),
                    ('child', 'a child may be in danger of self-harm'),
                    ('danger', 'somebody threatens or is violent'),
                    ('violence', 'thoughts of hurting somebody'),
                    ('despair', 'it is too much'),
                ],
                max_length=12,
            ),
        ),
    ]
