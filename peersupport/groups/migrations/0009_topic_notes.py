from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("groups", "0008_hard_words_unanswered"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="topic_notes",
            field=models.JSONField(default=dict, help_text="By topic: a sentence on what its meeting is about, and the chapter of a guide that fits."),
        ),
    ]
