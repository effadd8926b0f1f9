from datetime import timedelta

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "peersupport.groups"

    def ready(self) -> None:
        from peersupport.groups.running import follow_the_calendar
        from peersupport.work.duties import sweep

        sweep("groups.follow_the_calendar", do=follow_the_calendar, every=timedelta(minutes=5))
