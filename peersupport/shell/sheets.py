"""The shell's style sheets: one file per component to read and write, one file for a browser to fetch.

Fetched one by one they keep a phone on a slow line waiting: measured over 300 ms and 50 kB/s, the first word
was seen after 2.2 s. There is no build step: the files are joined when static files are collected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

JOINED = "css/site.css"
FRAME = ("tokens", "reset", "base", "layout")
COMPONENTS = (
    "skip-links",
    "top-bar",
    "language",
    "help-now",
    "demo-banner",
    "page-header",
    "button",
    "card",
    "notice",
    "field",
    "error-summary",
    "table",
    "summary-list",
    "chip",
    "steps",
    "tabs",
    "empty",
    "fold",
    "cover",
    "link-list",
    "versions",
    "mark",
    "bottom-bar",
    "footer",
)
# Tokens first: they name the order of the layers.
SHEETS = (
    *(f"css/{name}.css" for name in FRAME),
    *(f"css/components/{name}.css" for name in COMPONENTS),
    "css/utilities.css",
)


class JoinedSheets(ManifestStaticFilesStorage):
    """Hashed names, and the shell's style sheets joined into one file."""

    support_js_module_import_aggregation = True
    # One for each step from a module to the last one it imports.
    max_post_process_passes = 12

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Join, then let Django hash every file and each mention of it."""
        if not dry_run and all(sheet in paths for sheet in SHEETS):
            self.delete(JOINED)
            self.save(JOINED, ContentFile("".join(self._read(sheet) for sheet in SHEETS)))
            paths = {**paths, JOINED: (self, JOINED)}
        yield from super().post_process(paths, dry_run, **options)

    def _read(self, name: str) -> str:
        with self.open(name) as file:
            content: bytes = file.read()
            return content.decode("utf-8")


# whitenoise carries no types.
class CompressedSheets(JoinedSheets, CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """The same, compressed beforehand as well."""
