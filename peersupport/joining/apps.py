from datetime import timedelta

from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "peersupport.joining"

    def ready(self) -> None:
        from peersupport.accounts import known as known_elsewhere
        from peersupport.accounts.signals import person_erased
        from peersupport.chat.models import Escalation
        from peersupport.joining import (
            alarm,
            answering,
            coming_back,
            erasing,
            known,
            offering,
            proposing,
            referring,
            returning,
            signs,
            talking,
        )
        from peersupport.joining.models import LinkRequest, PlacementRun
        from peersupport.work.duties import duty, sweep

        sweep("joining.offers", do=answering.lapse, every=timedelta(minutes=1))
        sweep("joining.applications", do=erasing.forget_old, every=timedelta(hours=1))
        sweep("joining.signs", do=signs.send, every=timedelta(hours=1))
        sweep("joining.ways_back", do=returning.forget_old, every=timedelta(hours=1))
        sweep("joining.cards", do=referring.forget_old, every=timedelta(hours=1))
        duty("return link", model=LinkRequest, do=returning.answer)
        duty("escalation", model=Escalation, do=alarm.tell)
        person_erased.connect(erasing.erase_of_person)
        known_elsewhere.tellers["joining"] = known.known_of
        duty("placement", model=PlacementRun, do=proposing.work_out)
        sweep("joining.placement", do=proposing.forget_old, every=timedelta(hours=1))
        person_erased.connect(offering.call_off_of_person)
        sweep("joining.talks", do=talking.forget_old, every=timedelta(hours=1))
        sweep("joining.days", do=coming_back.tell_who_is_due, every=timedelta(hours=1))
        sweep("joining.codes", do=erasing.forget_codes, every=timedelta(hours=1))
        sweep("joining.identifiers", do=erasing.forget_identifiers, every=timedelta(hours=1))
