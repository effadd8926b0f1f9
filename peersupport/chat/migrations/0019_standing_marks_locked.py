from django.db import migrations

# Somebody whose role is taken (or whose account is closed) may be joining a group in another transaction, which the
# look for her groups does not see yet. Her row locked first, either comes after the other: who joins locks it too,
# for the foreign key, and until its end.
LOCKED = """
CREATE OR REPLACE FUNCTION chat_standing_of_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts_user u WHERE u.id = NEW.id FOR UPDATE;
    PERFORM chat_mark_standing(array(
        SELECT DISTINCT m.group_id FROM groups_membership m WHERE m.user_id = NEW.id));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION chat_standing_of_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts_user u WHERE u.id IN (OLD.user_id, NEW.user_id) ORDER BY u.id FOR UPDATE;
    PERFORM chat_mark_standing(array(
        SELECT DISTINCT m.group_id FROM groups_membership m WHERE m.user_id IN (OLD.user_id, NEW.user_id)));
    RETURN NULL;
END $$;
"""
NOT_LOCKED = """
CREATE OR REPLACE FUNCTION chat_standing_of_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat_mark_standing(array(
        SELECT DISTINCT m.group_id FROM groups_membership m WHERE m.user_id = NEW.id));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION chat_standing_of_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat_mark_standing(array(
        SELECT DISTINCT m.group_id FROM groups_membership m WHERE m.user_id IN (OLD.user_id, NEW.user_id)));
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [("chat", "0018_standing_marks")]

    operations = [migrations.RunSQL(LOCKED, NOT_LOCKED)]
