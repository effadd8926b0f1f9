from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from peersupport.demo import showing, staging


class Command(BaseCommand):
    help = "Fills the demonstration with its cast, dated as of now, and prints who can sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only the demonstration has a cast: set PEERSUPPORT_DEMO=1.")
        staging.set_up(now=timezone.now())
        self.stdout.write(showing.sign_ins())
