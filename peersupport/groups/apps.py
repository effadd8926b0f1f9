from datetime import timedelta

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "peersupport.groups"

    def ready(self) -> None:
        from peersupport.accounts.composing import writers
        from peersupport.accounts.signals import person_erased
        from peersupport.groups import absences, feeds, free_days, leaving, standing_in
        from peersupport.groups.letters import WRITERS
        from peersupport.groups.notices import follow_the_dates
        from peersupport.groups.running import follow_the_calendar
        from peersupport.work.duties import sweep

        writers.update(WRITERS)
        person_erased.connect(feeds.forget)
        person_erased.connect(leaving.forget)
        person_erased.connect(free_days.forget)
        sweep("groups.absences", do=absences.notice, every=timedelta(minutes=10))
        sweep("groups.stand_ins", do=standing_in.follow, every=timedelta(minutes=1))
        sweep("groups.free_days", do=free_days.forget_old, every=timedelta(hours=1))
        sweep("groups.follow_the_calendar", do=follow_the_calendar, every=timedelta(minutes=5))
        sweep("groups.follow_the_dates", do=follow_the_dates, every=timedelta(minutes=5))
