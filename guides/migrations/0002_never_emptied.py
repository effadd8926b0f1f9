from django.db import migrations

# TRUNCATE fires no row's trigger: it is refused by one of its own, also where another table's takes it along.
NEVER_EMPTIED = """
CREATE TRIGGER guides_edition_never_emptied BEFORE TRUNCATE ON guides_edition
    FOR EACH STATEMENT EXECUTE FUNCTION guides_edition_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("guides", "0001_initial")]
    operations = [migrations.RunSQL(NEVER_EMPTIED, "DROP TRIGGER guides_edition_never_emptied ON guides_edition")]
