from datetime import timedelta

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "peersupport.groups"

    def ready(self) -> None:
        from peersupport.accounts.composing import writers
        from peersupport.groups.letters import WRITERS
        from peersupport.groups.notices import follow_the_dates
        from peersupport.groups.running import follow_the_calendar
        from peersupport.work.duties import sweep

        writers.update(WRITERS)
        sweep("groups.follow_the_calendar", do=follow_the_calendar, every=timedelta(minutes=5))
        sweep("groups.follow_the_dates", do=follow_the_dates, every=timedelta(minutes=5))
