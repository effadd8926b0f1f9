from datetime import timedelta

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "peersupport.groups"

    def ready(self) -> None:
        from peersupport.accounts.composing import writers
        from peersupport.accounts.signals import person_erased
        from peersupport.groups import feeds
        from peersupport.groups.letters import WRITERS
        from peersupport.groups.notices import follow_the_dates
        from peersupport.groups.running import follow_the_calendar
        from peersupport.work.duties import sweep

        writers.update(WRITERS)
        person_erased.connect(feeds.forget)
        sweep("groups.follow_the_calendar", do=follow_the_calendar, every=timedelta(minutes=5))
        sweep("groups.follow_the_dates", do=follow_the_dates, every=timedelta(minutes=5))
