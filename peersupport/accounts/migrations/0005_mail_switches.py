import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_session_went_on_from'),
    ]

    operations = [
        migrations.AddField(
            model_name='mail',
            name='about',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='mail',
            name='edition',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='mail',
            name='member',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='mail',
            name='wanted_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('about__isnull', False)), fields=['about'], name='mail_about'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.UniqueConstraint(condition=models.Q(('member__isnull', False)), fields=('member', 'about', 'template', 'edition'), name='mail_planned_once'),
        ),
        migrations.CreateModel(
            name='MailSwitch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reminders', 'Reminders, a day and an hour before'), ('changes', 'Dates that change or do not take place'), ('afterwards', 'A note after a date you could not come to, and at the end')], max_length=10)),
                ('off_at', models.DateTimeField()),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mail_switches', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='one_switch_per_kind')],
            },
        ),
    ]
