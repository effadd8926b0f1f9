"""``manage.py restore DIRECTORY [--keys FILE]``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from peersupport.database.programs import CannotCopy
from peersupport.database.restoring import restore

STAYS_CLOSED = (
    "Without its keys every sealed text stays closed: what people wrote, and where they can be reached."
)


class Command(BaseCommand):
    """Puts what `backup` wrote into an empty database."""

    help = "Puts DIRECTORY/data.dump, and the keys of a file elsewhere, into a database that is empty."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument("--keys", type=Path, metavar="FILE", help="The newest keys there are.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 with words where the database stayed as it was."""
        try:
            restore(connection, directory=options["directory"], keys=options["keys"])
        except CannotCopy as reason:
            raise CommandError(f"Nothing was put back. {reason}") from reason
        self.stdout.write("The data and its keys are back." if options["keys"] else "The data is back.")
        if not options["keys"]:
            self.stdout.write(STAYS_CLOSED)
