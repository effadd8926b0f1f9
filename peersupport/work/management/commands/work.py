from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from peersupport.work.loop import Worker
from peersupport.work.status import status


class Command(BaseCommand):
    help = "Does what is due: mails, retention. The server does it too; run this apart if you like."

    def add_arguments(self, parser: CommandParser) -> None:
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--once", action="store_true", help="One pass, then stop.")
        instead.add_argument(
            "--status", action="store_true", help="Say how it stands, do nothing; ends with 1 on an alarm."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["status"]:
            self._say_status()
            return
        worker = Worker()
        if options["once"]:
            self.stdout.write(f"{worker.pass_once()} done")
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_caught: worker.stop())
        worker.run()

    def _say_status(self) -> None:
        lines = list(status(timezone.now()))
        for line in lines:
            self.stdout.write(f"{'ALARM  ' if line.alarm else 'ok     '}{line.words}")
        if any(line.alarm for line in lines):
            raise CommandError("Somebody has to look.")
