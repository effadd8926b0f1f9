import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('joining', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Identifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('self', 'the applicant'), ('apart', 'somebody never to meet'), ('accused', 'the person who is said to have abused'), ('with', 'somebody to be in one group with')], max_length=8)),
                ('entry', models.UUIDField()),
                ('sort', models.CharField(max_length=5)),
                ('strength', models.CharField(max_length=6)),
                ('hash', models.BinaryField(max_length=32)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='joining.application')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entry', 'hash'), name='each_form_of_a_line_once')],
            },
        ),
    ]
