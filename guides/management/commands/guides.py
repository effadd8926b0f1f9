"""``manage.py guides check | publish | print | status | follow``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format

from guides.checking import check
from guides.editions import Outcome, print_papers, publish
from guides.front_matter import ContentError
from guides.models import Edition
from guides.reading import Guide, Library, read_library
from guides.standing import follow, standings
from guides.typesetting import NotSet


class Command(BaseCommand):
    """Checks and publishes the guide tree."""

    help = "Check the guides, publish them, or say what is published."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", choices=["check", "publish", "print", "status", "follow"])
        parser.add_argument("--language", default="", help="status and follow: this language alone")
        parser.add_argument(
            "--section", default="", metavar="GUIDE/SECTION", help="follow: this section alone"
        )
        parser.add_argument(
            "--by", default="manage.py guides publish", help="who publishes: stands in the edition"
        )
        parser.add_argument(
            "--without-papers",
            action="store_true",
            help="pages only; `guides print` does the rest",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            library = read_library(settings.GUIDES_DIR)
            tasks: dict[str, Callable[..., None]] = {"check": self.check_texts, "publish": self.publish}
            tasks |= {"print": self.print_papers, "status": self.status, "follow": self.follow}
            tasks[options["task"]](library, **options)
        except ContentError as error:
            raise CommandError(
                f"{error}\n{len(error.problems)} to put right in {settings.GUIDES_DIR}"
            ) from error
        except NotSet as error:
            raise CommandError(f"the PDF could not be made: {error}") from error

    def check_texts(self, library: Library, **_options: Any) -> None:
        """Every problem on a line of its own, as file:line: what; exit 1 where there is one."""
        if problems := check(library, today=timezone.localdate()):
            raise ContentError(problems)
        sections = sum(len(guide.sections) for guide in library.guides)
        self.stdout.write(f"{len(library.guides)} guides, {sections} sections: nothing to put right")
        found = [each for each in standings(library, today=timezone.localdate()) if each.needs_work]
        counted = Counter(f"{each.language}: {each.states[0]}" for each in found)
        for what, number in sorted(counted.items()):
            self.stdout.write(f"  {what}: {number} (manage.py guides status)")

    def publish(self, library: Library, *, by: str, without_papers: bool, **_options: Any) -> None:
        """What became of each guide."""
        for outcome in publish(library, by=by, now=timezone.now(), with_papers=not without_papers):
            self.say(outcome)

    def print_papers(self, library: Library, **_options: Any) -> None:
        """What became of the papers of each guide that is published as it stands."""
        for outcome in print_papers(library, now=timezone.now()):
            self.say(outcome)

    def say(self, outcome: Outcome) -> None:
        """A line for a guide."""
        edition = outcome.edition
        what = "published" if outcome.new else "rebuilt" if outcome.rebuilt else "unchanged"
        files = f", {outcome.rebuilt} files built" if outcome.rebuilt else ""
        self.stdout.write(f"{edition.language}/{edition.guide}: edition {edition.number} {what}{files}")

    def status(self, library: Library, *, language: str, **_options: Any) -> None:
        """For each guide its edition and whether the text has changed since; how each section stands."""
        found = list(standings(library, today=timezone.localdate()))
        for guide in library.guides:
            if language not in {"", guide.language}:
                continue
            self.stdout.write(f"{guide.language}/{guide.slug}: {self.edition_of(guide)}")
            for each in found:
                if (each.language, each.guide) == (guide.language, guide.slug):
                    due = f"review by {each.section.review_by}" if each.section else ""
                    self.stdout.write(f"  {each.slug:32} {', '.join(each.states):24} {due}".rstrip())

    def edition_of(self, guide: Guide) -> str:
        """Which edition is read, and whether the text has changed since."""
        kept = Edition.objects.filter(guide=guide.slug, language=guide.language)
        edition = kept.order_by("number").last()
        if edition is None:
            return "not published yet"
        day = date_format(timezone.localtime(edition.published_at), "Y-m-d")
        same = edition.checksum == guide.checksum
        return f"edition {edition.number} of {day}, {'up to date' if same else 'text has changed'}"

    def follow(self, library: Library, *, language: str, section: str, **_options: Any) -> None:
        """Writes into translations that they follow their source as it reads now."""
        chosen = [
            (guide, each)
            for guide in library.guides
            for each in guide.sections
            if language in {"", guide.language} and section in {"", f"{guide.slug}/{each.slug}"}
        ]
        for path in follow(library, chosen):
            self.stdout.write(f"{path.relative_to(library.root)}")
