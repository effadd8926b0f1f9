"""manage.py programme: programmes as packs, given on and taken."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import Http404

from peersupport.groups import packs, taking


class Command(BaseCommand):
    help = "Programmes as packs: list, export SLUG, import FILE (- for standard input; --yes to take it)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["list", "export", "import"])
        parser.add_argument("name", nargs="?", default="", help="the programme's slug, or the pack's file")
        parser.add_argument("--yes", action="store_true", help="take it; without it the changes are shown")

    def handle(self, *args: Any, what: str, name: str, yes: bool, **options: Any) -> None:
        """Runs one of the three."""
        if what == "list":
            for one in taking.programmes()[:1000]:
                self.stdout.write(f"{one.slug}  {one.title}")
        elif what == "export":
            try:
                self.stdout.write(packs.written(taking.pack_of(taking.programme_for_desk(name))), ending="")
            except Http404 as error:
                raise CommandError(f"There is no programme {name!r}.") from error
        else:
            self._import(name, yes=yes)

    def _import(self, name: str, *, yes: bool) -> None:
        try:
            with sys.stdin if name == "-" else Path(name).open(encoding="utf-8") as file:
                pack = packs.read(file.read(packs.MOST_BYTES + 1))
            changes = taking.differences(pack)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{name} cannot be read.") from error
        except packs.NotAPack as wrong:
            raise CommandError("\n".join(map(str, wrong.problems))) from wrong
        except taking.Older as error:
            raise CommandError("A newer version of this pack was taken already.") from error
        except taking.NumberUsed as error:
            raise CommandError("This version was taken already, and said something else.") from error
        for one in changes or ():
            self.stdout.write(f"{one.name}: {one.now!r} -> {one.then!r}")
        if changes == []:
            self.stdout.write("Nothing would change.")
        elif yes:
            taking.take(pack=pack, by=None)
            self.stdout.write("Taken.")
        else:
            self.stdout.write("Not taken yet: say --yes.")
