from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from peersupport.audit.retaining import forget_old


class Command(BaseCommand):
    help = "Deletes what only the database's owner may: audit rows whose time is over. Run it once a month."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--audit", action="store_true", help="Audit rows older than PEERSUPPORT_AUDIT_DAYS."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["audit"]:
            raise CommandError("Say what: --audit")
        self.stdout.write(f"{forget_old(timezone.now())} audit rows deleted")
