"""Whether what docs/languages.md promises is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from peersupport.registries.languages import problems, promised


class Command(BaseCommand):
    """`manage.py languages`: silent where all is kept."""

    help = "Fails where a language that docs/languages.md promises is unknown, not offered, or not complete."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with a line for each promise that is not kept."""
        root = Path(settings.BASE_DIR)
        rows = promised((root / "docs" / "languages.md").read_text(encoding="utf-8"))
        offered = {code for code, _name in settings.LANGUAGES}
        found = list(problems(rows, offered=offered, locale=Path(settings.LOCALE_PATHS[0]), root=root))
        if found:
            raise CommandError("\n".join(found))
