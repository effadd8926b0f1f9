import django.utils.timezone
from django.db import migrations, models

# The privilege is the first lock (database.roles gives the web role no UPDATE and DELETE), this trigger
# the second: it stops the owner as well. Retention, which the owner runs, sets peersupport.audit_retention for
# its own transaction, and the trigger then lets rows be deleted, but never changed.
KEEP_THE_PAST = """
CREATE FUNCTION audit_keeps_the_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('peersupport.audit_retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit rows are never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_keeps_the_past BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_keeps_the_past();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("what", models.CharField(max_length=60)),
                ("actor", models.UUIDField(help_text="The user who acted; empty for the system itself.", null=True)),
                ("about", models.CharField(default="", help_text="Kind and id of the row acted on.", max_length=120)),
                ("facts", models.JSONField(default=dict)),
            ],
            options={"indexes": [models.Index(fields=["about", "at"], name="audit_about")]},
        ),
        migrations.RunSQL(
            KEEP_THE_PAST,
            "DROP TRIGGER audit_keeps_the_past ON audit_entry; DROP FUNCTION audit_keeps_the_past();",
        ),
    ]
