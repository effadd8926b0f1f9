from datetime import timedelta

from django.apps import AppConfig


class SafeguardingConfig(AppConfig):
    name = "peersupport.safeguarding"

    def ready(self) -> None:
        from peersupport.safeguarding import alarming, retaining
        from peersupport.safeguarding.models import Alarm
        from peersupport.work.duties import duty, sweep

        duty("safeguarding", model=Alarm, do=alarming.tell)
        sweep("safeguarding.old", do=retaining.forget_old, every=timedelta(hours=6))
