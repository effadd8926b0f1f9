"""``manage.py backup DIRECTORY [--keys FILE]``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from peersupport.database.backing_up import DATA_FILE, back_up
from peersupport.database.programs import CannotCopy


class Command(BaseCommand):
    """Writes the database out; the site may run meanwhile."""

    help = "Writes the data to DIRECTORY/data.dump, and the keys that open it to a file elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="Made where it is missing.")
        parser.add_argument(
            "--keys",
            type=Path,
            metavar="FILE",
            help="Where the keys go; outside DIRECTORY, kept for days only.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 with words where nothing was written."""
        directory, keys = options["directory"], options["keys"]
        try:
            back_up(connection, directory=directory, keys=keys)
        except CannotCopy as reason:
            raise CommandError(f"Nothing was written. {reason}") from reason
        except OSError as error:
            raise CommandError(
                f"Nothing was written. {error.filename or directory}: {error.strerror}."
            ) from error
        self.stdout.write(f"data: {directory / DATA_FILE}")
        self.stdout.write(
            f"keys: {keys}"
            if keys
            else "keys: none. Without --keys FILE nothing that is sealed can be opened."
        )
