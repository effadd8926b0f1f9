import django.db.models.deletion
from django.db import migrations, models

# A foreign key would be checked, and the rows that it names locked, for every message by itself: a fifth of
# what the database spends on one. Whoever writes an event holds its room's lock and has read the membership
# under it, so it is enough to guard the other side: both rows stay as long as events name them.
GUARDS = """
CREATE FUNCTION chat_keeps_the_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM chat_event e WHERE e.room_id = OLD.id) THEN
        RAISE EXCEPTION 'a room with events is not deleted' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER chat_keeps_the_room BEFORE DELETE ON chat_room
    FOR EACH ROW EXECUTE FUNCTION chat_keeps_the_room();

CREATE FUNCTION chat_keeps_the_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whatever is being written at this moment is waited for; what comes afterwards finds no membership.
    PERFORM FROM chat_room r WHERE r.group_id = OLD.group_id ORDER BY r.id FOR UPDATE;
    IF EXISTS (SELECT FROM chat_room r JOIN chat_event e ON e.room_id = r.id
               WHERE r.group_id = OLD.group_id AND e.member_id = OLD.id) THEN
        RAISE EXCEPTION 'a membership with events is not deleted' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER chat_keeps_the_writer BEFORE DELETE ON groups_membership
    FOR EACH ROW EXECUTE FUNCTION chat_keeps_the_writer();
"""
NO_GUARDS = """
DROP TRIGGER chat_keeps_the_writer ON groups_membership;
DROP FUNCTION chat_keeps_the_writer();
DROP TRIGGER chat_keeps_the_room ON chat_room;
DROP FUNCTION chat_keeps_the_room();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0012_slow_mode'),
    ]

    operations = [
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.AlterField(
            model_name='event',
            name='room',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='chat.room'),
        ),
        migrations.AlterField(
            model_name='event',
            name='member',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='groups.membership'),
        ),
    ]
