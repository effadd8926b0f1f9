import uuid

import django.db.models.deletion
import peersupport.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_sessions_and_limits'),
        ('joining', '0003_interview_slots'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='address_hash',
            field=models.BinaryField(default=b'', max_length=32),
        ),
        migrations.AddField(
            model_name='application',
            name='signed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='application',
            name='words_locked_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='application',
            name='wrong_words',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('address_hash', b''), _negated=True), fields=['address_hash'], name='application_by_address'),
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('layer', models.CharField(choices=[('needed', 'needed to apply'), ('emergency', 'somebody to call in an emergency'), ('signs', 'a monthly sign of life'), ('research', 'research later')], max_length=10)),
                ('text_hash', models.CharField(max_length=64)),
                ('version', models.CharField(max_length=20)),
                ('given_at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='joining.application')),
            ],
            options={
                'ordering': ['given_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('taken_back_at__isnull', True)), fields=('application', 'layer'), name='one_standing_consent_per_layer')],
            },
        ),
        migrations.CreateModel(
            name='LinkRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('address', peersupport.vault.fields.SealedTextField(editable=True, subject='subject')),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('due', 'due'), ('doing', 'being sent'), ('done', 'sent'), ('failed', 'failed'), ('flagged', 'unclear: may have been sent'), ('skipped', 'not sent')], default='due', max_length=10)),
                ('taken_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('why', models.CharField(default='', max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['due_at'], name='link_due')],
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code_hash', models.BinaryField(max_length=32, unique=True)),
                ('organisation', peersupport.vault.fields.SealedTextField(default='', editable=True, subject='id')),
                ('made_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('may_tell', models.BooleanField(default=False)),
                ('told_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='referrals', to='joining.application')),
                ('contact', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.safecontact')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application',), name='one_referral_per_application')],
            },
        ),
        migrations.CreateModel(
            name='WayBack',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('mail', 'a link by mail'), ('paper', 'a code on paper')], max_length=5)),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('made_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ways_back', to='joining.application')),
            ],
        ),
    ]
