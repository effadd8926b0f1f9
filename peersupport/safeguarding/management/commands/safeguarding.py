"""``manage.py safeguarding check``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guides.front_matter import ContentError
from peersupport.safeguarding import countries, levels


class Command(BaseCommand):
    """Whether the levels and the countries' packs can be read."""

    help = "Say what is wrong in the levels or in a country's questions, with file and line."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", choices=["check"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 where all can be read; 1 and every problem where not."""
        found = [*countries.problems()]
        try:
            levels.read(levels.SHIPPED.read_text(encoding="utf-8"), levels.SHIPPED.name)
        except ContentError as error:
            found += error.problems
        if found:
            raise CommandError("\n".join([*map(str, found), f"{len(found)} to put right"]))
        packs = sum(len(list(directory.glob("*.yaml"))) for directory in countries.directories())
        self.stdout.write(f"levels and {packs} countries: nothing to put right")
