"""Django's makemessages, which also finds the texts of our data files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

from peersupport.registries.words_in_data import as_code, is_shown

KINDS = ["html", "txt", "py", "toml"]


class BuildFile(makemessages.BuildFile):
    """A file on its way to xgettext: a data file becomes code that names its texts."""

    def preprocess(self) -> None:
        """As Django's; a data file that is not listed holds no text."""
        if not self.path.endswith(".toml"):
            super().preprocess()
            return
        path = self.path.removeprefix("./")
        code = as_code(path, Path(self.path).read_text(encoding="utf-8")) if is_shown(path) else ""
        Path(self.work_path).write_text(code, encoding="utf-8")


class Command(makemessages.Command):
    """`manage.py makemessages -l fi …`, from the root of the project."""

    build_file_class = BuildFile

    def handle(self, *args: Any, **options: Any) -> None:
        """As Django's."""
        options["extensions"] = options["extensions"] or KINDS
        super().handle(*args, **options)
