import django.db.models.deletion
from django.db import migrations, models

# What decides whether a member may write stands in six tables. To look all of it up again for every message is a
# tenth of what one costs; a mark that changes with any of it, in the same transaction, says when that is needed.
# At the end of the transaction, so that nobody waits for the mark who still has to take another lock.
MARKS = """
CREATE FUNCTION chat_mark_standing(marked uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO chat_standingmark (group_id, mark)
    SELECT g.id, gen_random_uuid() FROM groups_supportgroup g WHERE g.id = ANY(marked) ORDER BY g.id
    ON CONFLICT (group_id) DO UPDATE SET mark = EXCLUDED.mark;
$$;

CREATE FUNCTION chat_standing_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat_mark_standing(array(
        SELECT DISTINCT m.group_id FROM groups_membership m WHERE m.id IN (OLD.member_id, NEW.member_id)));
    RETURN NULL;
END $$;

CREATE FUNCTION chat_standing_of_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat_mark_standing(ARRAY[OLD.group_id, NEW.group_id]);
    RETURN NULL;
END $$;

CREATE FUNCTION chat_standing_of_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat_mark_standing(array(
        SELECT DISTINCT m.group_id FROM groups_membership m WHERE m.user_id = NEW.id));
    RETURN NULL;
END $$;

CREATE FUNCTION chat_standing_of_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat_mark_standing(array(
        SELECT DISTINCT m.group_id FROM groups_membership m WHERE m.user_id IN (OLD.user_id, NEW.user_id)));
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER chat_standing AFTER INSERT OR UPDATE OR DELETE ON groups_membership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chat_standing_of_membership();
CREATE CONSTRAINT TRIGGER chat_standing AFTER UPDATE OF is_active ON accounts_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active)
    EXECUTE FUNCTION chat_standing_of_user();
CREATE CONSTRAINT TRIGGER chat_standing AFTER INSERT OR UPDATE OR DELETE ON accounts_staffrole
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chat_standing_of_role();
CREATE CONSTRAINT TRIGGER chat_standing AFTER INSERT OR UPDATE OR DELETE ON chat_mute
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chat_standing_of_member();
CREATE CONSTRAINT TRIGGER chat_standing AFTER INSERT OR UPDATE OR DELETE ON chat_readfirst
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chat_standing_of_member();
CREATE CONSTRAINT TRIGGER chat_standing AFTER INSERT OR UPDATE OR DELETE ON chat_arrival
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chat_standing_of_member();

SELECT chat_mark_standing(array(SELECT id FROM groups_supportgroup));
"""
NO_MARKS = """
DROP TRIGGER chat_standing ON chat_arrival;
DROP TRIGGER chat_standing ON chat_readfirst;
DROP TRIGGER chat_standing ON chat_mute;
DROP TRIGGER chat_standing ON accounts_staffrole;
DROP TRIGGER chat_standing ON accounts_user;
DROP TRIGGER chat_standing ON groups_membership;
DROP FUNCTION chat_standing_of_role();
DROP FUNCTION chat_standing_of_user();
DROP FUNCTION chat_standing_of_membership();
DROP FUNCTION chat_standing_of_member();
DROP FUNCTION chat_mark_standing(uuid[]);
"""


class Migration(migrations.Migration):

    dependencies = [
        ("chat", "0017_reported_people"),
        ("accounts", "0004_session_went_on_from"),
        ("groups", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingMark",
            fields=[
                ("group", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", serialize=False, to="groups.supportgroup")),
                ("mark", models.UUIDField()),
            ],
        ),
        migrations.RunSQL(MARKS, NO_MARKS),
    ]
