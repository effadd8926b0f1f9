"""Shows the word lists in use and says of each that cannot be used why."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peersupport.chat import nudges
from peersupport.chat.nudges import lists


class Command(BaseCommand):
    """`manage.py word_lists`: language, purpose, how many phrases, since when, read by whom."""

    help = "Shows the word lists in use; fails where one of them cannot be used."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--try", dest="text", help="look a text over and show what is found in it")

    def handle(self, *args: Any, text: str | None = None, **options: Any) -> None:
        try:
            for one in lists.files():
                self.stdout.write(_line(one))
        except lists.BadList as bad:
            raise CommandError(str(bad)) from bad
        if text:
            looked = nudges.look_over(text, country="fi", cases_open=True)
            for finding in looked.findings:
                self.stdout.write(f"{finding.kind}: {text[finding.start : finding.end]}")
            self.stdout.write(" ".join(looked.distress) if looked.distress else "no sign of distress")


def _line(one: lists.WordFile) -> str:
    read = f"read by {one.reviewed_by}" if one.reviewed_by else "not yet read by a professional"
    head = f"{one.name:24} {one.language:4} {one.purpose:10} {one.size:5} phrases"
    return f"{head}  {one.date}  {one.licence}  {read}"
