from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from peersupport.work.loop import Worker


class Command(BaseCommand):
    help = "Does what is due: mails, retention. The server does it too; run this apart if you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="One pass, then stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker()
        if options["once"]:
            self.stdout.write(f"{worker.pass_once()} done")
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_caught: worker.stop())
        worker.run()
