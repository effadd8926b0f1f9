"""Prints docs/settings.md from the settings registry, or writes it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from peersupport.registries.settings_page import rendered


class Command(BaseCommand):
    help = "Print docs/settings.md as the settings registry gives it; --write writes it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the page, or write it to docs/settings.md."""
        if options["write"]:
            (settings.BASE_DIR / "docs" / "settings.md").write_text(rendered(), encoding="utf-8")
        else:
            self.stdout.write(rendered(), ending="")
