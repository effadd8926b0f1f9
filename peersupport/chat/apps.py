from datetime import timedelta

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "peersupport.chat"

    def ready(self) -> None:
        from peersupport.accounts.signals import person_erased
        from peersupport.chat import forgetting, live, tending
        from peersupport.chat.meeting import attendance, breaks, turns, whereabouts
        from peersupport.chat.moderating import nobody_alone, not_opened, vanishing
        from peersupport.groups.signals import access_changed
        from peersupport.work.duties import sweep

        sweep("tell who is alone", do=nobody_alone.tell_members, every=timedelta(seconds=2))
        sweep("close unattended rooms", do=nobody_alone.close_unattended, every=timedelta(seconds=10))
        sweep("tell who waits for a room", do=not_opened.tell_who_waits, every=timedelta(seconds=10))
        sweep("notice who vanished", do=vanishing.look_for, every=timedelta(seconds=10))
        sweep("forget presence", do=tending.forget_presence, every=timedelta(minutes=1))
        sweep("erase ended groups", do=tending.erase_ended, every=timedelta(hours=1))
        sweep("note who is at meetings", do=attendance.note_connected, every=timedelta(seconds=20))
        sweep("note who has had no break", do=breaks.note_present, every=timedelta(seconds=20))
        sweep("forget who had a break", do=breaks.forget, every=timedelta(minutes=1))
        sweep("follow rounds", do=turns.follow_all, every=timedelta(seconds=5))
        sweep("erase whereabouts", do=whereabouts.erase_due, every=timedelta(minutes=10))
        access_changed.connect(live.check_access)
        person_erased.connect(forgetting.forget_words_of)
