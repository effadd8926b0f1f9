"""``manage.py helplines due | check``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from guides.helpline_file import entries, problems, where
from guides.rounds import due


class Command(BaseCommand):
    """The organisation's round of checks, and whether the file can be read."""

    help = "Say which helplines are to be verified now, or what is wrong with their file."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", choices=["due", "check"])
        parser.add_argument("--country", default="", help="due: this country alone, such as fi")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0, also where lines are due; 1 where the file is not right."""
        if found := list(problems(timezone.localdate())):
            raise CommandError("\n".join([*found, f"{len(found)} to put right in {where()}"]))
        if options["task"] == "check":
            lines = sum(map(len, entries().values()))
            self.stdout.write(f"{lines} lines of {len(entries())} countries: nothing to put right")
        else:
            self.tell_due(options["country"].lower())

    def tell_due(self, country: str) -> None:
        """Each line that is due, under how long ago it was verified."""
        found = due(timezone.localdate(), country)
        for words, lines in found:
            self.stdout.write(f"{words}: {len(lines)}")
            for one in lines:
                since = f", {one.verified}" if one.verified else ""
                hidden = ", not shown" if one.hidden else ""
                self.stdout.write(f"  {one.country} {one.number:>2}  {one.name}{since}{hidden}")
        if found:
            self.stdout.write(f"After each check write the day as verified_by_ngo in {where()}")
        else:
            self.stdout.write("Nothing is due.")
