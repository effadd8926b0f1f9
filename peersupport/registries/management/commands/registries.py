from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from peersupport.registries.comparing import problems


class Command(BaseCommand):
    help = "Compares the registries of columns, routes, retention and settings with the application."

    def handle(self, *args: Any, **options: Any) -> None:
        found = problems()
        for problem in found:
            self.stdout.write(problem)
        if found:
            raise CommandError(f"{len(found)} not in step with the registries.")
        self.stdout.write("registries: in step")
