from django.db import migrations

# What a page without a script noted holds for minutes (hub/unconnected.py, under the process of zeros). A sign-in
# ends in many ways, and leaving quickly is one statement that must not grow: the database does it with the session.
# On another device of hers the next page notes her again.
NO_PAGE_WITHOUT_A_SESSION = """
CREATE FUNCTION chat_forgets_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM chat_presence p USING ended e JOIN groups_membership m ON m.user_id = e.user_id
    WHERE p.member_id = m.id AND p.process = '00000000-0000-0000-0000-000000000000';
    RETURN NULL;
END $$;
CREATE TRIGGER chat_forgets_pages AFTER DELETE ON accounts_session
    REFERENCING OLD TABLE AS ended FOR EACH STATEMENT EXECUTE FUNCTION chat_forgets_pages();
"""
TAKEN_OFF = """
DROP TRIGGER chat_forgets_pages ON accounts_session;
DROP FUNCTION chat_forgets_pages();
"""


class Migration(migrations.Migration):
    dependencies = [("chat", "0013_events_guarded"), ("accounts", "0003_session_ends_at")]
    operations = [migrations.RunSQL(NO_PAGE_WITHOUT_A_SESSION, TAKEN_OFF)]
