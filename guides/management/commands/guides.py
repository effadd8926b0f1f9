"""``manage.py guides check | publish | status``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format

from guides.checking import check
from guides.editions import publish
from guides.front_matter import ContentError
from guides.models import Edition
from guides.reading import Library, read_library
from guides.typesetting import NotSet


class Command(BaseCommand):
    """Checks and publishes the guide tree."""

    help = "Check the guides, publish them, or say what is published."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", choices=["check", "publish", "status"])
        parser.add_argument(
            "--by", default="manage.py guides publish", help="who publishes: stands in the edition"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            library = read_library(settings.GUIDES_DIR)
            {"check": self.check_texts, "publish": self.publish, "status": self.status}[options["task"]](
                library, options["by"]
            )
        except ContentError as error:
            raise CommandError(
                f"{error}\n{len(error.problems)} to put right in {settings.GUIDES_DIR}"
            ) from error
        except NotSet as error:
            raise CommandError(f"the PDF could not be made: {error}") from error

    def check_texts(self, library: Library, by: str) -> None:
        """Every problem on a line of its own, as file:line: what; exit 1 where there is one."""
        if problems := check(library, today=timezone.localdate()):
            raise ContentError(problems)
        sections = sum(len(guide.sections) for guide in library.guides)
        self.stdout.write(f"{len(library.guides)} guides, {sections} sections: nothing to put right")

    def publish(self, library: Library, by: str) -> None:
        """What became of each guide."""
        for outcome in publish(library, by=by, now=timezone.now()):
            edition = outcome.edition
            what = "published" if outcome.new else "rebuilt" if outcome.rebuilt else "unchanged"
            files = f", {outcome.rebuilt} files built" if outcome.rebuilt else ""
            self.stdout.write(f"{edition.language}/{edition.guide}: edition {edition.number} {what}{files}")

    def status(self, library: Library, by: str) -> None:
        """For each guide its edition and whether the text has changed since; for each section its dates."""
        today = timezone.localdate()
        for guide in library.guides:
            edition = (
                Edition.objects.filter(guide=guide.slug, language=guide.language).order_by("number").last()
            )
            if edition is None:
                state = "not published yet"
            else:
                day = date_format(timezone.localtime(edition.published_at), "Y-m-d")
                same = edition.checksum == guide.checksum
                state = f"edition {edition.number} of {day}, " + (
                    "up to date" if same else "text has changed"
                )
            self.stdout.write(f"{guide.language}/{guide.slug}: {state}")
            for section in guide.sections:
                late = "  OVERDUE" if section.overdue(today) else ""
                self.stdout.write(
                    f"  {section.slug:32} {section.status:9} review by {section.review_by}{late}"
                )
